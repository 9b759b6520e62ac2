//! Making a data folder of an archive.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use ambient::SystemClock;
use tar::EntryType;

use super::{FOLDERS, FORMAT, MANIFEST, Manifest, STORE};
use crate::cli::RestoreArgs;
use crate::error::Failure;
use crate::files;
use crate::progress::Progress;

/// Stands in a data folder for as long as it is being restored.
const MARK: &str = "restoring";
/// The longest manifest.
const MANIFEST_MAX_BYTES: u64 = 64 * 1024;
/// The deepest path of an archive.
const DEPTH_MAX: usize = 16;

/// `longshore restore`.
pub(crate) fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let clock = std::sync::Arc::new(SystemClock);
    let progress = Progress::new(clock);
    let (folder, from) = (&args.data.data_dir, &args.file);
    let file = File::open(from).map_err(when("open", from))?;
    make_ready(folder)?;
    let mut archive = tar::Archive::new(BufReader::new(file));
    let mut entries = archive.entries().map_err(when("read", from))?;
    let manifest = entries
        .next()
        .and_then(Result::ok)
        .ok_or_else(|| no_backup(from))?;
    check_manifest(manifest, from)?;
    let mut restored = 0_u64;
    let mut revision = None;
    for entry in entries {
        let mut entry = entry.map_err(when("read", from))?;
        let name = entry.path().map_err(when("read", from))?.into_owned();
        if entry.header().entry_type() != EntryType::Regular {
            return Err(no_backup(from));
        }
        if name == Path::new(STORE) {
            sync(folder)?;
            let store = folder.join("store");
            files::make_folder(&store)?;
            let made = store::restore(&store, &mut entry, &SystemClock)
                .map_err(Failure::when(format!("cannot restore {}", from.display())))?;
            revision = Some(made);
        } else {
            let to = folder.join(inside(&name).ok_or_else(|| no_backup(from))?);
            write(&mut entry, &to).map_err(when("write", &to))?;
            restored += 1;
        }
    }
    let revision = revision
        .ok_or_else(|| Failure::new(format!("{} is cut short: it has no store", from.display())))?;
    let mark = folder.join(MARK);
    fs::remove_file(&mark).map_err(when("remove", &mark))?;
    sync(folder)?;
    progress.step(&format!(
        "{restored} files and the records of revision {revision} restored to {}; start it with \
         `longshore up --data-dir {1}`",
        folder.display(),
        folder.display()
    ));
    Ok(())
}

/// Refuses a data folder whose restore was cut off.
pub(crate) fn check_finished(folder: &Path) -> Result<(), Failure> {
    if folder.join(MARK).exists() {
        return Err(Failure::new(format!(
            "a restore into {} was cut off: remove that folder and run `longshore restore` again",
            folder.display()
        )));
    }
    Ok(())
}

/// Only into a folder that holds nothing: what is there already would be mixed with the archive's.
fn make_ready(folder: &Path) -> Result<(), Failure> {
    files::make_passage(folder)?;
    let mut there = fs::read_dir(folder).map_err(when("read", folder))?;
    if there.next().is_some() {
        return Err(Failure::new(format!(
            "{} is not empty: restore into a new folder (--data-dir), or stop what runs there and move it away",
            folder.display()
        )));
    }
    File::create(folder.join(MARK))
        .and_then(|mark| mark.sync_all())
        .map_err(when("write to", folder))?;
    sync(folder)
}

fn check_manifest<R: Read>(mut entry: tar::Entry<'_, R>, from: &Path) -> Result<(), Failure> {
    let name = entry.path().map_err(when("read", from))?.into_owned();
    if name != Path::new(MANIFEST) {
        return Err(no_backup(from));
    }
    let mut text = Vec::new();
    entry
        .by_ref()
        .take(MANIFEST_MAX_BYTES)
        .read_to_end(&mut text)
        .map_err(when("read", from))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| no_backup(from))?;
    if manifest.format > FORMAT {
        return Err(Failure::new(format!(
            "{} has backup format {} of Longshore {}, and this release knows up to {FORMAT}; run that release",
            from.display(),
            manifest.format,
            manifest.longshore
        )));
    }
    Ok(())
}

/// The path below the data folder, if an archive of ours can hold it.
fn inside(name: &Path) -> Option<PathBuf> {
    let parts: Vec<&str> = name
        .components()
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let known = match parts.as_slice() {
        [file] => files::is_key(file),
        [folder, ..] => FOLDERS.contains(folder) && parts.len() <= DEPTH_MAX,
        [] => false,
    };
    known.then(|| parts.iter().collect())
}

fn write(content: &mut dyn Read, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    io::copy(content, &mut file)?;
    Ok(())
}

/// Everything that was written to the folder's file system is on the disk.
fn sync(folder: &Path) -> Result<(), Failure> {
    File::open(folder)
        .and_then(|open| Ok(rustix::fs::syncfs(&open)?))
        .map_err(when("sync", folder))
}

fn when(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    Failure::when(format!("cannot {what} {}", path.display()))
}

fn no_backup(from: &Path) -> Failure {
    Failure::new(format!(
        "{} is no backup: `longshore backup` makes them",
        from.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_backup_holds_is_written_and_only_inside() {
        for name in [
            "registry/blobs/sha256/ab/abc",
            "logs/01/02/0.seg",
            "node-key.json",
        ] {
            assert_eq!(inside(Path::new(name)), Some(PathBuf::from(name)));
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "registry/../../x",
            "store/store.redb",
            "node/x",
            "other.json",
        ] {
            assert_eq!(inside(Path::new(name)), None, "{name}");
        }
        let deep = "logs/".repeat(20);
        assert_eq!(inside(Path::new(&deep)), None);
    }
}
