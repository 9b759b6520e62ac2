//! Under which address callers are told that the registry is, and what is remembered of it.

use std::time::Duration;

use aws_api::ecr::{self as model, Ecr as _};
use aws_core::Caller;
use ecr::Advertised;
use records::ecr::RegistryName;

use crate::house::{House, failed, node, root};

fn asking(host: &str, caller: Caller) -> Caller {
    Caller {
        host: Some(host.to_owned()),
        ..caller
    }
}

async fn as_asked() -> House {
    let house = House::open().await;
    let advertised = Advertised::AsAsked {
        otherwise: "127.0.0.1:4566".to_owned(),
    };
    House::advertising(advertised, house.records.clone(), house.clock.clone()).await
}

impl House {
    /// The host of the repository's URI as `caller` is told it.
    async fn host(&self, caller: &Caller) -> String {
        let input = model::DescribeRepositoriesRequest::default();
        let output = self.ecr.describe_repositories(caller, input).await;
        let repositories = output.unwrap_or_else(failed).repositories.unwrap();
        let uri = repositories[0].repository_uri.clone().unwrap();
        uri.strip_suffix("/web").unwrap().to_owned()
    }

    async fn proxy_endpoint(&self, caller: &Caller) -> String {
        let input = model::GetAuthorizationTokenRequest::default();
        let output = self.ecr.get_authorization_token(caller, input).await;
        let data = output.unwrap_or_else(failed).authorization_data.unwrap();
        data[0].proxy_endpoint.clone().unwrap()
    }

    /// What nodes are told that the registry is known by.
    fn known_names(&self) -> Vec<String> {
        let known = self.records.all(&RegistryName::everywhere()).unwrap();
        known.into_iter().map(|one| one.record.name).collect()
    }
}

#[tokio::test]
async fn each_is_told_the_address_that_it_has_used_and_nodes_learn_it() {
    let house = as_asked().await;
    house.create("web").await;
    assert!(house.known_names().is_empty());
    let root = || root("us-east-1");
    for (named, told) in [
        ("10.0.0.1:4566", "10.0.0.1:4566"),
        ("ls.example", "ls.example"),
        // Else `longshore/web` would be an image of Docker Hub's.
        ("longshore", "longshore:80"),
        ("127.0.0.1:4566", "127.0.0.1:4566"),
    ] {
        let caller = asking(named, root());
        assert_eq!(house.host(&caller).await, told);
        let endpoint = house.proxy_endpoint(&caller).await;
        assert_eq!(endpoint, format!("http://{told}"));
    }
    assert_eq!(house.host(&root()).await, "127.0.0.1:4566");
    let learnt = ["10.0.0.1:4566", "longshore:80", "ls.example"];
    assert_eq!(house.known_names(), learnt);
}

#[tokio::test]
async fn a_login_alone_is_enough_for_a_name_to_be_known() {
    let house = as_asked().await;
    let caller = asking("10.0.0.1:4566", root("us-east-1"));
    house.proxy_endpoint(&caller).await;
    assert_eq!(house.known_names(), ["10.0.0.1:4566"]);
}

#[tokio::test]
async fn a_node_gives_the_registry_no_name() {
    let house = as_asked().await;
    let caller = asking("docker.io", node());
    assert_eq!(house.proxy_endpoint(&caller).await, "http://docker.io");
    assert!(house.known_names().is_empty());
}

#[tokio::test]
async fn a_name_that_only_reads_came_by_is_not_written_down() {
    let house = as_asked().await;
    house.create("web").await;
    let caller = asking("10.0.0.1:4566", root("us-east-1"));
    assert_eq!(house.host(&caller).await, "10.0.0.1:4566");
    assert!(house.known_names().is_empty());
}

#[tokio::test]
async fn names_are_bounded_and_the_one_longest_untold_makes_room() {
    let house = as_asked().await;
    let root = || root("us-east-1");
    for number in 0..RegistryName::COUNT_MAX {
        house
            .proxy_endpoint(&asking(&format!("h{number}:4566"), root()))
            .await;
        house.clock.turn(Duration::from_secs(1));
    }
    house.clock.turn(Duration::from_secs(24 * 60 * 60));
    for name in ["h0:4566", "more:4566"] {
        let told = house.proxy_endpoint(&asking(name, root())).await;
        assert_eq!(told, format!("http://{name}"));
    }
    let known = house.known_names();
    assert_eq!(known.len(), RegistryName::COUNT_MAX);
    for (name, is_known) in [("h0:4566", true), ("h1:4566", false), ("more:4566", true)] {
        assert_eq!(known.iter().any(|one| one == name), is_known, "{name}");
    }
}

#[tokio::test]
async fn an_address_that_is_advertised_is_told_to_all() {
    let house = House::open().await;
    let advertised = Advertised::Always {
        host: "ls.example".to_owned(),
        tls: true,
    };
    let house = House::advertising(advertised, house.records.clone(), house.clock.clone()).await;
    house.create("web").await;
    let caller = asking("10.0.0.1:4566", root("us-east-1"));
    assert_eq!(house.host(&caller).await, "ls.example");
    let endpoint = house.proxy_endpoint(&caller).await;
    assert_eq!(endpoint, "https://ls.example");
    assert!(house.known_names().is_empty());
}

#[tokio::test]
async fn an_address_that_was_advertised_stays_known_when_another_is() {
    let mut house = House::open().await;
    for host in ["a.example", "b.example", "a.example"] {
        let advertised = Advertised::Always {
            host: host.to_owned(),
            tls: false,
        };
        house = House::advertising(advertised, house.records.clone(), house.clock.clone()).await;
        house.ecr.remember_address().await.unwrap();
    }
    assert_eq!(house.known_names(), ["a.example", "b.example"]);
}
