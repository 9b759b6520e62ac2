//! The store on a real disk.

use super::*;
use http_body_util::BodyExt;

async fn staged(store: &DiskBlobs, id: &str, parts: &[&'static [u8]]) -> Box<dyn Staging> {
    let mut staging = store.stage(id).await.unwrap();
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
async fn unfinished_uploads_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let uploads = dir.path().join("uploads");
    let store = DiskBlobs::open(dir.path()).unwrap();
    drop(staged(&store, "dropped", &[b"some"]).await);
    assert_eq!(files(&uploads), 0);
    // As a killed process leaves it.
    fs::write(uploads.join("killed"), b"some").unwrap();
    DiskBlobs::open(dir.path()).unwrap();
    assert_eq!(files(&uploads), 0);
}
