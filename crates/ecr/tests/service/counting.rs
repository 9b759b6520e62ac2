//! What is known of a repository without a look at all its images: how many they are, and which have a
//! certain subject.

use std::collections::BTreeSet;

use aws_api::ecr::{self as model, Ecr as _};
use aws_core::{AccountId, Region};
use http::{Method, StatusCode};
use records::ecr::{Image, ImageCount, Referrer, Repository};
use records::{Key, Prefix, Record};
use registry::Digest;
use serde_json::{Value, json};
use store::{Op, Txn};

use crate::house::{ACCOUNT, House, descriptor, failed, root};

fn place() -> (AccountId, Region) {
    (ACCOUNT.parse().unwrap(), "us-east-1".parse().unwrap())
}

fn all<R: Record>(house: &House, prefix: fn(&AccountId, &Region, &str) -> Prefix<R>) -> Vec<R> {
    let (account, region) = place();
    let prefix = prefix(&account, &region, "web");
    let all = house.records.all(&prefix).unwrap().into_iter();
    all.map(|stored| stored.record).collect()
}

fn counted(house: &House) -> u64 {
    let counts = all(house, ImageCount::prefix).into_iter();
    counts.map(|count| count.images).sum()
}

async fn write(house: &House, key: &str, value: Option<Value>) {
    let key = bytes::Bytes::from(key.to_owned());
    let op = match value {
        Some(value) => Op::Put {
            key,
            value: value.to_string().into(),
            lease: None,
        },
        None => Op::Delete { key },
    };
    let txn = Txn {
        then: vec![op],
        ..Txn::default()
    };
    house.records.store().txn(txn).await.unwrap();
}

/// As an older version has left it: without counts and without referrers.
async fn age(house: &House) {
    let (account, region) = place();
    let key = Repository::key(&account, &region, "web");
    let stored = house.records.get(&key).unwrap().unwrap();
    let mut transaction = house.records.transaction();
    let older = Repository {
        referrers_indexed: false,
        ..stored.record.clone()
    };
    transaction.replace(&stored, &older).unwrap();
    let counts = ImageCount::prefix(&account, &region, "web");
    for stored in house.records.all(&counts).unwrap() {
        transaction.delete(&stored);
    }
    let referrers = Referrer::prefix(&account, &region, "web");
    for stored in house.records.all(&referrers).unwrap() {
        transaction.delete_any(&Key::<Referrer>::from_bytes(stored.key));
    }
    transaction.commit().await.unwrap();
}

struct Stand {
    house: House,
    password: String,
}

impl Stand {
    async fn new() -> Self {
        let house = House::open().await;
        house.create("web").await;
        let password = house.password(&root("us-east-1")).await;
        Self { house, password }
    }

    async fn manifest(&self, layer: &str, subject: Option<&Value>) -> Value {
        let mut manifest = self.house.image(&self.password, "web", layer).await;
        if let Some(subject) = subject {
            let kind = subject["mediaType"].as_str().unwrap();
            manifest["subject"] = descriptor(kind, &subject.to_string());
        }
        manifest
    }

    async fn push(&self, manifest: &Value) -> Result<Digest, String> {
        let (house, password) = (&self.house, &self.password);
        house.push(password, "web", None, manifest).await
    }

    async fn delete(&self, digest: &Digest) {
        let path = format!("/v2/web/manifests/{digest}");
        let ask = self
            .house
            .ask(&self.password, Method::DELETE, &path, "", "");
        assert_eq!(ask.await.0, StatusCode::ACCEPTED);
    }

    async fn delete_repository(&self) {
        let input = model::DeleteRepositoryRequest {
            repository_name: Some("web".to_owned()),
            force: Some(true),
            ..Default::default()
        };
        let caller = root("us-east-1");
        let deleted = self.house.ecr.delete_repository(&caller, input).await;
        deleted.unwrap_or_else(failed);
    }

