//! One blob from the registry onto the disk: hashed while it is written, kept only when its
//! digest and size are those asked for.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::digest::Digest;
use crate::error::Error;
use crate::fetch;
use crate::limits::{FREE_SPACE_STEP_BYTES, MAX_CHUNKS_IN_FLIGHT};
use crate::registry_client::RegistryClient;

/// What is to be fetched, and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    /// The image and blob, for errors.
    pub(crate) what: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    /// A path on the store's file system that nobody else uses.
    pub(crate) temporary: PathBuf,
    pub(crate) destination: PathBuf,
    pub(crate) reserved_free_bytes: u64,
}

enum Piece {
    Data(Bytes),
    /// The whole body has come; without it the writer throws away what it has.
    End,
}

/// Fetches `blob`, with retries.
pub(crate) async fn download(client: &RegistryClient, blob: &Blob) -> Result<(), Error> {
    let mut attempts = 1;
    loop {
        match attempt(client, blob).await {
            Err(error) if client.tries_again(&error, attempts).await => attempts += 1,
            result => return result.map_err(|error| error.with_attempts(attempts)),
        }
    }
}

async fn attempt(client: &RegistryClient, blob: &Blob) -> Result<(), Error> {
    let response = client.blob(&blob.what, &blob.digest).await?;
    let announced = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(announced) = announced
        && announced != blob.size
    {
        return Err(wrong_size(blob, announced));
    }
    let (sender, receiver) = mpsc::channel(MAX_CHUNKS_IN_FLIGHT);
    let writing = {
        let blob = blob.clone();
        tokio::task::spawn_blocking(move || write(&blob, receiver))
    };
    let read = feed(response.into_body(), &sender).await;
    drop(sender);
    // The writer's error comes first: when it gives up, the reader only sees a closed channel.
    let wrote = writing
        .await
        .map_err(|error| Error::storage("write", &blob.temporary)(std::io::Error::other(error)))?;
    read.map_err(|error| error.about(&blob.what))?;
    wrote
}

async fn feed(
    mut body: hyper::body::Incoming,
    sender: &mpsc::Sender<Piece>,
) -> Result<(), fetch::FetchError> {
    while let Some(chunk) = fetch::next_chunk(&mut body).await? {
        if sender.send(Piece::Data(chunk)).await.is_err() {
            return Ok(());
        }
    }
    // A writer that is gone has its own error to tell.
    let _ = sender.send(Piece::End).await;
    Ok(())
}

fn write(blob: &Blob, pieces: mpsc::Receiver<Piece>) -> Result<(), Error> {
    let result = write_pieces(blob, pieces);
    if result.is_err() {
        // It may not exist; whatever stays is removed when the store is next opened.
        let _ = fs::remove_file(&blob.temporary);
    }
    result
}

fn write_pieces(blob: &Blob, mut pieces: mpsc::Receiver<Piece>) -> Result<(), Error> {
    let path = &blob.temporary;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::storage("create", path))?;
    let mut hasher = Sha256::new();
    let mut written: u64 = 0;
    let mut unchecked = FREE_SPACE_STEP_BYTES;
    loop {
        match pieces.blocking_recv() {
            Some(Piece::Data(data)) => {
                let length = data.len() as u64;
                written += length;
                unchecked += length;
                if written > blob.size {
                    return Err(wrong_size(blob, written));
                }
                if unchecked >= FREE_SPACE_STEP_BYTES {
                    unchecked = 0;
                    check_free_space(&file, path, blob.reserved_free_bytes)?;
                }
                hasher.update(&data);
                file.write_all(&data)
                    .map_err(Error::storage("write", path))?;
            }
            Some(Piece::End) => break,
            None => return Err(Error::network(&blob.what, "the transfer was broken off")),
        }
    }
    if written != blob.size {
        return Err(Error::network(
            &blob.what,
            format!("{written} of {} bytes came", blob.size),
        ));
    }
    let digest = Digest::from_hasher(hasher);
    if digest != blob.digest {
        return Err(Error::mismatch(&blob.what, &blob.digest, &digest));
    }
    file.sync_all().map_err(Error::storage("sync", path))?;
    publish(path, &blob.destination)
}

fn wrong_size(blob: &Blob, found: u64) -> Error {
    Error::corrupt(
        &blob.what,
        format!(
            "the registry sends {found} bytes or more, the manifest says {}",
            blob.size
        ),
    )
}

/// Gives a finished, synced file or directory its name, durably.
pub(crate) fn publish(temporary: &Path, destination: &Path) -> Result<(), Error> {
    fs::rename(temporary, destination).map_err(Error::storage("rename to", destination))?;
    let parent = destination.parent().unwrap_or(destination);
    File::open(parent)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::storage("sync", parent))
}

/// Refuses to go on when less than `reserved` bytes are free where `file` is.
pub(crate) fn check_free_space(
    file: impl std::os::fd::AsFd,
    path: &Path,
    reserved: u64,
) -> Result<(), Error> {
    let space = rustix::fs::fstatvfs(file)
        .map_err(|error| Error::storage("measure the free space of", path)(error.into()))?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    if free < reserved {
        return Err(Error::storage("write", path)(std::io::Error::new(
            std::io::ErrorKind::StorageFull,
            format!(
                "{free} bytes are free and {reserved} are kept in reserve; remove images or add \
                 space"
            ),
        )));
    }
    Ok(())
}
