//! Too much, too slow, too long, and handlers that break.

use std::sync::Arc;
use std::time::Duration;

use aws_core::Common;
use gateway::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::house::{
    Asked, House, LARGE, LARGE_BYTES, Mood, PATIENCE, describe, send, signed_head, whoami,
};

#[tokio::test]
async fn a_handler_that_breaks_ends_in_an_answer() {
    let house = House::open(Limits {
        work: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    house.set(Mood::Panic);
    let (status, code, message) = house.send(whoami()).await.error();
    assert_eq!((status, code.as_str()), (500, "InternalFailure"));
    assert!(!message.contains("breaks"), "{message}");

    house.set(Mood::Fail(Common::Internal("the disk is gone".to_owned())));
    let seen = house.send(whoami()).await;
    assert_eq!(seen.code(), (500, "InternalFailure".to_owned()));
    assert!(!seen.body.contains("disk"), "{seen:?}");
    let request_id = seen.headers["x-amzn-requestid"].to_str().unwrap();
    assert!(seen.error().2.contains(request_id));

    house.set(Mood::Wait(Arc::new(Notify::new()), Arc::new(Notify::new())));
    let seen = house.send(whoami()).await;
    assert_eq!(seen.code(), (500, "InternalFailure".to_owned()));

    house.set(Mood::Fail(Common::Throttling("Rate exceeded".to_owned())));
    let seen = house.send(whoami()).await;
    assert_eq!(seen.code(), (400, "Throttling".to_owned()));

    house.set(Mood::Answer);
    assert_eq!(house.send(whoami()).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn too_much_is_refused_before_memory_grows() {
    let house = House::open(Limits {
        work_in_flight: 1,
        buffered_bytes: 8 * 1024,
        ..Limits::default()
    })
    .await;
    // The sender sees the refusal although it sends all of its body first.
    let oversized = "x".repeat(gateway::limits::BODY_BYTES_MAX + 1);
    let seen = house.send(describe("DescribeTasks", &oversized)).await;
    assert_eq!(
        seen.code(),
        (413, "RequestEntityTooLargeException".to_owned())
    );
    // There is no room for so many bytes at once.
    let seen = house
        .send(describe("DescribeTasks", &" ".repeat(9 * 1024)))
        .await;
    let (status, code, message) = seen.error();
    assert_eq!((status, code.as_str()), (400, "ThrottlingException"));
    assert_eq!(message, "Rate exceeded");

    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    house.set(Mood::Wait(Arc::clone(&begun), Arc::clone(&go_on)));
    let first = tokio::spawn(send(house.address, whoami()));
    tokio::time::timeout(PATIENCE, begun.notified())
        .await
        .unwrap();
    let seen = house.send(whoami()).await;
    assert_eq!(seen.code(), (400, "Throttling".to_owned()));
    go_on.notify_one();
    let seen = tokio::time::timeout(PATIENCE, first)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_principal_has_its_own_rate() {
    let house = House::open(Limits {
        principal_requests_per_second: 0,
        principal_burst_requests: 2,
        ..Limits::default()
    })
    .await;
    let ecs = || describe("DescribeTasks", r#"{"tasks": ["a"]}"#);
    assert_eq!(house.send(ecs()).await.status, 200);
    assert_eq!(house.send(ecs()).await.status, 200);
    let (status, code, message) = house.send(ecs()).await.error();
    assert_eq!((status, code.as_str()), (400, "ThrottlingException"));
    assert_eq!(message, "Rate exceeded");
    // The other principal is refused for want of authority, not of tokens.
    let seen = house
        .send(Asked {
            signer: Some(("AKIANODE", "secret")),
            ..ecs()
        })
        .await;
    assert_eq!(seen.code(), (400, "AccessDeniedException".to_owned()));
    house.close().await;
}

#[tokio::test]
async fn slow_clients_hold_nobody_up() {
    let house = House::open(Limits {
        connections: 3,
        head_read: Duration::from_millis(300),
        body_read: Duration::from_millis(300),
        ..Limits::default()
    })
    .await;
    // All places but one are taken by clients that never end their head.
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nHost: x\r\n")
            .await
            .unwrap();
        slow.push(stream);
    }
    assert_eq!(house.send(whoami()).await.status, 200);
    for mut stream in slow {
        let mut rest = Vec::new();
        // Cut with or without a parting word, but cut.
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest))
            .await
            .unwrap();
    }

    // A known client whose body does not come.
    let head = signed_head(
        "POST",
        "/",
        ("AKIAROOT", "sts"),
        b"never sent",
        "Content-Length: 10\r\n",
    );
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("RequestTimeout"), "{answer}");
    house.close().await;
}

#[tokio::test]
async fn what_is_announced_and_not_sent_takes_no_room() {
    let house = House::open(Limits {
        buffered_bytes: 8 * 1024,
        ..Limits::default()
    })
    .await;
    let mut silent = Vec::new();
    for length in ["Content-Length: 8000\r\n", "Transfer-Encoding: chunked\r\n"] {
        for _ in 0..4 {
            let head = signed_head("POST", "/", ("AKIAROOT", "sts"), b"never sent", length);
            let mut stream = TcpStream::connect(house.address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            silent.push(stream);
        }
    }
    // Nothing says when the server has read their heads: soon, and one of these comes later.
    for _ in 0..8 {
        assert_eq!(house.send(whoami()).await.status, 200);
    }
    drop(silent);
    house.close().await;
}

#[tokio::test]
async fn who_does_not_read_is_let_go() {
    let house = House::open(Limits {
        connections: 1,
        write_stall: Duration::from_millis(300),
        ..Limits::default()
    })
    .await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!("GET {LARGE} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The only place is free again although that client neither reads nor goes.
    assert_eq!(house.send(whoami()).await.status, 200);
    let mut got = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut got))
        .await
        .unwrap();
    assert!(got.starts_with(b"HTTP/1.1 200 OK"));
    assert!(got.len() < LARGE_BYTES, "{}", got.len());
    house.close().await;
}

#[tokio::test]
async fn one_peer_cannot_take_all_places() {
    let house = House::open(Limits {
        peer_connections: 2,
        ..Limits::default()
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        // Answered, so that it is known to be counted.
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        held.push(stream);
    }
    let seen = house.send(whoami()).await;
    assert_eq!(seen.status, 503);
    assert_eq!(
        seen.body,
        "Too many connections are open from this address.\n"
    );
    assert_eq!(seen.headers["connection"], "close");
    // Another address of loopback is another peer.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(house.address).await.unwrap();
    other
        .write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 15];
    other.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");

    // What is closed makes room, once the server has seen it.
    held.clear();
    let answers = async {
        while house.send(whoami()).await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answers).await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn heads_are_limited() {
    let house = House::open(Limits::default()).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let long = "x".repeat(gateway::limits::HEAD_BYTES_MAX);
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n");
    // The server may cut the connection while this is still being sent.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = vec![0; 12];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(answer, b"HTTP/1.1 431");
    house.close().await;
}
