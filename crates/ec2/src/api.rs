//! The describe operations.

use std::collections::BTreeSet;

use ambient::Timestamp;
use aws_api::ec2 as model;
use aws_core::{Caller, Common};
use aws_schema::Shape;
use aws_wire::page;
use records::ec2::{
    AddressLease, NetworkInterface, RulePeer, SecurityGroup, SecurityGroupRule, Subnet, Vpc,
};
use records::{Prefix, Record, Records};

use crate::filter::{Filtered, check_dry_run, paginate, select};
use crate::sentences;

/// The service.
pub struct Ec2 {
    records: Records,
}

impl Ec2 {
    /// The service over `records`.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }

    fn all<R: Record>(&self, prefix: &Prefix<R>) -> Result<Vec<R>, model::Error> {
        let stored = self.records.all(prefix).map_err(Common::from)?;
        Ok(stored.into_iter().map(|stored| stored.record).collect())
    }
}

/// The list that a page token belongs to.
fn listing(caller: &Caller, input: &dyn Shape) -> page::Call {
    let scope = [caller.account.as_str(), caller.region.as_str()];
    page::Call::new(&caller.action, &scope, input)
}

impl model::Ec2 for Ec2 {
    async fn describe_vpcs(
        &self,
        caller: &Caller,
        input: model::DescribeVpcsRequest,
    ) -> Result<model::DescribeVpcsResult, model::Error> {
        check_dry_run(input.dry_run)?;
        let listing = listing(caller, &input);
        let all = self.all(&Vpc::prefix(&caller.account, &caller.region))?;
        let selected = select(
            all,
            "vpc-id",
            input.vpc_ids.as_deref(),
            input.filters.as_deref(),
            ("InvalidVpcID.NotFound", |id| {
                sentences::id_not_found("vpc", id)
            }),
        )?;
        let (selected, next_token) = paginate(
            selected,
            &listing,
            input.max_results,
            input.next_token.as_deref(),
        )?;
        Ok(model::DescribeVpcsResult {
            vpcs: Some(selected.iter().map(|vpc| show_vpc(caller, vpc)).collect()),
            next_token,
        })
    }

    async fn describe_subnets(
        &self,
        caller: &Caller,
        input: model::DescribeSubnetsRequest,
    ) -> Result<model::DescribeSubnetsResult, model::Error> {
        check_dry_run(input.dry_run)?;
        let listing = listing(caller, &input);
        let mut all = self.all(&Subnet::prefix(&caller.account, &caller.region))?;
        all.sort_by(|a, b| a.zone.cmp(&b.zone));
        let selected = select(
            all,
            "subnet-id",
            input.subnet_ids.as_deref(),
            input.filters.as_deref(),
            ("InvalidSubnetID.NotFound", |id| {
                sentences::id_not_found("subnet", id)
            }),
        )?;
        let (selected, next_token) = paginate(
            selected,
            &listing,
            input.max_results,
            input.next_token.as_deref(),
        )?;
        let mut subnets = Vec::with_capacity(selected.len());
        for subnet in &selected {
            let leases = AddressLease::prefix(&caller.account, &caller.region, &subnet.id);
            let taken = self.records.all(&leases).map_err(Common::from)?.len();
            subnets.push(show_subnet(caller, subnet, taken));
        }
        Ok(model::DescribeSubnetsResult {
            subnets: Some(subnets),
            next_token,
        })
    }

