//! Account settings.

use aws_core::{Caller, Principal};
use records::iam::Role;
use serde_json::{Value, json};

use crate::{House, house};

const ROOT: &str = "arn:aws:iam::123456789012:root";
const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

/// A caller that is not root.
fn node(house: &House, operation: &str) -> Caller {
    Caller {
        principal: Principal::Instance {
            account: house.account.clone(),
            instance_id: "n1".to_owned(),
        },
        ..house.root(operation)
    }
}

async fn role(house: &House) {
    let role = Role {
        id: "AROA1".to_owned(),
        name: "deploy".to_owned(),
        path: "/".to_owned(),
        description: String::new(),
        assume_role_policy: "{}".to_owned(),
        created_at: ambient::Timestamp::from_millis(0),
    };
    let mut transaction = house.records.transaction();
    let key = Role::key(&house.account, "deploy");
    transaction.create(&key, &role).unwrap();
    transaction.commit().await.unwrap();
}

fn mode(value: &str) -> Value {
    json!({"name": "defaultLogDriverMode", "value": value})
}

async fn list(house: &House, input: Value) -> Value {
    house.call("ListAccountSettings", input).await["settings"].clone()
}

#[tokio::test]
async fn what_is_set_is_listed_and_what_is_not_holds_by_default() {
    let house = house();
    assert_eq!(list(&house, json!({})).await, json!([]), "nobody set any");
    let effective = json!({"effectiveSettings": true, "name": "defaultLogDriverMode"});
    let shown = |value: &str, principal: &str| {
        json!([{"name": "defaultLogDriverMode", "value": value, "principalArn": principal,
                "type": "user"}])
    };
    assert_eq!(
        list(&house, effective.clone()).await,
        shown("non-blocking", ROOT)
    );
    let put = house.call("PutAccountSetting", mode("blocking")).await;
    assert_eq!(put["setting"], shown("blocking", ROOT)[0]);
    assert_eq!(list(&house, json!({})).await, shown("blocking", ROOT));
    assert_eq!(
        list(&house, effective.clone()).await,
        shown("blocking", ROOT)
    );
    let delete = json!({"name": "defaultLogDriverMode"});
    let deleted = house.call("DeleteAccountSetting", delete).await;
    assert_eq!(
        deleted["setting"],
        shown("non-blocking", ROOT)[0],
        "what holds now"
    );
    assert_eq!(list(&house, json!({})).await, json!([]));
    let managed = json!({"effectiveSettings": true, "name": "guardDutyActivate"});
    assert_eq!(list(&house, managed).await[0]["type"], "aws_managed");
}

