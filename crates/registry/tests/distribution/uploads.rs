//! Blobs, written: at once, in chunks, by mounting; and what goes wrong.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use registry::Digest;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::house::House;

async fn patch(
    house: &House,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> crate::house::Reply {
    house
        .ask_as(Some("push"), Method::PATCH, path, headers, body)
        .await
}

#[tokio::test]
async fn a_blob_is_pushed_in_chunks() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let first = patch(&house, &path, &[("content-range", "0-4")], "hello").await;
    assert_eq!(
        (first.status, first.header("range")),
        (StatusCode::ACCEPTED, "0-4")
    );
    assert_eq!(first.header("location"), path);
    // Out of order: told where to go on, and nothing is spoiled.
    for range in ["0-4", "6-10", "4-8"] {
        let wrong = patch(&house, &path, &[("content-range", range)], "wrong").await;
        assert_eq!(wrong.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(
            (wrong.header("range"), wrong.header("location")),
            ("0-4", path.as_str())
        );
    }
    for range in ["5-9", "x", "9-5"] {
        // Not as long as the body, or no range at all.
        let wrong = patch(&house, &path, &[("content-range", range)], "abc").await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{range}");
    }
    let second = patch(&house, &path, &[("content-range", "5-7")], ", w").await;
    assert_eq!(second.header("range"), "0-7");
    let status = house.get(&path).await;
    assert_eq!(
        (status.status, status.header("range")),
        (StatusCode::NO_CONTENT, "0-7")
    );
    let digest = Digest::of(b"hello, world");
    // The colon may come encoded.
    let put = format!("{path}?digest={}", digest.as_str().replace(':', "%3A"));
    let headers = [("content-range", "8-11")];
    let done = house
        .ask_as(Some("push"), Method::PUT, &put, &headers, "orld")
        .await;
    assert_eq!(done.status, StatusCode::CREATED);
    assert_eq!(done.header("location"), format!("/v2/web/blobs/{digest}"));
    assert_eq!(done.header("docker-content-digest"), digest.as_str());
    assert_eq!(
        house.get(done.header("location")).await.body,
        "hello, world"
    );
    assert_eq!(house.get(&path).await.error().0, "BLOB_UPLOAD_UNKNOWN");
    assert!(house.upload_files().is_empty());
}

#[tokio::test]
async fn a_stream_of_unknown_length_is_taken() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let part = Bytes::from(vec![7; 100_000]);
    let parts: Vec<Bytes> = (0..40).map(|_| part.clone()).collect();
    let digest = Digest::of(&parts.concat());
    let frames = futures_util::stream::iter(parts).map(|it| Ok(Frame::data(it)));
    let body = BodyExt::boxed(StreamBody::new(frames));
    let reply = house
        .send(Some("push"), Method::PATCH, &path, &[], body)
        .await;
    assert_eq!(
        (reply.status, reply.header("range")),
        (StatusCode::ACCEPTED, "0-3999999")
    );
    let done = house
        .ask(Method::PUT, &format!("{path}?digest={digest}"))
        .await;
    assert_eq!(done.status, StatusCode::CREATED);
}

/// Without a Content-Length the range is all that says how much was meant.
#[tokio::test]
async fn a_stream_that_is_not_as_long_as_said_ends_the_upload() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let frames = futures_util::stream::iter([Ok(Frame::data(Bytes::from_static(b"short")))]);
    let body = BodyExt::boxed(StreamBody::new(frames));
    let headers = [("content-range", "0-99")];
    let reply = house
        .send(Some("push"), Method::PATCH, &path, &headers, body)
        .await;
    assert_eq!(reply.error().0, "SIZE_INVALID");
    assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(house.upload_files().is_empty());
}