    async fn describe_security_groups(
        &self,
        caller: &Caller,
        input: model::DescribeSecurityGroupsRequest,
    ) -> Result<model::DescribeSecurityGroupsResult, model::Error> {
        check_dry_run(input.dry_run)?;
        let listing = listing(caller, &input);
        let all: Vec<SecurityGroup> =
            self.all(&SecurityGroup::prefix(&caller.account, &caller.region))?;
        let named = input.group_names.unwrap_or_default();
        for name in &named {
            if !all.iter().any(|group| group.name == *name) {
                return Err(model::Error::undeclared(
                    "InvalidGroup.NotFound",
                    400,
                    sentences::security_group_name_not_found(name),
                ));
            }
        }
        let all = all
            .into_iter()
            .filter(|one| named.is_empty() || named.contains(&one.name));
        let selected = select(
            all.collect(),
            "group-id",
            input.group_ids.as_deref(),
            input.filters.as_deref(),
            ("InvalidGroup.NotFound", sentences::security_group_not_found),
        )?;
        let (selected, next_token) = paginate(
            selected,
            &listing,
            input.max_results,
            input.next_token.as_deref(),
        )?;
        Ok(model::DescribeSecurityGroupsResult {
            security_groups: Some(selected.iter().map(|one| show_group(caller, one)).collect()),
            next_token,
        })
    }

    async fn describe_network_interfaces(
        &self,
        caller: &Caller,
        input: model::DescribeNetworkInterfacesRequest,
    ) -> Result<model::DescribeNetworkInterfacesResult, model::Error> {
        check_dry_run(input.dry_run)?;
        let listing = listing(caller, &input);
        let all = self.all(&NetworkInterface::prefix(&caller.account, &caller.region))?;
        let groups: Vec<SecurityGroup> =
            self.all(&SecurityGroup::prefix(&caller.account, &caller.region))?;
        let selected = select(
            all,
            "network-interface-id",
            input.network_interface_ids.as_deref(),
            input.filters.as_deref(),
            ("InvalidNetworkInterfaceID.NotFound", |id| {
                sentences::id_not_found("networkInterface", id)
            }),
        )?;
        let (selected, next_token) = paginate(
            selected,
            &listing,
            input.max_results,
            input.next_token.as_deref(),
        )?;
        let shown = selected
            .iter()
            .map(|one| show_interface(caller, one, &groups));
        Ok(model::DescribeNetworkInterfacesResult {
            network_interfaces: Some(shown.collect()),
            next_token,
        })
    }

    async fn describe_availability_zones(
        &self,
        caller: &Caller,
        input: model::DescribeAvailabilityZonesRequest,
    ) -> Result<model::DescribeAvailabilityZonesResult, model::Error> {
        check_dry_run(input.dry_run)?;
        let subnets: Vec<Subnet> = self.all(&Subnet::prefix(&caller.account, &caller.region))?;
        let zones: BTreeSet<String> = subnets.into_iter().map(|subnet| subnet.zone).collect();
        let zones = zones.into_iter().map(|name| Zone {
            name,
            region: caller.region.to_string(),
        });
        let ids = input.zone_ids.as_deref().unwrap_or_default();
        let zones = zones.filter(|zone| ids.is_empty() || ids.contains(&zone.id()));
        let selected = select(
            zones.collect(),
            "zone-name",
            input.zone_names.as_deref(),
            input.filters.as_deref(),
            ("InvalidParameterValue", |id| {
                sentences::id_not_found("availability zone", id)
            }),
        )?;
        Ok(model::DescribeAvailabilityZonesResult {
            availability_zones: Some(selected.iter().map(Zone::show).collect()),
        })
    }
}

struct Zone {
    name: String,
    region: String,
}

impl Zone {
    /// AWS's zone ids are short forms of the region with a number; ours are made the same way
    /// from the letter, for instance `use1-az1` for `us-east-1a`.
    fn id(&self) -> String {
        let mut short = String::new();
        for (index, part) in self.region.split('-').enumerate() {
            let letters = if index == 0 { 2 } else { 1 };
            short.extend(part.chars().take(letters));
        }
        let number = self
            .name
            .bytes()
            .last()
            .map_or(0, |letter| letter.saturating_sub(b'a') + 1);
        format!("{short}-az{number}")
    }