#[tokio::test]
async fn a_principals_own_goes_before_the_default_of_all() {
    let house = house();
    role(&house).await;
    house
        .call("PutAccountSettingDefault", mode("blocking"))
        .await;
    let of_role = |effective: bool| {
        json!({"principalArn": ROLE, "effectiveSettings": effective,
               "name": "defaultLogDriverMode"})
    };
    assert_eq!(list(&house, of_role(false)).await, json!([]));
    assert_eq!(list(&house, of_role(true)).await[0]["value"], "blocking");
    let mut own = mode("non-blocking");
    own["principalArn"] = json!(ROLE);
    house.call("PutAccountSetting", own).await;
    let found = list(&house, of_role(true)).await;
    assert_eq!(found[0]["value"], "non-blocking");
    assert_eq!(found[0]["principalArn"], ROLE);
    assert_eq!(
        list(&house, json!({})).await[0]["value"],
        "blocking",
        "root's own"
    );
    let input = json!({"principalArn": ROLE, "name": "defaultLogDriverMode"});
    house.call("DeleteAccountSetting", input).await;
    assert_eq!(list(&house, of_role(true)).await[0]["value"], "blocking");
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let house = house();
    let mut input = json!({"effectiveSettings": true, "maxResults": 4});
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    loop {
        let page = house.call("ListAccountSettings", input.clone()).await;
        let settings = page["settings"].as_array().unwrap().clone();
        sizes.push(settings.len());
        names.extend(settings.into_iter().map(|one| one["name"].to_string()));
        match page.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(sizes, [4, 4, 3]);
    assert!(names.is_sorted());
    let first = house
        .call("ListAccountSettings", json!({"effectiveSettings": true}))
        .await;
    assert_eq!(
        first["settings"].as_array().unwrap().len(),
        10,
        "the most at once"
    );
    let with = |value: &str| json!({"effectiveSettings": true, "name": "taskLongArnFormat", "value": value});
    assert_eq!(
        list(&house, with("enabled"))
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(list(&house, with("disabled")).await, json!([]));
    for wrong in [
        json!({"value": "enabled"}),
        json!({"name": "speed"}),
        json!({"maxResults": 11}),
        json!({"maxResults": -1}),
        json!({"nextToken": "x"}),
        json!({"principalArn": "me"}),
        json!({"principalArn": "arn:aws:iam::123456789012:role/none"}),
        json!({"principalArn": "arn:aws:iam::210987654321:root"}),
    ] {
        let (code, message) = house.refused("ListAccountSettings", wrong).await;
        assert_eq!(code, "InvalidParameterException", "{message}");
    }
}

#[tokio::test]
async fn what_cannot_be_set() {
    let house = house();
    for (name, value, code, part) in [
        (
            "defaultLogDriverMode",
            "fast",
            "InvalidParameterException",
            "Invalid setting 'value'",
        ),
        (
            "speed",
            "on",
            "InvalidParameterException",
            "Value 'speed' at 'name'",
        ),
        (
            "guardDutyActivate",
            "on",
            "InvalidParameterException",
            "read-only",
        ),
        (
            "containerInsights",
            "enabled",
            "NotSupported",
            "containerInsights enabled",
        ),
        (
            "awsvpcTrunking",
            "enabled",
            "NotSupported",
            "awsvpcTrunking enabled",
        ),
        (
            "serviceLongArnFormat",
            "disabled",
            "NotSupported",
            "serviceLongArnFormat disabled",
        ),
        (
            "fargateTaskRetirementWaitPeriod",
            "14",
            "NotSupported",
            "WaitPeriod 14",
        ),
    ] {
        for operation in ["PutAccountSetting", "PutAccountSettingDefault"] {
            let input = json!({"name": name, "value": value});
            let (got, message) = house.refused(operation, input).await;
            assert_eq!(got, code, "{message}");
            assert!(message.contains(part), "{message}");
        }
    }
    for (name, value) in [
        ("containerInsights", "disabled"),
        ("taskLongArnFormat", "enabled"),
        ("fargateTaskRetirementWaitPeriod", "7"),
    ] {
        let input = json!({"name": name, "value": value});
        house.call("PutAccountSetting", input).await;
    }
    let (code, _) = house
        .refused("DeleteAccountSetting", json!({"name": "guardDutyActivate"}))
        .await;
    assert_eq!(code, "InvalidParameterException");
}

#[tokio::test]
async fn nobody_but_root_speaks_for_others() {
    let house = house();
    role(&house).await;
    let mut of_role = mode("blocking");
    of_role["principalArn"] = json!(ROLE);
    for (operation, input) in [
        ("PutAccountSetting", of_role),
        ("ListAccountSettings", json!({"principalArn": ROOT})),
        (
            "DeleteAccountSetting",
            json!({"name": "defaultLogDriverMode", "principalArn": ROOT}),
        ),
    ] {
        let answer = house.call_as(node(&house, operation), input).await;
        assert_eq!(answer.expect_err(operation).0, "AccessDenied");
    }
    let own = node(&house, "PutAccountSetting");
    let arn = own.principal.arn().to_string();
    let set = house.call_as(own, mode("blocking")).await.unwrap();
    assert_eq!(set["setting"]["principalArn"], arn.as_str());
    assert_eq!(list(&house, json!({})).await, json!([]), "not root's");
}
