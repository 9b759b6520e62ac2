//! Manifests and indexes.

use http::{Method, StatusCode};
use registry::Digest;
use serde_json::json;

use crate::house::{DOCKER_MANIFEST, House, OCI_INDEX, OCI_MANIFEST, descriptor};

fn digest(manifest: &serde_json::Value) -> Digest {
    Digest::of(manifest.to_string().as_bytes())
}

#[tokio::test]
async fn a_manifest_is_found_by_tag_and_by_digest() {
    let house = House::open().await;
    let manifest = house.image("web", "layer").await;
    let digest = digest(&manifest);
    let reply = house
        .push_manifest("web", "v1", OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(
        reply.header("location"),
        format!("/v2/web/manifests/{digest}")
    );
    assert_eq!(reply.header("docker-content-digest"), digest.as_str());
    for reference in ["v1", digest.as_str()] {
        let path = format!("/v2/web/manifests/{reference}");
        let reply = house.get(&path).await;
        assert_eq!(reply.header("content-type"), OCI_MANIFEST);
        assert_eq!(reply.header("docker-content-digest"), digest.as_str());
        assert_eq!(reply.body, manifest.to_string());
        let head = house.ask(Method::HEAD, &path).await;
        assert_eq!(
            head.header("content-length"),
            manifest.to_string().len().to_string()
        );
        assert!(head.body.is_empty());
    }
    // The same again is the same; another moves the tag.
    house
        .push_manifest("web", "v1", OCI_MANIFEST, &manifest)
        .await;
    let other = house.image("web", "other layer").await;
    let reply = house.push_manifest("web", "v1", OCI_MANIFEST, &other).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let reply = house.get("/v2/web/manifests/v1").await;
    assert_eq!(reply.body, other.to_string());
    let reply = house.get("/v2/web/manifests/none").await;
    assert_eq!(
        (reply.status, reply.error().0.as_str()),
        (StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN")
    );
    let reply = house.get("/v2/missing/manifests/v1").await;
    assert_eq!(reply.error().0, "NAME_UNKNOWN");
}

#[tokio::test]
async fn every_kind_is_taken_and_no_other() {
    let house = House::open().await;
    let mut docker = house.image("web", "layer").await;
    docker["mediaType"] = DOCKER_MANIFEST.into();
    let reply = house
        .push_manifest("web", "docker", DOCKER_MANIFEST, &docker)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let entry = descriptor(DOCKER_MANIFEST, &docker.to_string());
    let list = "application/vnd.docker.distribution.manifest.list.v2+json";
    for kind in [list, OCI_INDEX] {
        let index = json!({"schemaVersion": 2, "mediaType": kind, "manifests": [entry]});
        let reply = house.push_manifest("web", "index", kind, &index).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{kind}");
        assert_eq!(
            house
                .get("/v2/web/manifests/index")
                .await
                .header("content-type"),
            kind
        );
    }
    let mut other = docker.clone();
    other.as_object_mut().unwrap().remove("mediaType");
    for kind in [
        "",
        "application/json",
        "application/vnd.docker.distribution.manifest.v1+json",
    ] {
        let reply = house.push_manifest("web", "x", kind, &other).await;
        assert_eq!(
            (reply.status, reply.error().0.as_str()),
            (StatusCode::BAD_REQUEST, "MANIFEST_INVALID")
        );
    }
}

#[tokio::test]
async fn what_a_manifest_names_must_be_there() {
    let house = House::open().await;
    // In another repository it is not there.
    let manifest = house.image("web", "layer").await;
    let reply = house
        .push_manifest("team/other", "v1", OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let (code, message) = reply.error();
    assert_eq!(code, "MANIFEST_BLOB_UNKNOWN");
    let (config, layer) = (Digest::of(b"{}"), Digest::of(b"layer"));
    assert_eq!(
        message,
        format!(
            "Layers with digests '[{config}, {layer}]' required for pushing image into repository \
             with name 'team/other' in the registry with id '123456789012' do not exist"
        )
    );
    let index = json!({"schemaVersion": 2, "manifests": [descriptor(OCI_MANIFEST, "gone")]});
    let reply = house.push_manifest("web", "v1", OCI_INDEX, &index).await;
    assert_eq!(reply.error().0, "MANIFEST_BLOB_UNKNOWN");
    let mut lying = manifest;
    lying["layers"][0]["size"] = 6.into();
    let reply = house.push_manifest("web", "v1", OCI_MANIFEST, &lying).await;
    assert_eq!(reply.error().0, "SIZE_INVALID");
    assert_eq!(
        house.get("/v2/web/manifests/v1").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_digest_must_be_the_manifests_own() {
    let house = House::open().await;
    let manifest = house.image("web", "layer").await;
    let wrong = Digest::of(b"other");
    let reply = house
        .push_manifest("web", wrong.as_str(), OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.error().0, "DIGEST_INVALID");
    let right = digest(&manifest);
    let reply = house
        .push_manifest("web", right.as_str(), OCI_MANIFEST, &manifest)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let tags = house.get("/v2/web/tags/list").await;
    assert_eq!(tags.json(), json!({"name": "web", "tags": []}));
}

#[tokio::test]
async fn an_immutable_tag_stays() {
    let house = House::open().await;
    let first = house.image("immutable", "first").await;
    let second = house.image("immutable", "second").await;
    for _ in 0..2 {
        let reply = house
            .push_manifest("immutable", "v1", OCI_MANIFEST, &first)
            .await;
        assert_eq!(reply.status, StatusCode::CREATED);
    }
    let reply = house
        .push_manifest("immutable", "v1", OCI_MANIFEST, &second)
        .await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        reply.error(),
        (
            "TAG_INVALID".to_owned(),
            "The image tag 'v1' already exists in the 'immutable' repository and cannot be \
             overwritten because the tag is immutable."
                .to_owned()
        )
    );
    assert_eq!(
        house.get("/v2/immutable/manifests/v1").await.body,
        first.to_string()
    );
}

#[tokio::test]
async fn a_tag_and_a_manifest_are_deleted() {
    let house = House::open().await;
    let manifest = house.image("web", "layer").await;
    let digest = digest(&manifest);
    for tag in ["a", "b", "c"] {
        house
            .push_manifest("web", tag, OCI_MANIFEST, &manifest)
            .await;
    }
    let reply = house.ask(Method::DELETE, "/v2/web/manifests/a").await;
    assert_eq!(reply.status, StatusCode::ACCEPTED);
    assert_eq!(
        house.get("/v2/web/manifests/a").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        house.get("/v2/web/manifests/b").await.status,
        StatusCode::OK
    );
    let path = format!("/v2/web/manifests/{digest}");
    assert_eq!(
        house.ask(Method::DELETE, &path).await.status,
        StatusCode::ACCEPTED
    );
    for reference in ["b", "c", digest.as_str()] {
        let reply = house
            .ask(Method::DELETE, &format!("/v2/web/manifests/{reference}"))
            .await;
        assert_eq!(reply.error().0, "MANIFEST_UNKNOWN");
    }
}

#[tokio::test]
async fn what_refers_to_an_image_is_listed() {
    let house = House::open().await;
    let image = house.image("web", "layer").await;
    house.push_manifest("web", "v1", OCI_MANIFEST, &image).await;
    let subject = digest(&image);
    for kind in [
        "application/vnd.example.signature",
        "application/vnd.example.sbom",
    ] {
        let mut referrer = house.image("web", "signature").await;
        referrer["subject"] = descriptor(OCI_MANIFEST, &image.to_string());
        referrer["artifactType"] = kind.into();
        referrer["annotations"] = json!({"kind": kind});
        let reference = digest(&referrer);
        let reply = house
            .push_manifest("web", reference.as_str(), OCI_MANIFEST, &referrer)
            .await;
        assert_eq!(reply.header("oci-subject"), subject.as_str());
    }
    let path = format!("/v2/web/referrers/{subject}");
    let all = house.get(&path).await;
    assert_eq!(all.header("content-type"), OCI_INDEX);
    assert_eq!(all.json()["manifests"].as_array().unwrap().len(), 2);
    let kind = "application/vnd.example.sbom";
    let one = house.get(&format!("{path}?artifactType={kind}")).await;
    assert_eq!(one.header("oci-filters-applied"), "artifactType");
    let manifests = one.json()["manifests"].clone();
    assert_eq!(manifests.as_array().unwrap().len(), 1);
    assert_eq!(manifests[0]["artifactType"], kind);
    assert_eq!(manifests[0]["annotations"]["kind"], kind);
    assert_eq!(manifests[0]["mediaType"], OCI_MANIFEST);
    let none = house
        .get(&format!("/v2/web/referrers/{}", Digest::of(b"none")))
        .await;
    assert_eq!(none.json()["manifests"], json!([]));
}