    fn show(&self) -> model::AvailabilityZone {
        model::AvailabilityZone {
            zone_name: Some(self.name.clone()),
            zone_id: Some(self.id()),
            region_name: Some(self.region.clone()),
            group_name: Some(format!("{}-zg-1", self.region)),
            network_border_group: Some(self.region.clone()),
            zone_type: Some("availability-zone".to_owned()),
            state: Some(model::AvailabilityZoneState::Available),
            opt_in_status: Some(model::AvailabilityZoneOptInStatus::OptInNotRequired),
            messages: Some(Vec::new()),
            ..model::AvailabilityZone::default()
        }
    }
}

fn one(value: impl ToString) -> Option<Vec<String>> {
    Some(vec![value.to_string()])
}

impl Filtered for Zone {
    fn values(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "zone-name" => one(&self.name),
            "zone-id" => one(self.id()),
            "region-name" => one(&self.region),
            "state" => one("available"),
            "zone-type" => one("availability-zone"),
            "opt-in-status" => one("opt-in-not-required"),
            _ => None,
        }
    }
}

impl Filtered for Vpc {
    fn values(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "vpc-id" => one(&self.id),
            "cidr" | "cidr-block-association.cidr-block" => one(self.cidr),
            "is-default" | "isDefault" => one(self.is_default),
            "state" => one("available"),
            _ => None,
        }
    }
}

impl Filtered for Subnet {
    fn values(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "subnet-id" => one(&self.id),
            "vpc-id" => one(&self.vpc_id),
            "availability-zone" | "availabilityZone" => one(&self.zone),
            "cidr-block" | "cidr" | "cidrBlock" => one(self.cidr),
            "default-for-az" | "defaultForAz" => one(self.is_default),
            "state" => one("available"),
            _ => None,
        }
    }
}

impl Filtered for SecurityGroup {
    fn values(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "group-id" => one(&self.id),
            "group-name" => one(&self.name),
            "vpc-id" => one(&self.vpc_id),
            "description" => one(&self.description),
            _ => None,
        }
    }
}

impl Filtered for NetworkInterface {
    fn values(&self, name: &str) -> Option<Vec<String>> {
        match name {
            "network-interface-id" => one(&self.id),
            "vpc-id" => one(&self.vpc_id),
            "subnet-id" => one(&self.subnet_id),
            "availability-zone" => one(&self.zone),
            "private-ip-address" | "addresses.private-ip-address" => one(self.address),
            "mac-address" => one(&self.mac),
            "description" => one(&self.description),
            "status" => one("in-use"),
            "group-id" => Some(self.security_groups.clone()),
            _ => None,
        }
    }
}

fn show_vpc(caller: &Caller, vpc: &Vpc) -> model::Vpc {
    model::Vpc {
        vpc_id: Some(vpc.id.clone()),
        cidr_block: Some(vpc.cidr.to_string()),
        cidr_block_association_set: Some(vec![model::VpcCidrBlockAssociation {
            association_id: Some(vpc.id.replace("vpc-", "vpc-cidr-assoc-")),
            cidr_block: Some(vpc.cidr.to_string()),
            cidr_block_state: Some(model::VpcCidrBlockState {
                state: Some(model::VpcCidrBlockStateCode::Associated),
                ..model::VpcCidrBlockState::default()
            }),
        }]),
        instance_tenancy: Some(model::Tenancy::Default),
        is_default: Some(vpc.is_default),
        owner_id: Some(caller.account.to_string()),
        state: Some(model::VpcState::Available),
        ..model::Vpc::default()
    }
}

fn show_subnet(caller: &Caller, subnet: &Subnet, taken: usize) -> model::Subnet {
    let free = subnet
        .cidr
        .usable()
        .saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
    let zone = Zone {
        name: subnet.zone.clone(),
        region: caller.region.to_string(),
    };
    model::Subnet {
        subnet_id: Some(subnet.id.clone()),
        subnet_arn: Some(
            caller
                .arn("ec2", &format!("subnet/{}", subnet.id))
                .to_string(),
        ),
        vpc_id: Some(subnet.vpc_id.clone()),
        cidr_block: Some(subnet.cidr.to_string()),
        availability_zone: Some(subnet.zone.clone()),
        availability_zone_id: Some(zone.id()),
        available_ip_address_count: i32::try_from(free).ok(),
        default_for_az: Some(subnet.is_default),
        map_public_ip_on_launch: Some(false),
        assign_ipv6_address_on_creation: Some(false),
        ipv6_native: Some(false),
        owner_id: Some(caller.account.to_string()),
        state: Some(model::SubnetState::Available),
        ..model::Subnet::default()
    }
}

