//! CreateRepository and DescribeRepositories.

use aws_api::ecr::{self as model, Ecr as _};

use crate::house::{ACCOUNT, House, failed, root, told};

fn named(name: &str) -> model::CreateRepositoryRequest {
    model::CreateRepositoryRequest {
        repository_name: Some(name.to_owned()),
        ..Default::default()
    }
}

fn tag(key: &str, value: &str) -> model::Tag {
    model::Tag {
        key: Some(key.to_owned()),
        value: Some(value.to_owned()),
    }
}

#[tokio::test]
async fn a_repository_is_shown_as_it_was_made() {
    let house = House::open().await;
    let made = house.create("team/web-app").await;
    assert_eq!(
        made.repository_arn.as_deref(),
        Some("arn:aws:ecr:us-east-1:123456789012:repository/team/web-app")
    );
    assert_eq!(made.registry_id.as_deref(), Some(ACCOUNT));
    assert_eq!(
        made.repository_uri.as_deref(),
        Some("127.0.0.1:4566/team/web-app")
    );
    assert_eq!(
        made.image_tag_mutability,
        Some(model::ImageTagMutability::Mutable)
    );
    let encryption = made.encryption_configuration.clone().unwrap();
    assert_eq!(
        encryption.encryption_type,
        Some(model::EncryptionType::Aes256)
    );
    // Another object over the same store, as after a restart.
    let house = House::over(house.records.clone(), house.clock.clone()).await;
    let input = model::DescribeRepositoriesRequest {
        repository_names: Some(vec!["team/web-app".to_owned()]),
        ..Default::default()
    };
    let output = house
        .ecr
        .describe_repositories(&root("us-east-1"), input)
        .await;
    assert!(output.unwrap_or_else(failed).repositories == Some(vec![made]));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_ecrs_words() {
    let house = House::open().await;
    let caller = root("us-east-1");
    house.create("web").await;
    let again = house.ecr.create_repository(&caller, named("web")).await;
    assert_eq!(
        told(again),
        (
            "RepositoryAlreadyExistsException".to_owned(),
            "The repository with name 'web' already exists in the registry with id '123456789012'"
                .to_owned()
        )
    );
    for name in ["", "a", "Web", "web/", "../web", "a//b"] {
        let output = house.ecr.create_repository(&caller, named(name)).await;
        assert_eq!(told(output).0, "InvalidParameterException", "{name}");
    }
    let many: Vec<_> = (0..51).map(|at| tag(&at.to_string(), "")).collect();
    for (tags, code) in [
        (many, "TooManyTagsException"),
        (
            vec![tag("a", "1"), tag("a", "2")],
            "InvalidTagParameterException",
        ),
        (vec![tag("AWS:a", "1")], "InvalidTagParameterException"),
        (vec![tag("", "1")], "InvalidTagParameterException"),
        (
            vec![tag("a", &"x".repeat(257))],
            "InvalidTagParameterException",
        ),
    ] {
        let input = model::CreateRepositoryRequest {
            tags: Some(tags),
            ..named("tagged")
        };
        assert_eq!(
            told(house.ecr.create_repository(&caller, input).await).0,
            code
        );
    }
    for name in ["tagged", "missing"] {
        let input = model::DescribeRepositoriesRequest {
            repository_names: Some(vec!["web".to_owned(), name.to_owned()]),
            ..Default::default()
        };
        assert_eq!(
            told(house.ecr.describe_repositories(&caller, input).await),
            (
                "RepositoryNotFoundException".to_owned(),
                format!(
                    "The repository with name '{name}' does not exist in the registry with id \
                     '123456789012'"
                )
            )
        );
    }
    let input = model::DescribeRepositoriesRequest {
        repository_names: Some(vec!["web".to_owned()]),
        max_results: Some(3),
        ..Default::default()
    };
    let output = house.ecr.describe_repositories(&caller, input).await;
    assert_eq!(told(output).0, "InvalidParameterException");
}

#[tokio::test]
async fn repositories_come_in_pages_and_stay_in_their_region() {
    let house = House::open().await;
    let names = ["a/b", "a-b", "ab", "a/c", "aa"];
    for name in names {
        house.create(name).await;
    }
    let elsewhere = root("eu-west-1");
    let made = house
        .ecr
        .create_repository(&elsewhere, named("other"))
        .await;
    made.unwrap_or_else(failed);
    let mut seen = Vec::new();
    let mut next = None;
    loop {
        let input = model::DescribeRepositoriesRequest {
            max_results: Some(2),
            next_token: next,
            ..Default::default()
        };
        let output = house
            .ecr
            .describe_repositories(&root("us-east-1"), input)
            .await;
        let output = output.unwrap_or_else(failed);
        let page = output.repositories.unwrap();
        assert!(page.len() <= 2);
        seen.extend(page.into_iter().map(|one| one.repository_name.unwrap()));
        next = output.next_token;
        if next.is_none() {
            break;
        }
    }
    let mut expected = names.map(str::to_owned);
    expected.sort();
    assert_eq!(seen, expected);
    let input = model::DescribeRepositoriesRequest {
        next_token: Some("forged".to_owned()),
        ..Default::default()
    };
    let output = house
        .ecr
        .describe_repositories(&root("us-east-1"), input)
        .await;
    assert_eq!(told(output).0, "InvalidParameterException");
}
