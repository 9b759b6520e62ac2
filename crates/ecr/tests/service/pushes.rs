//! What pushes may do to each other, as the records keep it.

use std::sync::Arc;

use ambient::Clock;
use aws_api::ecr::{self as model, Ecr as _};
use http::{Method, StatusCode};
use records::Records;
use registry::{Catalogue, Digest, ManifestEntry, Reference, Repository};
use store::RedbStore;

use crate::house::{House, OCI_INDEX, OCI_MANIFEST, descriptor, failed, root};

fn web() -> Repository {
    Repository {
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        name: "web".to_owned(),
    }
}

async fn immutable(house: &House) -> String {
    let caller = root("us-east-1");
    let input = model::CreateRepositoryRequest {
        repository_name: Some("web".to_owned()),
        image_tag_mutability: Some(model::ImageTagMutability::Immutable),
        ..Default::default()
    };
    let made = house.ecr.create_repository(&caller, input).await;
    let mutability = made
        .unwrap_or_else(failed)
        .repository
        .unwrap()
        .image_tag_mutability;
    assert_eq!(mutability, Some(model::ImageTagMutability::Immutable));
    house.password(&caller).await
}

#[tokio::test]
async fn tags_of_an_immutable_repository_stay() {
    let house = House::open().await;
    let password = immutable(&house).await;
    let first = house.image(&password, "web", "first").await;
    let second = house.image(&password, "web", "second").await;
    house
        .push(&password, "web", Some("v1"), &first)
        .await
        .unwrap();
    house
        .push(&password, "web", Some("v1"), &first)
        .await
        .unwrap();
    let error = house
        .push(&password, "web", Some("v1"), &second)
        .await
        .unwrap_err();
    assert!(
        error.contains("TAG_INVALID") && error.contains("the tag is immutable"),
        "{error}"
    );
    // A tag that was taken away is free again.
    let path = "/v2/web/manifests/v1";
    let (status, _) = house.ask(&password, Method::DELETE, path, "", "").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    house
        .push(&password, "web", Some("v1"), &second)
        .await
        .unwrap();
}

/// Of many that set one tag at once, exactly one succeeds.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_pushes_gets_an_immutable_tag() {
    let house = House::open().await;
    let password = immutable(&house).await;
    let mut images = Vec::new();
    for at in 0..8 {
        images.push(house.image(&password, "web", &format!("layer {at}")).await);
    }
    let pushes = images
        .iter()
        .map(|image| house.push(&password, "web", Some("v1"), image));
    let results = join_all(pushes.collect()).await;
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        1,
        "{results:?}"
    );
}

async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *result = Some(output),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    results.into_iter().flatten().collect()
}

