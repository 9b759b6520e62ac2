//! Network namespaces: pinning them to a file, and doing things inside them.
//!
//! A netlink socket stays in the namespace that it was made in, and a child process starts in that
//! of the thread that starts it. So only making either needs a thread that has moved there; such a
//! thread ends afterwards and never goes back to a pool.

use std::fs::File;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustix::mount::UnmountFlags;
use rustix::net::sockopt::set_socket_recv_buffer_size_force;
use rustix::thread::{LinkNameSpaceType, UnshareFlags};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::debug;

use crate::Error;
use crate::linux::netlink::Netlink;
use crate::linux::nfnetlink::{Element, NftSocket, Verb};

/// `NSFS_MAGIC` of linux/magic.h: the file system of pinned namespaces.
const NSFS_MAGIC: u64 = 0x6e73_6673;
/// Answers of the kernel that nobody has read yet, on one connection.
const ANSWERS_MAX_BYTES: usize = 16 << 20;
/// The namespace of the calling thread.
const OWN_NAMESPACE: &str = "/proc/thread-self/ns/net";

/// An open namespace with a netlink connection in it. It keeps the namespace alive.
pub(super) struct Namespace {
    label: Arc<str>,
    file: Arc<OwnedFd>,
    pub(super) netlink: Netlink,
    nft: NftSocket,
    connection: JoinHandle<()>,
}

impl Namespace {
    /// Opens the namespace that is pinned at `path`.
    pub(super) async fn open(path: &Path) -> Result<Self, Error> {
        let not_one = |reason: String| Error::NotANamespace {
            path: path.to_owned(),
            reason,
        };
        let file = File::open(path).map_err(|error| not_one(error.to_string()))?;
        if !is_namespace(&file) {
            return Err(not_one("it is an ordinary file".to_owned()));
        }
        Self::enter(path.display().to_string(), file.into()).await
    }

    /// Opens the namespace of this process.
    pub(super) async fn own() -> Result<Self, Error> {
        let file = File::open(OWN_NAMESPACE).map_err(|source| {
            Error::kernel(format!("open {OWN_NAMESPACE} (is /proc mounted?)"), source)
        })?;
        Self::enter("the host".to_owned(), file.into()).await
    }

