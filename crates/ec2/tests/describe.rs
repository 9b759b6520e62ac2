//! The describe operations as their callers see them, over a store in memory with as much of
//! everything as takes two pages.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use std::net::Ipv4Addr;
use std::sync::Arc;

use ambient::{Clock, SystemClock, Timestamp};
use aws_api::ec2::{self as model, Ec2 as _};
use aws_core::{AccountId, Arn, Authoriser, Caller, Decision, Principal, Region};
use aws_schema::Structure;
use ec2::Ec2;
use records::Records;
use records::ec2::{Cidr, NetworkInterface, SecurityGroup, Subnet, Vpc, mac_of};
use serde_json::{Value, json};

/// One more than the least that a page may hold.
const OF_EACH: u8 = 6;
/// The least that `MaxResults` may be.
const PAGE: i32 = 5;

struct Everything;

impl Authoriser for Everything {
    fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
        Decision::Allow
    }
}

struct House {
    ec2: Ec2,
    account: AccountId,
    region: Region,
}

fn input<T: Structure>(json: Value) -> T {
    aws_wire::document::deserialize(json).unwrap()
}

fn json_of<T: Structure>(output: &T) -> Value {
    aws_wire::document::serialize(output, serde_json::value::Serializer).unwrap()
}

/// Numbered resources: the first is in zone a, the others in zone b.
async fn house() -> House {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let records = Records::new(Arc::new(store::MemoryStore::new(clock)));
    let account: AccountId = "123456789012".parse().unwrap();
    let region: Region = "us-east-1".parse().unwrap();
    let mut transaction = records.transaction();
    for number in 1..=OF_EACH {
        let zone = if number == 1 { "a" } else { "b" };
        let vpc = Vpc {
            id: format!("vpc-{number:017}"),
            cidr: Cidr::new(Ipv4Addr::new(172, 20 + number, 0, 0), 16),
            is_default: number == 1,
        };
        let subnet = Subnet {
            id: format!("subnet-{number:017}"),
            vpc_id: vpc.id.clone(),
            cidr: Cidr::new(Ipv4Addr::new(172, 20 + number, 0, 0), 20),
            zone: format!("us-east-1{zone}"),
            is_default: number == 1,
        };
        let group = SecurityGroup {
            id: format!("sg-{number:017}"),
            vpc_id: vpc.id.clone(),
            name: format!("group-{number}"),
            description: "of a test".to_owned(),
            ingress: Vec::new(),
            egress: Vec::new(),
        };
        let address = Ipv4Addr::new(172, 20 + number, 0, 9);
        let interface = NetworkInterface {
            id: format!("eni-{number:017}"),
            vpc_id: vpc.id.clone(),
            subnet_id: subnet.id.clone(),
            zone: subnet.zone.clone(),
            address,
            mac: mac_of(address),
            security_groups: vec![group.id.clone()],
            description: "of a test".to_owned(),
            task_arn: String::new(),
            created_at: Timestamp::from_millis(0),
        };
        let key = Vpc::key(&account, &region, &vpc.id);
        transaction.create(&key, &vpc).unwrap();
        let key = Subnet::key(&account, &region, &subnet.id);
        transaction.create(&key, &subnet).unwrap();
        let key = SecurityGroup::key(&account, &region, &group.id);
        transaction.create(&key, &group).unwrap();
        let key = NetworkInterface::key(&account, &region, &interface.id);
        transaction.create(&key, &interface).unwrap();
    }
    transaction.commit().await.unwrap();
    House {
        ec2: Ec2::new(records),
        account,
        region,
    }
}

impl House {
    /// Calls the operation that describes `what`: what is listed and the token of the next page,
    /// or the error's text.
    async fn describe(&self, what: &str, wanted: Value) -> Result<(Value, Value), String> {
        let caller = Caller {
            principal: Principal::Root {
                account: self.account.clone(),
            },
            account: self.account.clone(),
            region: self.region.clone(),
            request_id: String::new(),
            host: None,
            action: format!("ec2:Describe{what}"),
            authoriser: Arc::new(Everything),
        };
        let ec2 = &self.ec2;
        let answer = match what {
            "Vpcs" => json_or_error(ec2.describe_vpcs(&caller, input(wanted)).await),
            "Subnets" => json_or_error(ec2.describe_subnets(&caller, input(wanted)).await),
            "SecurityGroups" => {
                json_or_error(ec2.describe_security_groups(&caller, input(wanted)).await)
            }
            "NetworkInterfaces" => json_or_error(
                ec2.describe_network_interfaces(&caller, input(wanted))
                    .await,
            ),
            "AvailabilityZones" => json_or_error(
                ec2.describe_availability_zones(&caller, input(wanted))
                    .await,
            ),
            other => panic!("{other} is not described here"),
        };
        answer.map(|answer| (answer[what].clone(), answer["NextToken"].clone()))
    }

    /// What each that is listed has under `member`.
    async fn listed(&self, what: &str, member: &str, wanted: Value) -> Vec<String> {
        let (found, _) = self.describe(what, wanted).await.unwrap();
        let found = found.as_array().unwrap().iter();
        found
            .map(|one| one[member].as_str().unwrap().to_owned())
            .collect()
    }
}

