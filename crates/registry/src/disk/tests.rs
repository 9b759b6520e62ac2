//! The store on a real disk.

use super::*;
use bytes::Bytes;
use http_body_util::BodyExt;

async fn staged(store: &DiskBlobs, id: &str, parts: &[&'static [u8]]) -> Box<dyn Staging> {
    let mut staging = store.stage(id, Unfinished::Discarded).await.unwrap();
    for part in parts {
        staging.append(Bytes::from_static(part)).await.unwrap();
    }
    staging
}

fn files(dir: &Path) -> usize {
    fs::read_dir(dir).unwrap().count()
}

#[tokio::test]
async fn a_blob_is_read_back_whole_and_in_part() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskBlobs::open(dir.path()).unwrap();
    let digest = Digest::of(b"hello, world");
    let staging = staged(&store, "one", &[b"hello, ", b"world"]).await;
    assert_eq!(staging.length(), 12);
    assert_eq!(store.size(&digest).await.unwrap(), None);
    staging.finish(&digest).await.unwrap();
    assert_eq!(store.size(&digest).await.unwrap(), Some(12));
    assert_eq!(files(&dir.path().join("uploads")), 0);
    for (start, length, expected) in [(0, 12, "hello, world"), (7, 3, "wor"), (0, 0, "")] {
        let blob = store.read(&digest, start, length).await.unwrap().unwrap();
        let bytes = blob.body.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, expected);
    }
    // Another process finds it, and the same bytes again are no error.
    let store = DiskBlobs::open(dir.path()).unwrap();
    let again = staged(&store, "two", &[b"hello, world"]).await;
    again.finish(&digest).await.unwrap();
    assert_eq!(store.size(&digest).await.unwrap(), Some(12));
}

#[tokio::test]
async fn bytes_with_another_digest_are_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskBlobs::open(dir.path()).unwrap();
    let expected = Digest::of(b"good");
    let staging = staged(&store, "one", &[b"bad"]).await;
    let error = staging.finish(&expected).await.unwrap_err();
    assert!(matches!(error, BlobError::Mismatch { .. }), "{error}");
    assert_eq!(store.size(&expected).await.unwrap(), None);
    assert_eq!(store.size(&Digest::of(b"bad")).await.unwrap(), None);
    assert_eq!(files(&dir.path().join("uploads")), 0);
}

#[tokio::test]
async fn an_unfinished_upload_stays_or_goes_as_it_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = dir.path().join("uploads");
    let store = DiskBlobs::open(dir.path()).unwrap();
    drop(staged(&store, "dropped", &[b"some"]).await);
    assert_eq!(files(&uploads), 0);
    let mut kept = store.stage("kept", Unfinished::Kept).await.unwrap();
    kept.append(Bytes::from_static(b"hello, ")).await.unwrap();
    drop(kept);
    // Another process goes on with it.
    let store = DiskBlobs::open(dir.path()).unwrap();
    assert!(store.resume("other").await.unwrap().is_none());
    let mut kept = store.resume("kept").await.unwrap().unwrap();
    assert_eq!(kept.length(), 7);
    kept.append(Bytes::from_static(b"world")).await.unwrap();
    let digest = Digest::of(b"hello, world");
    kept.finish(&digest).await.unwrap();
    assert_eq!(store.size(&digest).await.unwrap(), Some(12));
    assert!(store.resume("kept").await.unwrap().is_none());
    let mut given_up = store.stage("kept", Unfinished::Kept).await.unwrap();
    given_up.discard();
    drop(given_up);
    assert_eq!(files(&uploads), 0);
}

#[tokio::test]
async fn what_is_there_is_listed_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let store = DiskBlobs::open(dir.path()).unwrap();
    let digest = Digest::of(b"blob");
    staged(&store, "one", &[b"blob"])
        .await
        .finish(&digest)
        .await
        .unwrap();
    let _kept = store.stage("kept", Unfinished::Kept).await.unwrap();
    let remnants = store.staged().await.unwrap();
    assert_eq!(remnants.len(), 1);
    assert_eq!(remnants[0].name, "kept");
    store.unstage("kept").await.unwrap();
    store.unstage("kept").await.unwrap();
    assert!(store.staged().await.unwrap().is_empty());
    let mut found = Vec::new();
    for shard in 0..=u8::MAX {
        found.extend(store.digests(shard).await.unwrap());
    }
    assert_eq!(found, std::slice::from_ref(&digest));
    assert_eq!(store.delete(&digest).await.unwrap(), 4);
    assert_eq!(store.delete(&digest).await.unwrap(), 0);
    assert_eq!(store.size(&digest).await.unwrap(), None);
}
