//! Listing tags, page by page.

use http::StatusCode;

use crate::house::{House, OCI_MANIFEST};

#[tokio::test]
async fn tags_come_in_pages() {
    let house = House::open().await;
    let manifest = house.image("web", "layer").await;
    for tag in ["b", "a", "c", "latest", "1.0"] {
        house
            .push_manifest("web", tag, OCI_MANIFEST, &manifest)
            .await;
    }
    let mut seen = Vec::new();
    let mut path = "/v2/web/tags/list?n=2".to_owned();
    loop {
        let reply = house.get(&path).await;
        let page = reply.json();
        assert_eq!(page["name"], "web");
        let tags = page["tags"].as_array().unwrap().clone();
        assert!(tags.len() <= 2);
        seen.extend(tags.iter().map(|tag| tag.as_str().unwrap().to_owned()));
        let link = reply.header("link");
        if link.is_empty() {
            break;
        }
        let next = link
            .strip_prefix('<')
            .unwrap()
            .strip_suffix(">; rel=\"next\"");
        path = next.unwrap().to_owned();
    }
    assert_eq!(seen, ["1.0", "a", "b", "c", "latest"]);
    let reply = house.get("/v2/web/tags/list?n=0").await;
    assert_eq!(reply.json()["tags"], serde_json::json!([]));
    let reply = house.get("/v2/web/tags/list?last=b&n=9").await;
    assert_eq!(reply.json()["tags"], serde_json::json!(["c", "latest"]));
    for query in ["n=x", "n=-1", "last=a/b"] {
        let reply = house.get(&format!("/v2/web/tags/list?{query}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let reply = house.get("/v2/missing/tags/list").await;
    assert_eq!(reply.error().0, "NAME_UNKNOWN");
}