fn json_or_error<T: Structure>(answer: Result<T, model::Error>) -> Result<Value, String> {
    answer
        .map(|output| json_of(&output))
        .map_err(|error| format!("{error:?}"))
}

fn filter(name: &str, values: &[&str]) -> Value {
    json!({"Filters": [{"Name": name, "Values": values}]})
}

/// Of each operation: what it lists, the member with an id, the member that asks for ids, and the
/// prefix of the ids.
const BY_ID: [(&str, &str, &str, &str); 4] = [
    ("Vpcs", "VpcId", "VpcIds", "vpc"),
    ("Subnets", "SubnetId", "SubnetIds", "subnet"),
    ("SecurityGroups", "GroupId", "GroupIds", "sg"),
    (
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "NetworkInterfaceIds",
        "eni",
    ),
];

#[tokio::test]
async fn what_is_named_is_described_and_nothing_else() {
    let house = house().await;
    for (what, id, ids, prefix) in BY_ID {
        let all = house.listed(what, id, json!({})).await;
        assert_eq!(all.len(), usize::from(OF_EACH), "{what}");
        let second = format!("{prefix}-{:017}", 2);
        assert_eq!(
            house.listed(what, id, json!({ids: [second]})).await,
            [second]
        );
        let nobody = format!("{prefix}-{:017}", 99);
        let missing = house.describe(what, json!({ids: [nobody]})).await;
        let missing = missing.unwrap_err();
        assert!(
            missing.contains("NotFound") && missing.contains(&nobody),
            "{missing}"
        );
    }
    let named = json!({"GroupNames": ["group-3"]});
    assert_eq!(
        house.listed("SecurityGroups", "GroupName", named).await,
        ["group-3"]
    );
    let unknown = house
        .describe("SecurityGroups", json!({"GroupNames": ["none"]}))
        .await;
    assert!(unknown.unwrap_err().contains("InvalidGroup.NotFound"));
}

#[tokio::test]
async fn filters_keep_what_matches_one_of_their_values() {
    let house = house().await;
    for (what, id, _, prefix) in BY_ID {
        let (first, third) = (format!("vpc-{:017}", 1), format!("vpc-{:017}", 3));
        let found = house
            .listed(what, id, filter("vpc-id", &[&first, &third]))
            .await;
        let expected = [1, 3].map(|number| format!("{prefix}-{number:017}"));
        assert_eq!(found, expected, "{what}");
        let two = json!({"Filters": [
            {"Name": "vpc-id", "Values": [first]}, {"Name": "vpc-id", "Values": [third]}]});
        assert!(
            house.listed(what, id, two).await.is_empty(),
            "every filter has to match"
        );
        let odd = house.describe(what, filter("colour", &["red"])).await;
        assert!(odd.unwrap_err().contains("The filter 'colour' is invalid"));
    }
    let many: Vec<String> = (0..201).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let refused = house.describe("Vpcs", filter("vpc-id", &many)).await;
    assert!(refused.unwrap_err().contains("FilterLimitExceeded"));
}

#[tokio::test]
async fn pages_hold_what_was_asked_for_and_go_on() {
    let house = house().await;
    for (what, id, _, _) in BY_ID {
        let (first, token) = house
            .describe(what, json!({"MaxResults": PAGE}))
            .await
            .unwrap();
        assert_eq!(first.as_array().unwrap().len(), 5, "{what}");
        let next = json!({"MaxResults": PAGE, "NextToken": token});
        let (second, end) = house.describe(what, next).await.unwrap();
        assert_eq!(second.as_array().unwrap().len(), 1, "{what}");
        assert_eq!(end, Value::Null);
        assert!(
            first
                .as_array()
                .unwrap()
                .iter()
                .all(|one| one[id] != second[0][id])
        );
        for wrong in [
            json!({"MaxResults": PAGE - 1}),
            json!({"NextToken": "no token"}),
        ] {
            assert!(
                house.describe(what, wrong.clone()).await.is_err(),
                "{wrong}"
            );
        }
    }
}

#[tokio::test]
async fn a_dry_run_says_that_it_would_have_succeeded() {
    let house = house().await;
    let all = BY_ID.map(|(what, ..)| what);
    for what in all.into_iter().chain(["AvailabilityZones"]) {
        let dry = house.describe(what, json!({"DryRun": true})).await;
        assert!(dry.unwrap_err().contains("DryRunOperation"), "{what}");
        assert!(house.describe(what, json!({"DryRun": false})).await.is_ok());
    }
}

#[tokio::test]
async fn zones_are_found_by_name_id_and_filter() {
    let house = house().await;
    let zones = async |wanted| house.listed("AvailabilityZones", "ZoneName", wanted).await;
    assert_eq!(zones(json!({})).await, ["us-east-1a", "us-east-1b"]);
    for wanted in [
        json!({"ZoneNames": ["us-east-1b"]}),
        json!({"ZoneIds": ["use1-az2"]}),
        filter("zone-id", &["*-az2"]),
    ] {
        assert_eq!(zones(wanted.clone()).await, ["us-east-1b"], "{wanted}");
    }
    let unknown = house
        .describe("AvailabilityZones", json!({"ZoneNames": ["us-east-1z"]}))
        .await;
    assert!(unknown.unwrap_err().contains("InvalidParameterValue"));
}
