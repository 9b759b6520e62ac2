//! All targets, by name. The seeds of each are in `seeds/NAME`.

mod codecs;
mod frames;
mod images;
mod layers;
mod patterns;
mod queries;
mod records;
mod registry;
mod requests;
mod segments;
mod signatures;
mod snapshots;
mod spool;
mod tokens;

/// A target: a function of bytes that panics where a property does not hold.
pub(crate) type Target = fn(&[u8]);

pub(crate) const ALL: &[(&str, Target)] = &[
    ("codecs", codecs::run),
    ("frames", frames::run),
    ("images", images::run),
    ("layers", layers::run),
    ("patterns", patterns::run),
    ("queries", queries::run),
    ("records", records::run),
    ("registry", registry::run),
    ("requests", requests::run),
    ("segments", segments::run),
    ("signatures", signatures::run),
    ("snapshots", snapshots::run),
    ("spool", spool::run),
    ("tokens", tokens::run),
];

/// A folder of this process. It stays behind, as statics do: `scripts/fuzz` lets it be made below one
/// in memory that it removes.
pub(crate) fn folder_in_memory(name: &str) -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix(&format!("longshore-fuzz-{name}-"))
        .tempdir()
        .expect("a temporary folder can be made")
}