#[tokio::test]
async fn many_tags_are_set_at_once_and_go_with_their_image() {
    let house = House::open().await;
    house.create("web").await;
    let password = house.password(&root("us-east-1")).await;
    let image = house.image(&password, "web", "layer").await;
    let digest = Digest::of(image.to_string().as_bytes());
    // More than one transaction of the store takes.
    let tags: Vec<String> = (0..150).map(|at| format!("v{at}")).collect();
    for some in tags.chunks(10) {
        let pushes = some
            .iter()
            .map(|tag| house.push(&password, "web", Some(tag), &image));
        for result in join_all(pushes.collect()).await {
            result.unwrap();
        }
    }
    let path = format!("/v2/web/manifests/{digest}");
    let (status, _) = house.ask(&password, Method::DELETE, &path, "", "").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (_, listed) = house
        .ask(&password, Method::GET, "/v2/web/tags/list", "", "")
        .await;
    let listed: serde_json::Value = serde_json::from_slice(&listed).unwrap();
    assert_eq!(listed["tags"], serde_json::json!([]));
    let (status, _) = house.ask(&password, Method::DELETE, &path, "", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_image_of_an_index_stays_as_long_as_that() {
    let house = House::open().await;
    house.create("web").await;
    let password = house.password(&root("us-east-1")).await;
    let image = house.image(&password, "web", "layer").await;
    let digest = house.push(&password, "web", None, &image).await.unwrap();
    let entry = descriptor(OCI_MANIFEST, &image.to_string());
    let index = serde_json::json!({
        // Twice, as for two platforms.
        "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry, entry],
    });
    let index_digest = house
        .push(&password, "web", Some("all"), &index)
        .await
        .unwrap();
    let delete = |digest: &Digest| {
        let path = format!("/v2/web/manifests/{digest}");
        let (house, password) = (&house, &password);
        async move { house.ask(password, Method::DELETE, &path, "", "").await }
    };
    let (status, body) = delete(&digest).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(body.contains(index_digest.as_str()), "{body}");
    assert_eq!(delete(&index_digest).await.0, StatusCode::ACCEPTED);
    assert_eq!(delete(&digest).await.0, StatusCode::ACCEPTED);
}

/// An index and the deletion of its image at once: never an index without its image.
#[tokio::test]
async fn an_index_never_loses_an_image() {
    let house = House::open().await;
    house.create("web").await;
    let password = house.password(&root("us-east-1")).await;
    let at = web();
    let catalogue = ecr::RecordCatalogue::new(house.records.clone());
    let (mut kept, mut deleted) = (0, 0);
    for round in 0..20 {
        let image = house
            .image(&password, "web", &format!("layer {round}"))
            .await;
        let digest = house.push(&password, "web", None, &image).await.unwrap();
        let entry = descriptor(OCI_MANIFEST, &image.to_string());
        let index = serde_json::json!({
            "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry],
        });
        let path = format!("/v2/web/manifests/{digest}");
        let deletion = house.ask(&password, Method::DELETE, &path, "", "");
        let push = house.push(&password, "web", Some("all"), &index);
        let (deletion, push) = if round % 2 == 0 {
            tokio::join!(deletion, push)
        } else {
            let (push, deletion) = tokio::join!(push, deletion);
            (deletion, push)
        };
        let there = catalogue
            .manifest(&at, &Reference::Digest(digest))
            .await
            .unwrap();
        match push {
            Ok(_) => {
                assert!(there.is_some(), "round {round}: {}", deletion.0);
                kept += 1;
            }
            Err(_) => {
                assert_eq!(deletion.0, StatusCode::ACCEPTED);
                deleted += 1;
            }
        }
    }
    assert_eq!(kept + deleted, 20);
}

/// A tag and the deletion of its image at once: never a tag without its image, which in an
/// immutable repository could never be set again. On disk, where a commit is waited for.
#[tokio::test]
async fn a_tag_never_loses_its_image() {
    let house = House::open().await;
    let dir = tempfile::tempdir().unwrap();
    let store = RedbStore::open(dir.path(), house.clock.clone()).unwrap();
    let records = Records::new(Arc::new(store));
    let house = House::over(records, house.clock.clone()).await;
    house.create("web").await;
    let at = web();
    let catalogue = ecr::RecordCatalogue::new(house.records.clone());
    let (mut tagged, mut free) = (0, 0);
    for round in 0..20 {
        let entry = ManifestEntry {
            digest: Digest::of(format!("{round}").as_bytes()),
            media_type: OCI_MANIFEST.to_owned(),
            manifest_bytes: 1,
            image_bytes: 1,
            artifact_media_type: None,
            subject: None,
            manifests: Vec::new(),
            pushed_at: house.clock.now(),
        };
        let by_digest = Reference::Digest(entry.digest.clone());
        let tag = format!("v{round}");
        catalogue.put_manifest(&at, &entry, None).await.unwrap();
        let put = catalogue.put_manifest(&at, &entry, Some(&tag));
        let delete = catalogue.delete_manifest(&at, &by_digest);
        let (put, delete) = if round % 2 == 0 {
            tokio::join!(put, delete)
        } else {
            let (delete, put) = tokio::join!(delete, put);
            (put, delete)
        };
        put.unwrap();
        assert!(delete.unwrap());
        let tags = catalogue.tags(&at, None, 100).await.unwrap();
        let image = catalogue
            .manifest(&at, &Reference::Tag(tag.clone()))
            .await
            .unwrap();
        assert_eq!(tags.contains(&tag), image.is_some(), "round {round}");
        *(if image.is_some() {
            &mut tagged
        } else {
            &mut free
        }) += 1;
    }
    assert_eq!(tagged + free, 20);
}
