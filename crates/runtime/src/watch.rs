//! Waiting for files to change, through one inotify instance however many wait: a machine has a
//! hundred or so of them for each user (inotify(7), `max_user_instances`).

use std::collections::HashMap;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What is told of a folder: that a file in it was written, made or renamed to.
const CHANGES: WatchFlags = WatchFlags::MODIFY
    .union(WatchFlags::CREATE)
    .union(WatchFlags::MOVED_TO);
/// How soon after some changes the next are looked for. Meanwhile the kernel makes one of equal ones, so
/// that a container that talks without end costs some hundred looks a second and not one for each line.
const PAUSE: Duration = Duration::from_millis(2);
/// Room for the changes that are read at a time: at least one with the longest name there is.
const BUFFER_BYTES: usize = 4096;

/// Tells of changes in folders until it is dropped. To be used inside a tokio runtime.
pub(crate) struct Watcher {
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    inotify: AsyncFd<OwnedFd>,
    /// By watch descriptor. A folder has one, however many wait for it.
    folders: Mutex<HashMap<i32, watch::Sender<()>>>,
}

/// Who waits for one folder.
pub(crate) struct Watch {
    shared: Arc<Shared>,
    descriptor: i32,
    changes: watch::Receiver<()>,
}

impl Watcher {
    /// # Errors
    /// When the user has no inotify instance left.
    pub(crate) fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared {
            inotify: register(inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?)?,
            folders: Mutex::default(),
        });
        let telling = Arc::clone(&shared);
        let task = tokio::spawn(async move { telling.tell().await }).abort_handle();
        Ok(Self { shared, task })
    }

    /// From now on, every change in `folder` is told.
    ///
    /// # Errors
    /// When there is no such folder, or the user has no watch left.
    pub(crate) fn watch(&self, folder: &Path) -> io::Result<Watch> {
        // Held meanwhile, so that no other's end takes the descriptor away.
        let mut folders = self.shared.folders();
        let descriptor = inotify::add_watch(self.shared.inotify.get_ref(), folder, CHANGES)?;
        let sender = folders
            .entry(descriptor)
            .or_insert_with(|| watch::Sender::new(()));
        Ok(Watch {
            shared: Arc::clone(&self.shared),
            descriptor,
            changes: sender.subscribe(),
        })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    /// Waits for a change since the last one that was told, at first since the watch began. Without the
    /// watcher it waits for ever.
    pub(crate) async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut folders = self.shared.folders();
        let last = folders
            .get(&self.descriptor)
            // This one is still among them.
            .is_some_and(|sender| sender.receiver_count() <= 1);
        if last {
            folders.remove(&self.descriptor);
            // A folder that is gone took its watch along.
            let _ = inotify::remove_watch(self.shared.inotify.get_ref(), self.descriptor);
        }
    }
}

impl Shared {
    fn folders(&self) -> std::sync::MutexGuard<'_, HashMap<i32, watch::Sender<()>>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell(&self) {
        let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
        loop {
            match self.inotify.readable().await {
                Ok(mut guard) => match self.read(&mut buffer) {
                    Errno::WOULDBLOCK => guard.clear_ready(),
                    error => tracing::error!(%error, "changes of files cannot be read"),
                },
                // The runtime ends.
                Err(_) => return,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Tells of all that has changed; then says why there is no more.
    fn read(&self, buffer: &mut [MaybeUninit<u8>]) -> Errno {
        let mut events = inotify::Reader::new(self.inotify.get_ref(), buffer);
        loop {
            match events.next() {
                Ok(event) if event.events().contains(ReadFlags::QUEUE_OVERFLOW) => {
                    // What was lost may have been anybody's.
                    for sender in self.folders().values() {
                        sender.send_replace(());
                    }
                }
                Ok(event) => {
                    if let Some(sender) = self.folders().get(&event.wd()) {
                        sender.send_replace(());
                    }
                }
                Err(error) => return error,
            }
        }
    }
}

/// A descriptor whose readiness the tokio runtime tells.
pub(crate) fn register(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` names one open descriptor for as long as it lives, and the `AsyncFd`
    // owns it. Needed: tokio has no safe way to watch a descriptor that is no socket or pipe.
    unsafe {
        Ok(AsyncFd::register_with_interest(
            descriptor,
            tokio::io::Interest::READABLE,
        )?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    async fn is_told(watch: &mut Watch) -> bool {
        tokio::time::timeout(SOON, watch.changed()).await.is_ok()
    }

    #[tokio::test]
    async fn everybody_who_watches_a_folder_is_told_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let watcher = Watcher::start().unwrap();
        let mut first = watcher.watch(folder.path()).unwrap();
        let mut second = watcher.watch(folder.path()).unwrap();
        let stranger = watcher.watch(other.path()).unwrap();
        std::fs::write(folder.path().join("new"), "").unwrap();
        assert!(is_told(&mut first).await && is_told(&mut second).await);
        drop(first);
        // Told though another that watched the same folder does so no more; of what came before the
        // wait too.
        std::fs::write(folder.path().join("new"), "more").unwrap();
        assert!(is_told(&mut second).await);
        assert!(!stranger.changes.has_changed().unwrap());
    }

    #[tokio::test]
    async fn nothing_is_held_for_a_folder_that_nobody_watches() {
        let folder = tempfile::tempdir().unwrap();
        let watcher = Watcher::start().unwrap();
        let watch = watcher.watch(folder.path()).unwrap();
        let gone = tempfile::tempdir().unwrap();
        let lost = watcher.watch(gone.path()).unwrap();
        drop(gone);
        drop((watch, lost));
        assert!(watcher.shared.folders().is_empty());
        assert!(watcher.watch(Path::new("/nowhere")).is_err());
    }

    #[tokio::test]
    async fn a_queue_that_overflows_tells_everybody() {
        let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
        let limit: usize = limit.trim().parse().unwrap();
        let folders = [(), ()].map(|()| tempfile::tempdir().unwrap());
        let watcher = Watcher::start().unwrap();
        let _busy = watcher.watch(folders[0].path()).unwrap();
        let mut quiet = watcher.watch(folders[1].path()).unwrap();
        // Nothing is read until this test waits: the runtime has one thread.
        for round in 0..=limit {
            let name = folders[0].path().join((round % 2).to_string());
            std::fs::write(name, "x").unwrap();
        }
        assert!(is_told(&mut quiet).await);
    }
}
