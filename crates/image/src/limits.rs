//! Every bound that a pull and an unpacking keep, with its reason.

use std::time::Duration;

/// Largest manifest or index (OCI Distribution asks registries to take at least 4 MiB; ECR
/// takes no more).
pub(crate) const MAX_MANIFEST_BYTES: u64 = 4 << 20;
/// Largest image configuration.
pub(crate) const MAX_CONFIG_BYTES: u64 = 8 << 20;
/// Largest error or token answer that is read.
pub(crate) const MAX_ANSWER_BYTES: u64 = 64 << 10;
/// Largest compressed layer (ECR quota "Maximum layer size", 52,000 MiB).
pub(crate) const MAX_LAYER_COMPRESSED_BYTES: u64 = 52_000 << 20;
/// Most layers in an image: what Docker's overlay driver stacks.
pub(crate) const MAX_LAYERS: usize = 127;
/// An index may point to an index once; deeper is no image that tools make.
pub(crate) const MAX_INDEX_DEPTH: usize = 2;

/// Layers that one store fetches at once from one registry, over all pulls. Of all registries together it
/// is as many as there are registries that tasks of this node name.
pub(crate) const MAX_PARALLEL_DOWNLOADS: usize = 4;
/// Layers that one store unpacks at once, over all pulls: unpacking is bound by the processor.
pub(crate) const MAX_PARALLEL_UNPACKS: usize = 2;
/// Chunks between the network and the thread that writes a blob.
pub(crate) const MAX_CHUNKS_IN_FLIGHT: usize = 32;

/// Attempts at one request, the first included.
pub(crate) const MAX_ATTEMPTS: u32 = 4;
/// Pause after the first failed attempt; it doubles with each, and half of it is random.
pub(crate) const RETRY_BASE_DELAY: Duration = Duration::from_millis(200);
/// Longest pause that a registry's `Retry-After` is followed for; a task waits meanwhile.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);
/// Attempts at one layer, those included that brought a part of it and were resumed.
pub(crate) const MAX_DOWNLOAD_ATTEMPTS: u32 = 16;
/// Redirects that one request follows.
pub(crate) const MAX_REDIRECTS: usize = 5;
/// Longest wait for a connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for one address of several.
pub(crate) const ADDRESS_TIMEOUT: Duration = Duration::from_secs(4);
/// Addresses of one name that are tried.
pub(crate) const MAX_ADDRESSES_TRIED: usize = 4;
/// Longest wait for the head of an answer.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an answer's body may take for its next [`LEAST_BODY_BYTES`], or its end.
pub(crate) const BODY_STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// What comes of a body in [`BODY_STALL_TIMEOUT`] at least: some 4 KiB a second.
pub(crate) const LEAST_BODY_BYTES: u64 = 256 << 10;

/// Largest window of a zstd frame, held in memory: what `zstd` itself takes without being told
/// otherwise (2^27).
pub(crate) const MAX_ZSTD_WINDOW_BYTES: u64 = 128 << 20;
/// Most plain bytes for each compressed byte of a layer. gzip cannot reach it (1032 to 1); zstd
/// can in long runs of one byte, of which the first [`UNPACK_RATIO_FREE_BYTES`] are free.
pub(crate) const MAX_UNPACK_RATIO: u64 = 2_000;
/// Plain bytes of a layer to which the ratio does not apply.
pub(crate) const UNPACK_RATIO_FREE_BYTES: u64 = 1 << 30;

/// Longest path in an archive: `PATH_MAX` without its end.
pub(crate) const MAX_PATH_BYTES: usize = 4095;
/// Longest single name: `NAME_MAX`.
pub(crate) const MAX_NAME_BYTES: usize = 255;
/// Deepest path in an archive.
pub(crate) const MAX_PATH_DEPTH: usize = 255;
/// Most memory for the times of one layer's directories, which are held until it is unpacked: half a
/// million directories with long paths.
pub(crate) const MAX_DIRECTORY_TIMES_BYTES: usize = 128 << 20;
/// Largest PAX or GNU extension record of one archive entry, held in memory.
pub(crate) const MAX_EXTENSION_BYTES: u64 = 1 << 20;
/// Most bytes of extended attributes of one entry: what the kernel lists at most
/// (`XATTR_LIST_MAX`) and takes as one value (`XATTR_SIZE_MAX`).
pub(crate) const MAX_XATTR_BYTES: usize = 64 << 10;
/// Largest `/etc/passwd` or `/etc/group` that is read.
pub(crate) const MAX_ACCOUNT_FILE_BYTES: u64 = 4 << 20;
/// Bytes written between two looks at the free space.
pub(crate) const FREE_SPACE_STEP_BYTES: u64 = 32 << 20;

/// Files and directories made between two looks at the free space: with all extended attributes that they may
/// have, an eighth of the usual reserve.
pub(crate) const FREE_SPACE_STEP_ENTRIES: u64 = 1024;
/// Of how many reserved bytes one file or directory is kept in reserve too: mke2fs makes an inode for as many
/// (mke2fs.conf(5), `inode_ratio`).
pub(crate) const BYTES_PER_RESERVED_INODE: u64 = 16 << 10;

/// What an operator may set about the size of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes that one layer's archive may hold once it is uncompressed.
    pub layer_unpacked_bytes: u64,
    /// Most entries in one layer's archive, those directories included that it names only on the way to others.
    pub layer_entries: u64,
    /// A pull ends with an error rather than leave less than this free on the file system, or fewer inodes than
    /// usually go with it.
    pub reserved_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            layer_unpacked_bytes: 64 << 30,
            layer_entries: 2_000_000,
            reserved_free_bytes: 512 << 20,
        }
    }
}