    async fn enter(label: String, file: OwnedFd) -> Result<Self, Error> {
        let file = Arc::new(file);
        let open = || Ok((rtnetlink::new_connection()?, NftSocket::open()?));
        let failed = |source| Error::kernel(format!("open a netlink socket in {label}"), source);
        let ((mut connection, handle, _), nft) = within(&file, open).await.map_err(failed)?;
        make_room(connection.socket_mut()).map_err(failed)?;
        let label: Arc<str> = label.into();
        Ok(Self {
            netlink: Netlink::new(handle, Arc::clone(&label)),
            nft,
            label,
            file,
            connection: tokio::spawn(connection),
        })
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn file(&self) -> &OwnedFd {
        &self.file
    }

    /// Changes elements of the sets of `table`, all or none.
    pub(super) fn change_elements(
        &self,
        table: &str,
        changes: &[(Verb, Element)],
    ) -> Result<(), Error> {
        self.nft.change(table, changes).map_err(|source| {
            Error::kernel(
                format!("change the sets of table {table} in {}", self.label),
                source,
            )
        })
    }

    /// Lets connection tracking forget what it sends on to `address`; where it cannot, that ends by itself
    /// once a peer pauses. With a socket and a thread of its own: it may take seconds, and nobody else waits.
    pub(super) async fn forget_flows_to(&self, address: Ipv4Addr) {
        let forget = move || NftSocket::open()?.forget_flows_to(address);
        if let Err(error) = self.within(forget).await {
            debug!(%address, %error, "tracked connections to an address stay until they expire");
        }
    }

    /// Runs `work` on a thread of its own that is in the namespace.
    pub(super) async fn within<T, F>(&self, work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> io::Result<T> + Send + 'static,
    {
        within(&self.file, work).await
    }

    /// Sets kernel settings below `/proc/sys/net`, for instance `ipv4/ip_forward`. A setting that the
    /// kernel does not have is left out: then what it would switch off is not there either.
    pub(super) async fn set(&self, settings: Vec<(String, &'static str)>) -> Result<(), Error> {
        let label = Arc::clone(&self.label);
        self.within(move || {
            for (key, value) in settings {
                let path = format!("/proc/sys/net/{key}");
                match std::fs::write(&path, value) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(io::Error::new(error.kind(), format!("{path}: {error}")));
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .await
        .map_err(|source| {
            Error::kernel(
                format!("change network settings of {label} (is /proc/sys writable?)"),
                source,
            )
        })
    }

    /// Reads a setting below `/proc/sys/net`.
    pub(super) async fn setting(&self, key: &str) -> Result<String, Error> {
        let path = format!("/proc/sys/net/{key}");
        let read = path.clone();
        let text = self
            .within(move || std::fs::read_to_string(read))
            .await
            .map_err(|source| Error::kernel(format!("read {path} in {}", self.label), source))?;
        Ok(text.trim().to_owned())
    }

    /// Ends the connection and waits for it, so that it no longer keeps the namespace alive.
    pub(super) async fn close(mut self) {
        self.connection.abort();
        // Aborted is what it is to be.
        let _ = (&mut self.connection).await;
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Gives a socket room for the answers to what many tasks ask for at once: an answer that finds none is
/// dropped, and who waits for it would wait for ever.
fn make_room(socket: &impl AsRawFd) -> io::Result<()> {
    // SAFETY: the descriptor is the socket's, which is borrowed for longer. Needed: the crate that owns
    // it does not lend it as a borrowed descriptor.
    let descriptor = unsafe { BorrowedFd::borrow_raw(socket.as_raw_fd()) };
    Ok(set_socket_recv_buffer_size_force(
        descriptor,
        ANSWERS_MAX_BYTES,
    )?)
}

fn is_namespace(file: &File) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|stat| u64::try_from(stat.f_type) == Ok(NSFS_MAGIC))
}

/// Whether a namespace is pinned at `path`.
pub(super) fn is_pinned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| is_namespace(&file))
}

async fn within<T, F>(namespace: &Arc<OwnedFd>, work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    let namespace = Arc::clone(namespace);
    on_own_thread(move || {
        rustix::thread::move_into_link_name_space(
            namespace.as_fd(),
            Some(LinkNameSpaceType::Network),
        )?;
        work()
    })
    .await
}

/// Runs `work` on a thread that ends afterwards, with this runtime at hand.
async fn on_own_thread<T, F>(work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    thread::Builder::new()
        .name("longshore-netns".to_owned())
        .spawn(move || {
            let _entered = runtime.enter();
            // Nobody waits any more when the call was dropped.
            let _ = sender.send(work());
        })?;
    receiver
        .await
        .unwrap_or_else(|_| Err(io::Error::other("the thread in the namespace panicked")))
}

/// Makes a network namespace and pins it at `path`, unless one is pinned there already. The folder must
/// exist. The namespace belongs to the host's user namespace.
///
/// # Errors
/// [`Error::Kernel`] with what was tried, for instance without the right to make namespaces.
pub async fn pin_network_namespace(path: &Path) -> Result<(), Error> {
    if is_pinned(path) {
        return Ok(());
    }
    let target: PathBuf = path.to_owned();
    on_own_thread(move || {
        // What a crash has left between making the file and mounting on it is such a file.
        File::options().create(true).append(true).open(&target)?;
        // SAFETY: needed because unsharing is unsafe in general: CLONE_FILES and the like can take
        // file descriptors from under safe code. Sound here: only the network namespace is
        // unshared, it affects only the calling thread, and this thread ends right after.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }?;
        rustix::mount::mount_bind(OWN_NAMESPACE, &target)?;
        Ok(())
    })
    .await
    .map_err(|source| {
        Error::kernel(
            format!("make a network namespace at {}", path.display()),
            source,
        )
    })
}

/// Takes the pin at `path` away; the namespace ends when nothing else is in it. Nothing happens when
/// there is no pin.
///
/// # Errors
/// [`Error::Kernel`] with what was tried.
pub fn unpin_network_namespace(path: &Path) -> Result<(), Error> {
    let attempt = || format!("unpin the network namespace at {}", path.display());
    while is_pinned(path) {
        rustix::mount::unmount(path, UnmountFlags::DETACH)
            .map_err(|error| Error::kernel(attempt(), error))?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::kernel(attempt(), error))
        }
        _ => Ok(()),
    }
}
