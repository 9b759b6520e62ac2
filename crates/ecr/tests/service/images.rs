//! DescribeImages and ListImages, after real pushes.

use std::time::Duration;

use ambient::Clock;
use aws_api::ecr::{self as model, Ecr as _};

use crate::house::{CONFIG, House, OCI_INDEX, OCI_MANIFEST, descriptor, failed, root, told};

fn describe(ids: Option<Vec<model::ImageIdentifier>>) -> model::DescribeImagesRequest {
    model::DescribeImagesRequest {
        repository_name: Some("web".to_owned()),
        image_ids: ids,
        ..Default::default()
    }
}

fn by_tag(tag: &str) -> model::ImageIdentifier {
    model::ImageIdentifier {
        image_tag: Some(tag.to_owned()),
        image_digest: None,
    }
}

#[tokio::test]
async fn an_image_is_described_as_it_was_pushed() {
    let house = House::open().await;
    let caller = root("us-east-1");
    house.create("web").await;
    let password = house.password(&caller).await;
    let first = house.image(&password, "web", "a layer").await;
    let digest = house
        .push(&password, "web", Some("v1"), &first)
        .await
        .unwrap();
    let pushed_at = house.clock.now();
    house.clock.turn(Duration::from_secs(60));
    house
        .push(&password, "web", Some("latest"), &first)
        .await
        .unwrap();
    let output = house.ecr.describe_images(&caller, describe(None)).await;
    let details = output.unwrap_or_else(failed).image_details.unwrap();
    let expected = model::ImageDetail {
        registry_id: Some("123456789012".to_owned()),
        repository_name: Some("web".to_owned()),
        image_digest: Some(digest.to_string()),
        image_tags: Some(vec!["latest".to_owned(), "v1".to_owned()]),
        // The configuration's two bytes and the layer's seven.
        image_size_in_bytes: Some(9),
        image_pushed_at: Some(pushed_at),
        image_manifest_media_type: Some(OCI_MANIFEST.to_owned()),
        artifact_media_type: Some(CONFIG.to_owned()),
        image_status: Some(model::ImageStatus::Active),
        ..Default::default()
    };
    assert!(details == vec![expected.clone()]);
    for id in [
        by_tag("v1"),
        model::ImageIdentifier {
            image_digest: Some(digest.to_string()),
            image_tag: None,
        },
    ] {
        let output = house
            .ecr
            .describe_images(&caller, describe(Some(vec![id])))
            .await;
        let details = output.unwrap_or_else(failed).image_details.unwrap();
        assert!(details == vec![expected.clone()]);
    }
    // The tag moves to another image, and the first one keeps the other tag.
    let second = house.image(&password, "web", "another layer").await;
    house
        .push(&password, "web", Some("latest"), &second)
        .await
        .unwrap();
    let output = house
        .ecr
        .describe_images(&caller, describe(Some(vec![by_tag("latest")])))
        .await;
    let details = output.unwrap_or_else(failed).image_details.unwrap();
    assert_eq!(details[0].image_size_in_bytes, Some(15));
    // An index is as large as its largest image.
    let index = serde_json::json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX,
        "manifests": [
            descriptor(OCI_MANIFEST, &first.to_string()),
            descriptor(OCI_MANIFEST, &second.to_string()),
        ],
    });
    house
        .push(&password, "web", Some("index"), &index)
        .await
        .unwrap();
    let output = house
        .ecr
        .describe_images(&caller, describe(Some(vec![by_tag("index")])))
        .await;
    let details = output.unwrap_or_else(failed).image_details.unwrap();
    assert_eq!(details[0].image_size_in_bytes, Some(15));
    assert_eq!(
        details[0].image_manifest_media_type.as_deref(),
        Some(OCI_INDEX)
    );
    assert_eq!(details[0].artifact_media_type, None);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_ecrs_words() {
    let house = House::open().await;
    let caller = root("us-east-1");
    house.create("web").await;
    let output = house
        .ecr
        .describe_images(&caller, describe(Some(vec![by_tag("v9")])))
        .await;
    assert_eq!(
        told(output),
        (
            "ImageNotFoundException".to_owned(),
            "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the \
             repository with name 'web' in the registry with id '123456789012'"
                .to_owned()
        )
    );
    let nothing = vec![model::ImageIdentifier::default()];
    let output = house
        .ecr
        .describe_images(&caller, describe(Some(nothing)))
        .await;
    assert_eq!(told(output).0, "InvalidParameterException");
    let paged = model::DescribeImagesRequest {
        max_results: Some(1),
        ..describe(Some(vec![by_tag("v9")]))
    };
    let output = house.ecr.describe_images(&caller, paged).await;
    assert_eq!(told(output).0, "InvalidParameterException");
    let input = model::ListImagesRequest {
        repository_name: Some("missing".to_owned()),
        ..Default::default()
    };
    let output = house.ecr.list_images(&caller, input).await;
    assert_eq!(told(output).0, "RepositoryNotFoundException");
}

#[tokio::test]
async fn images_are_listed_by_tag_status_in_pages() {
    let house = House::open().await;
    let caller = root("us-east-1");
    house.create("web").await;
    let password = house.password(&caller).await;
    let tagged = house.image(&password, "web", "tagged").await;
    let mut expected = Vec::new();
    for tag in ["a", "b", "c"] {
        let digest = house
            .push(&password, "web", Some(tag), &tagged)
            .await
            .unwrap();
        expected.push((digest.to_string(), Some(tag.to_owned())));
    }
    let untagged = house.image(&password, "web", "untagged").await;
    let digest = house.push(&password, "web", None, &untagged).await.unwrap();
    expected.push((digest.to_string(), None));
    for (status, wanted) in [
        (model::TagStatus::Any, vec![true, false]),
        (model::TagStatus::Tagged, vec![true]),
        (model::TagStatus::Untagged, vec![false]),
    ] {
        let mut seen = Vec::new();
        let mut next = None;
        loop {
            let input = model::ListImagesRequest {
                repository_name: Some("web".to_owned()),
                max_results: Some(2),
                next_token: next,
                filter: Some(model::ListImagesFilter {
                    tag_status: Some(status.clone()),
                    ..Default::default()
                }),
                ..Default::default()
            };
            let output = house.ecr.list_images(&caller, input).await;
            let output = output.unwrap_or_else(failed);
            let page = output.image_ids.unwrap();
            assert!(page.len() <= 2);
            seen.extend(
                page.into_iter()
                    .map(|id| (id.image_digest.unwrap(), id.image_tag)),
            );
            next = output.next_token;
            if next.is_none() {
                break;
            }
        }
        let mut right = expected.clone();
        right.retain(|(_, tag)| wanted.contains(&tag.is_some()));
        right.sort();
        assert_eq!(seen, right, "{status:?}");
    }
}
