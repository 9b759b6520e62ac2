//! Blobs, read.

use http::{Method, StatusCode};
use registry::Digest;

use crate::house::House;

#[tokio::test]
async fn a_blob_is_read_whole_and_in_part() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"0123456789").await;
    let path = format!("/v2/web/blobs/{digest}");
    let head = house.ask(Method::HEAD, &path).await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (StatusCode::OK, "10")
    );
    assert!(head.body.is_empty());
    let whole = house.get(&path).await;
    assert_eq!(whole.header("docker-content-digest"), digest.as_str());
    assert_eq!(whole.body, "0123456789");
    for (range, bytes, told) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-1", "9", "bytes 9-9/10"),
    ] {
        let headers = [("range", range)];
        let part = house
            .ask_as(Some("pull"), Method::GET, &path, &headers, "")
            .await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(
            (&part.body[..], part.header("content-range")),
            (bytes.as_bytes(), told)
        );
    }
    let headers = [("range", "bytes=10-")];
    let beyond = house
        .ask_as(Some("pull"), Method::GET, &path, &headers, "")
        .await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), "bytes */10");
}

#[tokio::test]
async fn a_blob_is_in_its_repository_only() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"secret").await;
    for method in [Method::GET, Method::HEAD] {
        let path = format!("/v2/team/other/blobs/{digest}");
        assert_eq!(house.ask(method, &path).await.status, StatusCode::NOT_FOUND);
    }
    let reply = house.get(&format!("/v2/team/other/blobs/{digest}")).await;
    assert_eq!(reply.error().0, "BLOB_UNKNOWN");
    let reply = house.get(&format!("/v2/missing/blobs/{digest}")).await;
    assert_eq!(
        reply.error(),
        (
            "NAME_UNKNOWN".to_owned(),
            "The repository with name 'missing' does not exist in the registry with id \
             '123456789012'"
                .to_owned()
        )
    );
}

/// A disk that lost a file: clients push the blob again, as HEAD says that it is not there.
#[tokio::test]
async fn a_lost_blob_is_told_and_can_be_pushed_again() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"layer").await;
    let hex = digest.hex();
    let file = house.path().join("blobs/sha256").join(&hex[..2]).join(hex);
    std::fs::remove_file(&file).unwrap();
    let path = format!("/v2/web/blobs/{digest}");
    assert_eq!(
        house.ask(Method::HEAD, &path).await.status,
        StatusCode::NOT_FOUND
    );
    let reply = house.get(&path).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    let (code, message) = reply.error();
    assert_eq!(code, "UNKNOWN");
    assert!(!message.contains(hex), "{message}");
    assert_eq!(house.push_blob("web", b"layer").await, digest);
    assert_eq!(house.get(&path).await.body, "layer");
}

#[tokio::test]
async fn blobs_cannot_be_deleted_by_hand() {
    let house = House::open().await;
    let digest = Digest::of(b"any");
    let reply = house
        .ask(Method::DELETE, &format!("/v2/web/blobs/{digest}"))
        .await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.error().0, "UNSUPPORTED");
}