#[tokio::test]
async fn the_wrong_digest_keeps_nothing() {
    let house = House::open().await;
    let right = Digest::of(b"layer");
    let wrong = Digest::of(b"other");
    let path = house.begin_upload("web").await;
    for path in [
        format!("{path}?digest={wrong}"),
        format!("/v2/web/blobs/uploads/?digest={wrong}"),
    ] {
        let method = if path.contains("uploads/?") {
            Method::POST
        } else {
            Method::PUT
        };
        let reply = house
            .ask_as(Some("push"), method, &path, &[], "layer")
            .await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(reply.error().0, "DIGEST_INVALID");
    }
    assert_eq!(house.get(&path).await.status, StatusCode::NOT_FOUND);
    for digest in [&right, &wrong] {
        let reply = house.get(&format!("/v2/web/blobs/{digest}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
    assert!(house.upload_files().is_empty());
    for digest in ["sha256:..", "sha512:aa", "", "sha256:../../../etc/passwd"] {
        let path = house.begin_upload("web").await;
        let reply = house
            .ask(Method::PUT, &format!("{path}?digest={digest}"))
            .await;
        assert_eq!(reply.error().0, "DIGEST_INVALID", "{digest}");
        // It can still be finished.
        assert_eq!(
            house.ask(Method::DELETE, &path).await.status,
            StatusCode::NO_CONTENT
        );
    }
    assert!(house.upload_files().is_empty());
}

#[tokio::test]
async fn an_upload_is_of_one_repository_and_ends_when_it_is_given_up() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(house.upload_files().len(), 1);
    let elsewhere = format!("/v2/team/other/blobs/uploads/{id}");
    for (method, path) in [
        (Method::PATCH, elsewhere.as_str()),
        (Method::GET, elsewhere.as_str()),
        (Method::DELETE, elsewhere.as_str()),
        (Method::GET, "/v2/web/blobs/uploads/unknown"),
    ] {
        let reply = house.ask(method, path).await;
        assert_eq!(reply.error().0, "BLOB_UPLOAD_UNKNOWN");
    }
    assert_eq!(
        house.ask(Method::DELETE, &path).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(house.upload_files().is_empty());
    assert_eq!(
        house.ask(Method::DELETE, &path).await.status,
        StatusCode::NOT_FOUND
    );
    let reply = house.ask(Method::POST, "/v2/missing/blobs/uploads/").await;
    assert_eq!(
        (reply.status, reply.error().0.as_str()),
        (StatusCode::NOT_FOUND, "NAME_UNKNOWN")
    );
}

#[tokio::test]
async fn a_blob_of_another_repository_is_mounted() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"layer").await;
    let mount = |from: &str| format!("/v2/team/other/blobs/uploads/?mount={digest}{from}");
    // What cannot be mounted becomes an upload.
    for from in ["", "&from=missing", "&from=immutable"] {
        let reply = house.ask(Method::POST, &mount(from)).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{from}");
        let path = reply.header("location").to_owned();
        assert_eq!(
            house.ask(Method::DELETE, &path).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let reply = house.ask(Method::POST, &mount("&from=..%2Fweb")).await;
    assert_eq!(reply.error().0, "NAME_INVALID");
    let reply = house.ask(Method::POST, &mount("&from=web")).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let reply = house.get(&format!("/v2/team/other/blobs/{digest}")).await;
    assert_eq!(reply.body, "layer");
}

/// The connection breaks in the middle of a chunk: what was written stays, and is gone on with.
#[tokio::test]
async fn a_broken_upload_is_gone_on_with() {
    let house = House::open().await;
    let path = house.begin_upload("web").await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Basic QVdTOnB1c2g=\r\n\
         content-length: 3000000\r\n\r\n",
        house.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[7; 2_500_000]).await.unwrap();
    stream.shutdown().await.unwrap();
    drop(stream);
    // At least the whole pieces that were gathered are there in the end.
    let written = async {
        loop {
            let status = house.get(&path).await;
            let (_, last) = status.header("range").split_once('-').unwrap();
            let length = last.parse::<usize>().unwrap() + 1;
            if length >= 2 * registry::limits::WRITE_BYTES {
                let headers = [("content-range", format!("{length}-{length}"))];
                let headers = headers
                    .each_ref()
                    .map(|(name, value)| (*name, value.as_str()));
                let next = patch(&house, &path, &headers, "x").await;
                if next.status == StatusCode::ACCEPTED {
                    return length;
                }
            }
        }
    };
    let length = tokio::time::timeout(Duration::from_secs(20), written)
        .await
        .unwrap();
    assert!(length <= 2_500_000);
    let digest = Digest::of(&[vec![7; length], b"x".to_vec()].concat());
    let done = house
        .ask(Method::PUT, &format!("{path}?digest={digest}"))
        .await;
    assert_eq!(done.status, StatusCode::CREATED);
}

#[tokio::test]
async fn only_so_many_uploads_are_under_way() {
    let house = House::open().await;
    for _ in 0..registry::limits::REPOSITORY_UPLOADS_MAX {
        house.begin_upload("web").await;
    }
    let reply = house.ask(Method::POST, "/v2/web/blobs/uploads/").await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.error().0, "TOOMANYREQUESTS");
    assert_eq!(reply.header("retry-after"), "1");
    // Who pushes to one repository keeps nobody from another.
    house.begin_upload("team/other").await;
}
