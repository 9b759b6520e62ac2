//! Every limit of the registry, by name.

/// A manifest or an index, the least that OCI Distribution 1.1 asks registries to take.
pub const MANIFEST_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Manifests that are being received, all together.
pub const MANIFESTS_MAX_BYTES: usize = 64 * MANIFEST_MAX_BYTES;
/// The pieces that they are received in.
pub const MANIFEST_PIECE_BYTES: usize = 64 * 1024;
/// Blobs and manifests that one manifest names. Ours: ECR publishes no number.
pub const DESCRIPTORS_MAX: usize = 10_000;
/// One layer (ECR quota "Maximum layer size", 52,000 MiB).
pub const LAYER_MAX_BYTES: u64 = 52_000 * 1024 * 1024;
/// Uploads that are begun and not finished, all repositories together. Each is a file.
pub const UPLOADS_IN_FLIGHT_MAX: usize = 512;
/// The same of one repository: who may push to one cannot keep the others from it.
pub const REPOSITORY_UPLOADS_MAX: usize = UPLOADS_IN_FLIGHT_MAX / 4;
/// An upload that nobody has written to for so long is thrown away.
pub const UPLOAD_IDLE_MAX_SECONDS: u64 = 60 * 60;
/// One that has no bytes yet, for so long.
pub const UPLOAD_EMPTY_MAX_SECONDS: u64 = 60;
/// A part of ECR's API, unless it is the last (`LayerPartTooSmallException`).
pub const LAYER_PART_MIN_BYTES: u64 = 5 * 1024 * 1024;
/// How long a push may rely on a blob that it has uploaded, or was told is there, before its
/// manifest comes: as long as its password is good.
pub const UNNAMED_GRACE_SECONDS: u64 = 12 * 60 * 60;
/// How often the collector looks.
pub const COLLECT_EVERY_SECONDS: u64 = 60 * 60;
/// How many records the collector reads at once.
pub const COLLECT_PAGE: usize = 1000;
/// How long the next bytes of a body may take.
pub const BODY_PAUSE_MAX_SECONDS: u64 = 60;
/// How many bytes of an upload are gathered before they are hashed and written.
pub const WRITE_BYTES: usize = 512 * 1024;
/// How many bytes of a blob are read from the disk at once.
pub const READ_BYTES: usize = 256 * 1024;
/// The tags in one answer, and how many where the client does not say.
pub const TAGS_PAGE_MAX: usize = 1000;
/// The referrers in one answer; less where their manifests are large.
pub const REFERRERS_PAGE_MAX: usize = 100;
/// A password in the `Authorization` header, with its user name, in base64.
pub const CREDENTIALS_MAX_BYTES: usize = 8 * 1024;
/// Bytes of a refused request that are read and thrown away, so that its sender gets to read the
/// refusal; after that the connection is cut.
pub const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long bytes are thrown away.
pub const DISCARD_MAX_SECONDS: u64 = 5;
