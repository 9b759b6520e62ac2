//! API calls: answered, and refused in the words of their service.

use gateway::Limits;

use super::house::{Asked, House, code, describe, whoami};

#[tokio::test]
async fn a_signed_call_is_answered_in_its_protocol() {
    let house = House::open(Limits::default()).await;
    let seen = house.send(whoami()).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.headers["content-type"], "text/xml");
    assert!(seen.headers.contains_key("date"));
    let request_id = seen.headers["x-amzn-requestid"].to_str().unwrap();
    assert!(
        seen.body
            .contains(&format!("<RequestId>{request_id}</RequestId>")),
        "{seen:?}"
    );
    assert!(
        seen.body
            .contains("<Arn>arn:aws:iam::123456789012:root</Arn>"),
        "{seen:?}"
    );
    // The region that was signed for, and the host.
    let signed = format!(r#"<UserId>eu-central-1 Some("{}")</UserId>"#, house.address);
    let signed = signed.replace('"', "&quot;");
    assert!(seen.body.contains(&signed), "{seen:?}");

    // The same in a query, as a presigned call has it.
    let seen = house
        .send(Asked {
            method: "GET",
            query: Some("Action=GetCallerIdentity&Version=2011-06-15".to_owned()),
            headers: Vec::new(),
            body: Vec::new(),
            ..whoami()
        })
        .await;
    assert_eq!(seen.status, 200, "{seen:?}");

    let seen = house
        .send(describe("DescribeTasks", r#"{"tasks": ["a"]}"#))
        .await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.headers["content-type"], "application/x-amz-json-1.1");
    assert!(seen.json().is_object());
    house.close().await;
}

#[tokio::test]
async fn who_is_not_known_is_refused_in_the_services_words() {
    let house = House::open(Limits::default()).await;
    let unsigned = |asked: Asked| Asked {
        signer: None,
        ..asked
    };
    let strange = |asked: Asked| Asked {
        signer: Some(("AKIASTRANGER", "secret")),
        ..asked
    };
    let forged = |asked: Asked| Asked {
        signer: Some(("AKIAROOT", "guess")),
        ..asked
    };
    let ecs = || describe("DescribeTasks", r#"{"tasks": ["a"]}"#);

    let seen = house.send(unsigned(ecs())).await;
    assert_eq!(
        seen.code(),
        code(400, "MissingAuthenticationTokenException")
    );
    let seen = house.send(strange(ecs())).await;
    assert_eq!(seen.code(), code(400, "UnrecognizedClientException"));
    let seen = house.send(forged(ecs())).await;
    assert_eq!(seen.code(), code(400, "InvalidSignatureException"));
    assert!(seen.headers.contains_key("x-amzn-requestid"));

    let seen = house.send(unsigned(whoami())).await;
    assert_eq!(seen.code(), code(403, "MissingAuthenticationToken"));
    let seen = house.send(strange(whoami())).await;
    assert_eq!(seen.code(), code(403, "InvalidClientTokenId"));
    let seen = house.send(forged(whoami())).await;
    assert_eq!(seen.code(), code(403, "SignatureDoesNotMatch"));
    house.close().await;
}

#[tokio::test]
async fn who_may_not_is_refused() {
    let house = House::open(Limits::default()).await;
    let node = |asked: Asked| Asked {
        signer: Some(("AKIANODE", "secret")),
        ..asked
    };
    let seen = house.send(node(whoami())).await;
    let (status, code, message) = seen.error();
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert_eq!(
        message,
        "User: arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-1 is not authorized to \
         perform: sts:GetCallerIdentity"
    );
    let seen = house
        .send(node(describe("DescribeTasks", r#"{"tasks": ["a"]}"#)))
        .await;
    assert_eq!(seen.code(), (400, "AccessDeniedException".to_owned()));
    house.close().await;
}

#[tokio::test]
async fn regions_that_are_not_served_are_refused() {
    let house = House::open(Limits::default()).await;
    let seen = house
        .send(Asked {
            region: "us-west-2",
            ..describe("DescribeTasks", r#"{"tasks": ["a"]}"#)
        })
        .await;
    let (status, code, message) = seen.error();
    assert_eq!((status, code.as_str()), (400, "InvalidSignatureException"));
    assert_eq!(
        message,
        "Credential should be scoped to a valid region, not 'us-west-2'. Served here: \
         eu-central-1, eu-west-1."
    );
    // STS is signed for us-east-1 by clients everywhere.
    let seen = house
        .send(Asked {
            region: "us-east-1",
            ..whoami()
        })
        .await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let seen = house
        .send(Asked {
            region: "us-west-2",
            ..whoami()
        })
        .await;
    assert_eq!(seen.code(), (403, "SignatureDoesNotMatch".to_owned()));
    house.close().await;
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let house = House::open(Limits::default()).await;
    let (status, code, message) = house.send(describe("UpdateService", "{}")).await.error();
    assert_eq!(
        (status, code.as_str()),
        (400, "UnsupportedOperationException")
    );
    assert_eq!(message, "Longshore does not support ecs:UpdateService yet.");

    let seen = house.send(describe("Dance", "{}")).await;
    assert_eq!(seen.code(), (400, "UnknownOperationException".to_owned()));

    let form = |body: &str| Asked {
        body: body.as_bytes().to_vec(),
        ..whoami()
    };
    let (status, code, message) = house
        .send(form("Action=AssumeRole&Version=2011-06-15"))
        .await
        .error();
    assert_eq!((status, code.as_str()), (400, "UnsupportedOperation"));
    assert_eq!(message, "Longshore does not support sts:AssumeRole yet.");
    let (status, code, message) = house
        .send(form("Action=Dance&Version=2011-06-15"))
        .await
        .error();
    assert_eq!((status, code.as_str()), (400, "InvalidAction"));
    assert_eq!(
        message,
        "Could not find operation Dance for version 2011-06-15"
    );
    assert_eq!(
        house.send(form("")).await.code(),
        (400, "MissingAction".to_owned())
    );

    let (status, code, message) = house
        .send(Asked {
            service: "dynamodb",
            ..describe("ListTables", "{}")
        })
        .await
        .error();
    assert_eq!(
        (status, code.as_str()),
        (400, "UnsupportedOperationException")
    );
    assert_eq!(message, "Longshore does not have the service dynamodb yet.");

    // An unsupported operation is authenticated first.
    let seen = house
        .send(Asked {
            signer: None,
            ..describe("UpdateService", "{}")
        })
        .await;
    assert_eq!(
        seen.code(),
        (400, "MissingAuthenticationTokenException".to_owned())
    );
    house.close().await;
}

#[tokio::test]
async fn bad_input_is_refused_before_the_handler() {
    let house = House::open(Limits::default()).await;
    let seen = house.send(describe("DescribeTasks", "{")).await;
    assert_eq!(seen.code(), code(400, "SerializationException"));
    let seen = house
        .send(describe("DescribeTasks", r#"{"tasks": 7}"#))
        .await;
    assert_eq!(seen.code(), code(400, "SerializationException"));
    let (status, code, message) = house.send(describe("DescribeTasks", "{}")).await.error();
    assert_eq!((status, code.as_str()), (400, "InvalidParameterException"));
    assert_eq!(
        message,
        "1 validation error detected: Value null at 'tasks' failed to satisfy constraint: Member \
         must not be null"
    );
    let body = r#"{"cluster": "none", "tasks": ["a"]}"#;
    let (status, code, message) = house.send(describe("DescribeTasks", body)).await.error();
    assert_eq!((status, code.as_str()), (400, "ClusterNotFoundException"));
    assert_eq!(message, "Cluster not found.");
    house.close().await;
}

#[tokio::test]
async fn a_member_without_effect_is_refused_by_name() {
    let house = House::open(Limits::default()).await;
    let list = |body: &str| describe("ListTasks", body);
    let (status, code, message) = house.send(list(r#"{"daemonName": "d"}"#)).await.error();
    assert_eq!(
        (status, code.as_str()),
        (400, "UnsupportedOperationException")
    );
    assert_eq!(
        message,
        "Longshore does not support daemonName of ecs:ListTasks yet."
    );
    let seen = house
        .send(list(r#"{"daemonName": "", "family": "f"}"#))
        .await;
    assert_eq!(seen.status, 200, "{seen:?}");
    house.close().await;
}