fn show_group(caller: &Caller, group: &SecurityGroup) -> model::SecurityGroup {
    let rules = |rules: &[SecurityGroupRule]| {
        Some(rules.iter().map(|rule| show_rule(caller, rule)).collect())
    };
    let arn = caller.arn("ec2", &format!("security-group/{}", group.id));
    model::SecurityGroup {
        group_id: Some(group.id.clone()),
        group_name: Some(group.name.clone()),
        description: Some(group.description.clone()),
        vpc_id: Some(group.vpc_id.clone()),
        owner_id: Some(caller.account.to_string()),
        security_group_arn: Some(arn.to_string()),
        ip_permissions: rules(&group.ingress),
        ip_permissions_egress: rules(&group.egress),
        tags: None,
    }
}

fn show_rule(caller: &Caller, rule: &SecurityGroupRule) -> model::IpPermission {
    let mut shown = model::IpPermission {
        ip_protocol: Some(rule.protocol.clone()),
        from_port: rule.ports.map(|(first, _)| i32::from(first)),
        to_port: rule.ports.map(|(_, last)| i32::from(last)),
        ..model::IpPermission::default()
    };
    match &rule.peer {
        RulePeer::Cidr(block) => {
            shown.ip_ranges = Some(vec![model::IpRange {
                cidr_ip: Some(block.to_string()),
                description: None,
            }]);
        }
        RulePeer::Group(id) => {
            shown.user_id_group_pairs = Some(vec![model::UserIdGroupPair {
                group_id: Some(id.clone()),
                user_id: Some(caller.account.to_string()),
                ..model::UserIdGroupPair::default()
            }]);
        }
    }
    shown
}

fn show_interface(
    caller: &Caller,
    interface: &NetworkInterface,
    groups: &[SecurityGroup],
) -> model::NetworkInterface {
    let identify = |id: &String| model::GroupIdentifier {
        group_id: Some(id.clone()),
        group_name: groups
            .iter()
            .find(|group| group.id == *id)
            .map(|group| group.name.clone()),
    };
    let created: Timestamp = interface.created_at;
    model::NetworkInterface {
        network_interface_id: Some(interface.id.clone()),
        vpc_id: Some(interface.vpc_id.clone()),
        subnet_id: Some(interface.subnet_id.clone()),
        availability_zone: Some(interface.zone.clone()),
        description: Some(interface.description.clone()),
        mac_address: Some(interface.mac.clone()),
        private_ip_address: Some(interface.address.to_string()),
        private_ip_addresses: Some(vec![model::NetworkInterfacePrivateIpAddress {
            primary: Some(true),
            private_ip_address: Some(interface.address.to_string()),
            ..model::NetworkInterfacePrivateIpAddress::default()
        }]),
        groups: Some(interface.security_groups.iter().map(identify).collect()),
        interface_type: Some(model::NetworkInterfaceType::Interface),
        owner_id: Some(caller.account.to_string()),
        requester_managed: Some(true),
        source_dest_check: Some(true),
        status: Some(model::NetworkInterfaceStatus::InUse),
        attachment: Some(model::NetworkInterfaceAttachment {
            attach_time: Some(created),
            attachment_id: Some(interface.id.replace("eni-", "eni-attach-")),
            delete_on_termination: Some(false),
            device_index: Some(1),
            instance_owner_id: Some("amazon-aws".to_owned()),
            status: Some(model::AttachmentStatus::Attached),
            ..model::NetworkInterfaceAttachment::default()
        }),
        ..model::NetworkInterface::default()
    }
}
