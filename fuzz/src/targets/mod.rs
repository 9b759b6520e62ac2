//! All targets, by name. The seeds of each are in `seeds/NAME`.

mod codecs;
mod frames;
mod patterns;
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
    ("patterns", patterns::run),
    ("records", records::run),
    ("registry", registry::run),
    ("requests", requests::run),
    ("segments", segments::run),
    ("signatures", signatures::run),
    ("snapshots", snapshots::run),
    ("spool", spool::run),
    ("tokens", tokens::run),
];

/// A folder in memory that goes with the process, where the system has one.
pub(crate) fn folder_in_memory(name: &str) -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let prefix = format!("longshore-fuzz-{name}-");
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix(&prefix);
    match builder.tempdir_in(memory) {
        Ok(folder) => folder,
        Err(_) => builder.tempdir().expect("a temporary folder can be made"),
    }
}
