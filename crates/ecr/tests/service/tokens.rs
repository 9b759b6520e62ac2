//! GetAuthorizationToken, and what its passwords open.

use std::time::Duration;

use aws_api::ecr::{self as model, Ecr as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};

use crate::house::{House, failed, node, root, told};

const LIFE: Duration = Duration::from_secs(12 * 3600);

#[tokio::test]
async fn a_password_is_good_for_twelve_hours() {
    let house = House::open().await;
    let input = model::GetAuthorizationTokenRequest::default();
    let output = house
        .ecr
        .get_authorization_token(&root("us-east-1"), input)
        .await;
    let data = output.unwrap_or_else(failed).authorization_data.unwrap();
    assert_eq!(data.len(), 1);
    assert_eq!(
        data[0].proxy_endpoint.as_deref(),
        Some("http://127.0.0.1:4566")
    );
    let now = ambient::Clock::now(&*house.clock);
    assert_eq!(data[0].expires_at, Some(now.plus(LIFE)));
    let password = house.password(&root("us-east-1")).await;
    let base = |password: String| {
        let house = &house;
        async move { house.ask(&password, Method::GET, "/v2/", "", "").await }
    };
    house.clock.turn(LIFE - Duration::from_millis(1));
    assert_eq!(base(password.clone()).await.0, StatusCode::OK);
    house.clock.turn(Duration::from_millis(1));
    let (status, body) = base(password.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(String::from_utf8_lossy(&body).contains("token has expired"));
}

#[tokio::test]
async fn a_password_outlives_the_server_and_no_other_server_takes_it() {
    let house = House::open().await;
    let password = house.password(&root("us-east-1")).await;
    let again = House::over(house.records.clone(), house.clock.clone()).await;
    let (status, _) = again.ask(&password, Method::GET, "/v2/", "", "").await;
    assert_eq!(status, StatusCode::OK);
    let stranger = House::open().await;
    let (status, _) = stranger.ask(&password, Method::GET, "/v2/", "", "").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_changed_password_opens_nothing() {
    let house = House::open().await;
    let password = house.password(&node()).await;
    let (claims, signature) = password.split_once('.').unwrap();
    let said = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(said.contains("\"push\":false"), "{said}");
    let raised = URL_SAFE_NO_PAD.encode(said.replace("false", "true"));
    for forged in [
        format!("{raised}.{signature}"),
        format!("{claims}."),
        format!("{claims}.{}", &signature[..20]),
        format!("{claims}.{}", URL_SAFE_NO_PAD.encode([0; 32])),
        claims.to_owned(),
        String::new(),
        ".".to_owned(),
        "x".repeat(5000),
    ] {
        let (status, _) = house.ask(&forged, Method::GET, "/v2/", "", "").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{forged}");
    }
}

#[tokio::test]
async fn a_node_pulls_and_does_not_push() {
    let house = House::open().await;
    house.create("web").await;
    let push = house.password(&root("us-east-1")).await;
    let image = house.image(&push, "web", "layer").await;
    house.push(&push, "web", Some("v1"), &image).await.unwrap();
    let pull = house.password(&node()).await;
    let path = "/v2/web/manifests/v1";
    assert_eq!(
        house.ask(&pull, Method::GET, path, "", "").await.0,
        StatusCode::OK
    );
    let error = house
        .push(&pull, "web", Some("v2"), &image)
        .await
        .unwrap_err();
    let user = "User: arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/n1 is not authorized \
                to perform: ecr:PutImage on resource: \
                arn:aws:ecr:us-east-1:123456789012:repository/web";
    assert!(error.contains("DENIED") && error.contains(user), "{error}");
}

#[tokio::test]
async fn a_password_is_for_one_region_and_one_account() {
    let house = House::open().await;
    house.create("web").await;
    let elsewhere = house.password(&root("eu-west-1")).await;
    let path = "/v2/web/tags/list";
    let (status, _) = house.ask(&elsewhere, Method::GET, path, "", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let input = |id: &str| model::GetAuthorizationTokenRequest {
        registry_ids: Some(vec![id.to_owned()]),
    };
    let caller = root("us-east-1");
    let own = house
        .ecr
        .get_authorization_token(&caller, input("123456789012"));
    own.await.unwrap_or_else(failed);
    let other = house
        .ecr
        .get_authorization_token(&caller, input("210987654321"));
    assert_eq!(told(other.await).0, "InvalidParameterException");
}
