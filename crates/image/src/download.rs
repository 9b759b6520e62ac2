//! One blob from the registry onto the disk: hashed while it is written, kept only when its
//! digest and size are those asked for.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http::{Response, StatusCode};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::digest::Digest;
use crate::error::Error;
use crate::fetch;
use crate::limits::{
    BYTES_PER_RESERVED_INODE, FREE_SPACE_STEP_BYTES, MAX_CHUNKS_IN_FLIGHT, MAX_DOWNLOAD_ATTEMPTS,
};
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
    /// The whole body has come; without it the rest is still to come.
    End,
}

/// What has come of a blob so far, kept from one attempt to the next.
struct Partial {
    file: File,
    hasher: Sha256,
    written: u64,
}

/// Fetches `blob`. What breaks off is resumed where it stopped, if the registry can do that.
pub(crate) async fn download(client: &RegistryClient, blob: &Blob) -> Result<(), Error> {
    let result = attempts(client, blob).await;
    if result.is_err() {
        // It may not exist; whatever stays is removed when the store is next opened.
        let _ = fs::remove_file(&blob.temporary);
    }
    result
}

async fn attempts(client: &RegistryClient, blob: &Blob) -> Result<(), Error> {
    let mut partial = None;
    // Those since the last that brought anything, and all.
    let (mut fruitless, mut all) = (1, 1);
    loop {
        let before = partial
            .as_ref()
            .map_or(0, |partial: &Partial| partial.written);
        let error = match attempt(client, blob, &mut partial).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let after = partial.as_ref().map_or(0, |partial| partial.written);
        if after > before {
            fruitless = 1;
        }
        if all >= MAX_DOWNLOAD_ATTEMPTS || !client.tries_again(&error, fruitless).await {
            return Err(error.with_attempts(all));
        }
        fruitless += 1;
        all += 1;
    }
}

/// One request. What came of it is in `partial` afterwards, unless it was wrong.
async fn attempt(
    client: &RegistryClient,
    blob: &Blob,
    partial: &mut Option<Partial>,
) -> Result<(), Error> {
    let from = partial.as_ref().map_or(0, |partial| partial.written);
    let response = client.blob(&blob.what, &blob.digest, from).await?;
    let resumed = response.status() == StatusCode::PARTIAL_CONTENT;
    if !resumed || !continues(&response, from) {
        *partial = None;
    }
    if resumed && partial.is_none() {
        return Err(Error::network(
            &blob.what,
            "the registry sent another part than was asked for",
        ));
    }
    let announced = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let so_far = partial.as_ref().map_or(0, |partial| partial.written);
    if let Some(announced) = announced
        && announced.saturating_add(so_far) != blob.size
    {
        return Err(wrong_size(blob, announced.saturating_add(so_far)));
    }
    let mut state = match partial.take() {
        Some(state) => state,
        None => Partial::new(blob)?,
    };
    let (sender, receiver) = mpsc::channel(MAX_CHUNKS_IN_FLIGHT);
    let writing = {
        let blob = blob.clone();
        tokio::task::spawn_blocking(move || {
            let result = state.write(&blob, receiver);
            (state, result)
        })
    };
    let read = feed(response.into_body(), &sender).await;
    drop(sender);
    // The writer's error comes first: when it gives up, the reader only sees a closed channel.
    let (state, wrote) = writing
        .await
        .map_err(|error| Error::storage("write", &blob.temporary)(std::io::Error::other(error)))?;
    let result = read.map_err(|error| error.about(&blob.what)).and(wrote);
    if result.as_ref().is_err_and(Error::is_transient) {
        *partial = Some(state);
    }
    result
}

/// Whether a partial answer begins at `from` (RFC 9110 section 14.4).
fn continues(response: &Response<hyper::body::Incoming>, from: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE);
    range
        .and_then(|value| value.to_str().ok()?.strip_prefix("bytes ")?.split_once('-'))
        .is_some_and(|(first, _)| first.parse() == Ok(from))
}

async fn feed(
    body: hyper::body::Incoming,
    sender: &mpsc::Sender<Piece>,
) -> Result<(), fetch::FetchError> {
    let mut body = fetch::Paced::new(body);
    while let Some(chunk) = body.next_chunk().await? {
        if sender.send(Piece::Data(chunk)).await.is_err() {
            return Ok(());
        }
    }
    // A writer that is gone has its own error to tell.
    let _ = sender.send(Piece::End).await;
    Ok(())
}

impl Partial {
    fn new(blob: &Blob) -> Result<Self, Error> {
        let path = &blob.temporary;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .map_err(Error::storage("create", path))?;
        Ok(Self {
            file,
            hasher: Sha256::new(),
            written: 0,
        })
    }

    /// Writes what comes behind what is there; gives the file its name when it is whole.
    fn write(&mut self, blob: &Blob, mut pieces: mpsc::Receiver<Piece>) -> Result<(), Error> {
        let path = &blob.temporary;
        let mut unchecked = FREE_SPACE_STEP_BYTES;
        loop {
            match pieces.blocking_recv() {
                Some(Piece::Data(data)) => {
                    let length = data.len() as u64;
                    unchecked += length;
                    if self.written + length > blob.size {
                        return Err(wrong_size(blob, self.written + length));
                    }
                    if unchecked >= FREE_SPACE_STEP_BYTES {
                        unchecked = 0;
                        check_free_space(&self.file, path, blob.reserved_free_bytes)?;
                    }
                    self.file
                        .write_all(&data)
                        .map_err(Error::storage("write", path))?;
                    self.hasher.update(&data);
                    self.written += length;
                }
                Some(Piece::End) => break,
                None => return Err(Error::network(&blob.what, "the transfer was broken off")),
            }
        }
        if self.written != blob.size {
            return Err(Error::network(
                &blob.what,
                format!("{} of {} bytes came", self.written, blob.size),
            ));
        }
        let digest = Digest::from_hasher(std::mem::take(&mut self.hasher));
        if digest != blob.digest {
            return Err(Error::mismatch(&blob.what, &blob.digest, &digest));
        }
        self.file.sync_all().map_err(Error::storage("sync", path))?;
        publish(path, &blob.destination)
    }
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

/// Refuses to go on when less than `reserved` bytes are free where `file` is, or too few inodes: who has none
/// can write as little as who has no room.
pub(crate) fn check_free_space(
    file: impl std::os::fd::AsFd,
    path: &Path,
    reserved: u64,
) -> Result<(), Error> {
    let space = rustix::fs::fstatvfs(file)
        .map_err(|error| Error::storage("measure the free space of", path)(error.into()))?;
    let full = |what: &str, free: u64, reserved: u64| {
        Error::storage("write", path)(std::io::Error::new(
            std::io::ErrorKind::StorageFull,
            format!(
                "{free} {what} are free and {reserved} are kept in reserve; remove images or add \
                 space"
            ),
        ))
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    if free < reserved {
        return Err(full("bytes", free, reserved));
    }
    // File systems that make inodes as they need them count none.
    let (free, reserved) = (space.f_favail, reserved / BYTES_PER_RESERVED_INODE);
    if space.f_files > 0 && free < reserved {
        return Err(full("inodes", free, reserved));
    }
    Ok(())
}
