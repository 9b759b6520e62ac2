//! What nobody should send.

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use registry::Digest;
use registry::limits::{MANIFEST_MAX_BYTES, MANIFESTS_MAX_BYTES, READ_BYTES};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{House, OCI_MANIFEST};

#[tokio::test]
async fn no_path_leads_out_of_the_store() {
    let house = House::open().await;
    std::fs::write(house.path().join("outside"), "secret").unwrap();
    let digest = Digest::of(b"x");
    for path in [
        "/v2/web/blobs/sha256:../../../outside".to_owned(),
        "/v2/web/blobs/../../outside".to_owned(),
        "/v2/../web/manifests/latest".to_owned(),
        "/v2/%2e%2e/web/manifests/latest".to_owned(),
        "/v2/web/blobs/uploads/..%2f..%2foutside".to_owned(),
        "/v2/web/blobs/uploads/../../outside".to_owned(),
        "/v2/web/manifests/..%2foutside".to_owned(),
        format!("/v2/{}/blobs/{digest}", "a".repeat(300)),
        format!("/v2/web/manifests/{}", "a".repeat(129)),
        "/v2/_catalog".to_owned(),
        "/v2//".to_owned(),
    ] {
        for method in [Method::GET, Method::DELETE, Method::PUT] {
            let reply = house.ask(method.clone(), &path).await;
            let refused = reply.status.is_client_error();
            assert!(refused, "{method} {path}: {}", reply.status);
        }
    }
    assert_eq!(
        std::fs::read(house.path().join("outside")).unwrap(),
        b"secret"
    );
    assert!(house.upload_files().is_empty());
}

#[tokio::test]
async fn a_manifest_has_a_greatest_size() {
    let house = House::open().await;
    let mut manifest = house.image("web", "layer").await;
    let bare = manifest.to_string().len();
    let padding = |total: usize| "x".repeat(total - bare - r#","annotations":{"p":""}"#.len());
    manifest["annotations"] = serde_json::json!({"p": padding(MANIFEST_MAX_BYTES)});
    assert_eq!(manifest.to_string().len(), MANIFEST_MAX_BYTES);
    let reply = house
        .push_manifest("web", "most", OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
    manifest["annotations"] = serde_json::json!({"p": padding(MANIFEST_MAX_BYTES + 1)});
    let reply = house
        .push_manifest("web", "more", OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(
        (reply.status, reply.error().0.as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "SIZE_INVALID")
    );
    let reply = house.get("/v2/web/manifests/most").await;
    assert!(reply.body.len() > READ_BYTES);
    assert_eq!(reply.body.len(), MANIFEST_MAX_BYTES);
}

#[tokio::test]
async fn manifests_that_are_not_sent_to_their_end_take_only_so_much_memory() {
    let house = House::open().await;
    let manifest = house.image("web", "layer").await;
    let almost_all = Bytes::from(vec![b' '; MANIFEST_MAX_BYTES]);
    let stalled = (0..MANIFESTS_MAX_BYTES / MANIFEST_MAX_BYTES).map(|_| {
        let (house, almost_all) = (&house, &almost_all);
        async move {
            // The one below may have had the last of the memory.
            loop {
                let sent = futures_util::stream::iter([Ok(Frame::data(almost_all.clone()))]);
                let body = StreamBody::new(sent.chain(futures_util::stream::pending()));
                let body = BodyExt::boxed(body);
                let headers = [("content-type", OCI_MANIFEST)];
                let path = "/v2/web/manifests/never";
                let answer = house.send(Some("push"), Method::PUT, path, &headers, body);
                let status = answer.await.status;
                if status != StatusCode::TOO_MANY_REQUESTS {
                    return status;
                }
            }
        }
    });
    let refused = async {
        loop {
            let reply = house
                .push_manifest("web", "one-more", OCI_MANIFEST, &manifest)
                .await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                return reply.error().0;
            }
        }
    };
    tokio::select! {
        done = futures_util::future::join_all(stalled) => panic!("{done:?}"),
        refused = refused => assert_eq!(refused, "TOOMANYREQUESTS"),
    }
    // They are gone, and their room is free.
    let reply = house
        .push_manifest("web", "one-more", OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
}

/// A client that announces more than a layer can have hears so before it sends it.
#[tokio::test]
async fn a_layer_has_a_greatest_size() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: x\r\nauthorization: Basic QVdTOnB1c2g=\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        registry::limits::LAYER_MAX_BYTES + 1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("SIZE_INVALID"), "{answer}");
}

/// Two requests write to one upload: one of them is told to stay away.
#[tokio::test]
async fn one_request_at_a_time_writes_to_an_upload() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let mut slow = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: x\r\nauthorization: Basic QVdTOnB1c2g=\r\n\
         content-length: 10\r\nexpect: 100-continue\r\n\r\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // Asked for the body: it is being waited for.
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    let other = house
        .ask_as(Some("push"), Method::PATCH, &path, &[], "other")
        .await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    slow.write_all(b"0123456789").await.unwrap();
    let mut rest = vec![0; 256];
    let mut told = Vec::new();
    while !String::from_utf8_lossy(&told).contains("202 Accepted") {
        let count = slow.read(&mut rest).await.unwrap();
        assert_ne!(count, 0, "{}", String::from_utf8_lossy(&told));
        told.extend_from_slice(&rest[..count]);
    }
    let digest = Digest::of(b"0123456789");
    let done = house
        .ask(Method::PUT, &format!("{path}?digest={digest}"))
        .await;
    assert_eq!(done.status, StatusCode::CREATED);
}
