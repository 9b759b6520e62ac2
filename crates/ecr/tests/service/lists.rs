//! Lists in pages, what is asked of another account's registry, and what images know of tags.

use aws_api::ecr::{self as model, Ecr as _};
use http::Method;
use records::ecr::Image;
use registry::Digest;

use crate::house::{House, OCI_INDEX, OCI_MANIFEST, descriptor, failed, root, told};

#[tokio::test]
async fn images_are_described_by_tag_status_in_pages() {
    let house = House::open().await;
    house.create("web").await;
    let caller = root("us-east-1");
    let password = house.password(&caller).await;
    for (at, tag) in [Some("a"), None, Some("b"), Some("c")]
        .into_iter()
        .enumerate()
    {
        let image = house.image(&password, "web", &format!("layer {at}")).await;
        house.push(&password, "web", tag, &image).await.unwrap();
    }
    for (status, expected) in [
        (model::TagStatus::Tagged, 3_usize),
        (model::TagStatus::Untagged, 1),
        (model::TagStatus::Any, 4),
    ] {
        let (mut seen, mut next, mut pages) = (Vec::new(), None, 0);
        loop {
            let input = model::DescribeImagesRequest {
                repository_name: Some("web".to_owned()),
                max_results: Some(2),
                next_token: next,
                filter: Some(model::DescribeImagesFilter {
                    tag_status: Some(status.clone()),
                    ..Default::default()
                }),
                ..Default::default()
            };
            let output = house.ecr.describe_images(&caller, input).await;
            let output = output.unwrap_or_else(failed);
            let page = output.image_details.unwrap();
            assert!(page.len() <= 2);
            seen.extend(page.into_iter().map(|one| one.image_digest.unwrap()));
            pages += 1;
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        assert!(seen.is_sorted());
        seen.dedup();
        assert_eq!(
            (seen.len(), pages),
            (expected, expected.div_ceil(2)),
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn an_image_that_is_asked_for_by_id_passes_the_filter_too() {
    let house = House::open().await;
    house.create("web").await;
    let caller = root("us-east-1");
    let password = house.password(&caller).await;
    let mut ids = Vec::new();
    for tag in [Some("a"), None] {
        let image = house.image(&password, "web", tag.unwrap_or("none")).await;
        let digest = house.push(&password, "web", tag, &image).await.unwrap();
        ids.push(model::ImageIdentifier {
            image_digest: Some(digest.to_string()),
            image_tag: None,
        });
    }
    for (status, expected) in [
        (model::TagStatus::Tagged, &ids[..1]),
        (model::TagStatus::Untagged, &ids[1..]),
        (model::TagStatus::Any, &ids[..]),
    ] {
        let input = model::DescribeImagesRequest {
            repository_name: Some("web".to_owned()),
            image_ids: Some(ids.clone()),
            filter: Some(model::DescribeImagesFilter {
                tag_status: Some(status.clone()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let output = house.ecr.describe_images(&caller, input).await;
        let details = output.unwrap_or_else(failed).image_details.unwrap();
        let shown = details.into_iter().map(|one| one.image_digest);
        let expected = expected.iter().map(|one| one.image_digest.clone());
        assert!(shown.eq(expected), "{status:?}");
    }
}

#[tokio::test]
async fn another_accounts_registry_is_refused() {
    let house = House::open().await;
    house.create("web").await;
    let caller = root("us-east-1");
    for (id, refused) in [("123456789012", false), ("210987654321", true)] {
        let (id, name) = (Some(id.to_owned()), Some("web".to_owned()));
        let described = house.ecr.describe_images(
            &caller,
            model::DescribeImagesRequest {
                registry_id: id.clone(),
                repository_name: name.clone(),
                ..Default::default()
            },
        );
        assert_eq!(described.await.is_err(), refused);
        let listed = house.ecr.list_images(
            &caller,
            model::ListImagesRequest {
                registry_id: id.clone(),
                repository_name: name.clone(),
                ..Default::default()
            },
        );
        assert_eq!(listed.await.is_err(), refused);
        let named = house.ecr.describe_repositories(
            &caller,
            model::DescribeRepositoriesRequest {
                registry_id: id.clone(),
                repository_names: Some(vec!["web".to_owned()]),
                ..Default::default()
            },
        );
        assert_eq!(named.await.is_err(), refused);
        let made = house.ecr.create_repository(
            &caller,
            model::CreateRepositoryRequest {
                registry_id: id,
                repository_name: Some("new".to_owned()),
                ..Default::default()
            },
        );
        assert_eq!(made.await.is_err(), refused);
    }
}

#[tokio::test]
async fn a_repository_with_a_key_of_kms_is_refused() {
    let house = House::open().await;
    let input = model::CreateRepositoryRequest {
        repository_name: Some("web".to_owned()),
        encryption_configuration: Some(model::EncryptionConfiguration {
            encryption_type: Some(model::EncryptionType::Kms),
            ..Default::default()
        }),
        ..Default::default()
    };
    let made = house.ecr.create_repository(&root("us-east-1"), input).await;
    let (_, message) = told(made);
    assert!(message.contains("KMS"), "{message}");
}

/// An index takes over the tag of an image that it names: two things of one record change.
#[tokio::test]
async fn an_index_takes_over_the_tag_of_its_image() {
    let house = House::open().await;
    house.create("web").await;
    let caller = root("us-east-1");
    let password = house.password(&caller).await;
    let image = house.image(&password, "web", "layer").await;
    let digest = house.push(&password, "web", Some("v1"), &image).await;
    let entry = descriptor(OCI_MANIFEST, &image.to_string());
    let index = serde_json::json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry],
    });
    let of_index = house
        .push(&password, "web", Some("v1"), &index)
        .await
        .unwrap();
    let known = |digest: &Digest| {
        let account = caller.account.clone();
        let key = Image::key(&account, &caller.region, "web", digest.as_str());
        let image = house.records.get(&key).unwrap().unwrap().record;
        (image.tags.unwrap(), image.indexes.unwrap())
    };
    assert_eq!(known(&of_index), (["v1".to_owned()].into(), [].into()));
    let digest = digest.unwrap();
    assert_eq!(known(&digest), ([].into(), [of_index.to_string()].into()));
    let path = format!("/v2/web/manifests/{of_index}");
    house.ask(&password, Method::DELETE, &path, "", "").await;
    assert_eq!(known(&digest), ([].into(), [].into()));
}