    async fn referrers(&self, digest: &Digest) -> BTreeSet<String> {
        let path = format!("/v2/web/referrers/{digest}");
        let ask = self.house.ask(&self.password, Method::GET, &path, "", "");
        let (status, body) = ask.await;
        assert_eq!(status, StatusCode::OK);
        let index: Value = serde_json::from_slice(&body).unwrap();
        let manifests = index["manifests"].as_array().unwrap().iter();
        manifests
            .map(|one| one["digest"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_knows_how_many_images_it_has() {
    let stand = Stand::new().await;
    let mut manifests = Vec::new();
    for at in 0..40 {
        manifests.push(stand.manifest(&format!("layer {at}"), None).await);
    }
    // An older version pushed some, and wrote no counts.
    let mut digests = Vec::new();
    for manifest in &manifests[..8] {
        digests.push(stand.push(manifest).await.unwrap());
    }
    age(&stand.house).await;
    assert_eq!(counted(&stand.house), 0);
    stand.delete(&digests.pop().unwrap()).await;
    digests.push(stand.push(&manifests[8]).await.unwrap());
    assert_eq!(counted(&stand.house), 8);
    let stand = std::sync::Arc::new(stand);
    let pushes: Vec<_> = manifests[9..]
        .iter()
        .cloned()
        .map(|manifest| {
            let stand = std::sync::Arc::clone(&stand);
            tokio::spawn(async move { stand.push(&manifest).await.unwrap() })
        })
        .collect();
    for push in pushes {
        digests.push(push.await.unwrap());
    }
    // The same again is no more.
    stand.push(&manifests[20]).await.unwrap();
    assert_eq!(counted(&stand.house), 39);
    for digest in digests.drain(..20) {
        stand.delete(&digest).await;
    }
    assert_eq!(counted(&stand.house), 19);
    assert_eq!(all(&stand.house, Image::prefix).len(), 19);
    stand.delete_repository().await;
    assert!(all(&stand.house, ImageCount::prefix).is_empty());
}

#[tokio::test]
async fn a_repository_takes_so_many_images_and_no_more() {
    let stand = Stand::new().await;
    let first = stand.manifest("first", None).await;
    let second = stand.manifest("second", None).await;
    let digest = Digest::of(first.to_string().as_bytes());
    // Of a digit that is no image's: what counts is what is written down.
    let (account, region) = place();
    let digits =
        [&digest, &Digest::of(second.to_string().as_bytes())].map(|one| one.hex()[..1].to_owned());
    let other = "0123456789abcdef".chars().map(String::from);
    let other = other.into_iter().find(|digit| !digits.contains(digit));
    let key = ImageCount::key(&account, &region, "web", &other.unwrap());
    let mut transaction = stand.house.records.transaction();
    let count = ImageCount { images: 99_999 };
    transaction.create(&key, &count).unwrap();
    transaction.commit().await.unwrap();
    stand.push(&first).await.unwrap();
    let error = stand.push(&second).await.unwrap_err();
    assert!(error.contains("at most 100000 images"), "{error}");
    stand.push(&first).await.unwrap();
    stand.delete(&digest).await;
    stand.push(&second).await.unwrap();
}

#[tokio::test]
async fn what_refers_to_a_manifest_is_found_without_all_others() {
    let stand = Stand::new().await;
    let subject = stand.manifest("subject", None).await;
    let digest = stand.push(&subject).await.unwrap();
    let mut expected = BTreeSet::new();
    for at in 0..3 {
        let layer = format!("signature {at}");
        let signature = stand.manifest(&layer, Some(&subject)).await;
        let signature = stand.push(&signature).await.unwrap();
        expected.insert(signature.to_string());
    }
    assert_eq!(stand.referrers(&digest).await, expected);
    // One that cannot even be read, and that nobody asks for.
    let (account, region) = place();
    let unread = Image::key(
        &account,
        &region,
        "web",
        &format!("sha256:{}", "0".repeat(64)),
    );
    let unread = std::str::from_utf8(unread.bytes()).unwrap();
    write(&stand.house, unread, Some(json!("unreadable"))).await;
    assert_eq!(stand.referrers(&digest).await, expected);
    write(&stand.house, unread, None).await;

    // An older version pushed them; what it did not index is found, and indexed.
    age(&stand.house).await;
    assert!(all(&stand.house, Referrer::prefix).is_empty());
    let late = stand.manifest("late", Some(&subject)).await;
    let late = stand.push(&late).await.unwrap();
    expected.insert(late.to_string());
    assert_eq!(stand.referrers(&digest).await, expected);
    assert_eq!(all(&stand.house, Referrer::prefix).len(), 4);

    stand.delete(&late).await;
    expected.remove(late.as_str());
    assert_eq!(stand.referrers(&digest).await, expected);
    assert_eq!(all(&stand.house, Referrer::prefix).len(), 3);
    stand.delete_repository().await;
    assert!(all(&stand.house, Referrer::prefix).is_empty());
}
