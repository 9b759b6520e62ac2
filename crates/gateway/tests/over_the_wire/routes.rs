//! Routes, websockets, health and metrics.

use std::sync::Arc;

use gateway::Limits;
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::house::{Asked, House, PATIENCE, describe, send, signed_head, whoami};

#[tokio::test]
async fn agent_sessions_can_be_upgraded() {
    let house = House::open(Limits::default()).await;
    let head = signed_head(
        "GET",
        "/acs/ws",
        ("AKIANODE", "ecs"),
        b"",
        "Connection: Upgrade\r\nUpgrade: test\r\n",
    );
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let talk = async {
        let mut answer = String::new();
        while !answer.ends_with("\r\n\r\n") {
            answer.push(char::from(stream.read_u8().await.unwrap()));
        }
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains("x-amzn-requestid: "), "{answer}");
        stream.write_all(b"hello").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"hello");
    };
    tokio::time::timeout(PATIENCE, talk).await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn routes_get_what_is_theirs() {
    let house = House::open(Limits::default()).await;
    let unsigned = Asked {
        method: "GET",
        headers: Vec::new(),
        body: Vec::new(),
        signer: None,
        ..whoami()
    };
    let seen = house
        .send(Asked {
            path: "/v2/web/tags/list",
            query: Some("n=1".to_owned()),
            ..unsigned
        })
        .await;
    assert_eq!(seen.body, "nobody /v2/web/tags/list?n=1");

    let session = |path, signer, service| Asked {
        method: "GET",
        path,
        query: Some("seqNum=1".to_owned()),
        headers: Vec::new(),
        body: Vec::new(),
        signer,
        service,
        ..whoami()
    };
    let node = Some(("AKIANODE", "secret"));
    let seen = house.send(session("/acs/ws", node, "ecs")).await;
    assert_eq!(
        seen.body,
        "arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-1 ecs:Poll /acs/ws?seqNum=1"
    );
    let seen = house.send(session("/tcs/ws", node, "ecs")).await;
    assert_eq!(seen.code(), (400, "AccessDeniedException".to_owned()));
    let seen = house.send(session("/acs/ws", None, "ecs")).await;
    assert_eq!(
        seen.code(),
        (400, "MissingAuthenticationTokenException".to_owned())
    );
    let seen = house.send(session("/acs/ws", node, "sts")).await;
    assert_eq!(seen.code(), (400, "InvalidSignatureException".to_owned()));

    let seen = house
        .send(Asked {
            path: "/health",
            query: None,
            ..session("/health", None, "ecs")
        })
        .await;
    assert_eq!(
        (seen.status, seen.json()["status"].as_str()),
        (200, Some("ok"))
    );
    house.close().await;
}

#[tokio::test]
async fn what_was_answered_is_counted() {
    let house = House::open(Limits::default()).await;
    house.send(whoami()).await;
    house.send(whoami()).await;
    house.send(describe("UpdateService", "{}")).await;
    house.send(describe("Invented", "{}")).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let registry = Arc::clone(&house.registry);
    let admin = tokio::spawn(gateway::admin::serve(listener, registry, async {
        let _ = stopped.await;
    }));
    let get = |path| Asked {
        method: "GET",
        path,
        query: None,
        headers: Vec::new(),
        body: Vec::new(),
        signer: None,
        ..whoami()
    };
    let seen = send(address, get("/metrics")).await;
    assert_eq!(seen.status, 200);
    for line in [
        r#"longshore_requests_total{service="sts",operation="GetCallerIdentity",code="OK"} 2"#,
        r#"longshore_requests_total{service="ecs",operation="UpdateService",code="UnsupportedOperationException"} 1"#,
        r#"longshore_requests_total{service="ecs",operation="unknown",code="UnknownOperationException"} 1"#,
        r#"longshore_request_duration_seconds_count{service="sts",operation="GetCallerIdentity"} 2"#,
        "longshore_requests_in_flight 0",
        "longshore_connections_total 4",
    ] {
        assert!(
            seen.body.lines().any(|seen| seen == line),
            "{line}\n{}",
            seen.body
        );
    }
    assert_eq!(send(address, get("/health")).await.status, StatusCode::OK);
    assert_eq!(
        send(address, get("/else")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        send(
            address,
            Asked {
                method: "POST",
                ..get("/metrics")
            }
        )
        .await
        .status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, admin)
        .await
        .unwrap()
        .unwrap();
    house.close().await;
}
