//! Who may do what.

use http::{Method, StatusCode};

use crate::house::House;

#[tokio::test]
async fn nothing_is_answered_without_a_password() {
    let house = House::open().await;
    for path in [
        "/v2/",
        "/v2/web/tags/list",
        "/v2/web/manifests/latest",
        "/v2/x/y/z",
    ] {
        for password in [None, Some("wrong")] {
            let reply = house.ask_as(password, Method::GET, path, &[], "").await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
            let realm = format!(
                "Basic realm=\"{}\",service=\"ecr.amazonaws.com\"",
                house.address
            );
            assert_eq!(reply.header("www-authenticate"), realm);
            assert_eq!(reply.error().0, "UNAUTHORIZED");
            assert_eq!(
                reply.header("docker-distribution-api-version"),
                "registry/2.0"
            );
        }
    }
    let reply = house.get("/v2/").await;
    assert_eq!(reply.status, StatusCode::OK);
    let reply = house
        .ask_as(Some("expired"), Method::GET, "/v2/", &[], "")
        .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(
        reply.error(),
        (
            "DENIED".to_owned(),
            "Your authorization token has expired. Reauthenticate and try again.".to_owned()
        )
    );
}

#[tokio::test]
async fn a_token_to_pull_changes_nothing() {
    let house = House::open().await;
    let digest = house.push_blob("web", b"layer").await;
    let upload = house.begin_upload("web").await;
    let manifest = house.image("web", "layer").await;
    house.push_manifest("web", "v1", "", &manifest).await;
    for (method, path) in [
        (Method::POST, "/v2/web/blobs/uploads/".to_owned()),
        (
            Method::POST,
            format!("/v2/web/blobs/uploads/?mount={digest}&from=web"),
        ),
        (Method::PATCH, upload.clone()),
        (Method::PUT, format!("{upload}?digest={digest}")),
        (Method::DELETE, upload.clone()),
        (Method::PUT, "/v2/web/manifests/v2".to_owned()),
        (Method::DELETE, "/v2/web/manifests/v1".to_owned()),
    ] {
        let reply = house
            .ask_as(Some("pull"), method.clone(), &path, &[], "layer")
            .await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {path}");
        let (code, message) = reply.error();
        assert_eq!(code, "DENIED");
        assert!(message.contains("on resource: arn:aws:ecr:us-east-1:123456789012:repository/web"));
    }
    for path in [
        "/v2/web/manifests/v1".to_owned(),
        format!("/v2/web/blobs/{digest}"),
    ] {
        let reply = house
            .ask_as(Some("pull"), Method::GET, &path, &[], "")
            .await;
        assert_eq!(reply.status, StatusCode::OK);
    }
    assert_eq!(
        house.ask(Method::GET, &upload).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn the_host_name_must_agree_with_the_token() {
    let house = House::open().await;
    for (host, status) in [
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com",
            StatusCode::OK,
        ),
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com:4566",
            StatusCode::OK,
        ),
        ("localhost:4566", StatusCode::OK),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            StatusCode::FORBIDDEN,
        ),
        (
            "210987654321.dkr.ecr.us-east-1.amazonaws.com",
            StatusCode::FORBIDDEN,
        ),
    ] {
        let headers = [("host", host)];
        let reply = house
            .ask_as(Some("push"), Method::GET, "/v2/", &headers, "")
            .await;
        assert_eq!(reply.status, status, "{host}");
    }
}
