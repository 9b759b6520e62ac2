//! Writing an archive, from the data folder of a control plane that runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use ambient::{Clock, SystemClock};
use tar::{Builder, EntryType, Header};

use super::{FOLDERS, FORMAT, LEFT_OUT, LOCK, MANIFEST, Manifest, STORE, SnapshotSocket};
use crate::cli::BackupArgs;
use crate::error::Failure;
use crate::files;
use crate::progress::Progress;

/// `longshore backup`.
pub(crate) fn take(args: &BackupArgs) -> Result<(), Failure> {
    let clock = std::sync::Arc::new(SystemClock);
    let created_at = clock.now().as_millis();
    let progress = Progress::new(clock);
    let (folder, to) = (&args.data.data_dir, &args.file);
    let unfinished = to.with_added_extension("unfinished");
    let written = write(folder, &unfinished, created_at, &progress);
    if let Err(failure) = written {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&unfinished);
        return Err(failure);
    }
    fs::rename(&unfinished, to).map_err(failed("put in place", to))?;
    let bytes = fs::metadata(to).map_err(failed("look at", to))?.len();
    progress.step(&format!(
        "written to {} ({bytes} bytes); it holds keys and secrets, keep it as safe as they are",
        to.display()
    ));
    Ok(())
}

fn failed(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    Failure::when(format!("cannot {what} {}", path.display()))
}

fn write(folder: &Path, to: &Path, created_at: i64, progress: &Progress) -> Result<(), Failure> {
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let (mut snapshot, mut connection) = snapshot(folder, beside.unwrap_or(Path::new(".")))?;
    progress.step("the store's records are taken");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(to)
        .map_err(failed("write", to))?;
    let mut archive = Builder::new(io::BufWriter::new(file));
    let manifest = Manifest {
        format: FORMAT,
        longshore: env!("CARGO_PKG_VERSION").to_owned(),
        created_at,
    };
    let manifest = serde_json::to_vec(&manifest).map_err(Failure::when("cannot write JSON"))?;
    let length = u64::try_from(manifest.len()).unwrap_or(u64::MAX);
    append(&mut archive, MANIFEST, length, &mut manifest.as_slice(), to)?;
    for path in files::keys(folder) {
        append_file(&mut archive, folder, &path, to)?;
    }
    for name in FOLDERS {
        let mut count = 0_u64;
        append_folder(&mut archive, folder, &folder.join(name), to, &mut count)?;
        progress.step(&format!("{count} files of {name} are copied"));
    }
    // It fails where the control plane ended meanwhile, and with it whatever kept the blobs.
    connection.write_all(&[1]).map_err(Failure::when(
        "the control plane ended while its files were copied; try again",
    ))?;
    let length = snapshot
        .seek(io::SeekFrom::End(0))
        .and_then(|length| snapshot.rewind().map(|()| length))
        .map_err(Failure::when("cannot read the store's snapshot"))?;
    append(&mut archive, STORE, length, &mut snapshot, to)?;
    let file = archive
        .into_inner()
        .and_then(|buffered| {
            buffered
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
        })
        .map_err(failed("write", to))?;
    file.sync_all().map_err(failed("write", to))
}

/// The store's snapshot in a file without a name, since an archive says how long a thing is before the
/// thing; and the connection that it came over, which keeps the registry's blobs while it is open.
fn snapshot(folder: &Path, beside: &Path) -> Result<(File, UnixStream), Failure> {
    let mut connection = SnapshotSocket::connect(folder)?;
    let copied = tempfile::tempfile_in(beside).and_then(|mut file| {
        let bytes = io::copy(&mut connection, &mut file)?;
        if bytes == 0 {
            return Err(io::Error::other("it said nothing; its log says why"));
        }
        Ok(file)
    });
    let copied = copied.map_err(Failure::when("cannot take the store's records"))?;
    Ok((copied, connection))
}

type Archive = Builder<io::BufWriter<File>>;

fn append_folder(
    archive: &mut Archive,
    root: &Path,
    folder: &Path,
    to: &Path,
    count: &mut u64,
) -> Result<(), Failure> {
    if folder == root.join(LEFT_OUT) {
        return Ok(());
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // Log groups may be deleted meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("read", folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed("read", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(failed("look at", &path))?;
        if kind.is_dir() {
            append_folder(archive, root, &path, to, count)?;
        } else if kind.is_file() && entry.file_name() != LOCK {
            append_file(archive, root, &path, to)?;
            *count += 1;
        }
    }
    Ok(())
}

/// A file as long as it is now. Segments may grow meanwhile, and blobs never change.
fn append_file(archive: &mut Archive, root: &Path, path: &Path, to: &Path) -> Result<(), Failure> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let length = file.metadata().map_err(failed("look at", path))?.len();
    let name = path
        .strip_prefix(root)
        .ok()
        .and_then(Path::to_str)
        .ok_or_else(|| Failure::new(format!("{} has no name to keep", path.display())))?;
    append(archive, name, length, &mut file, to)
}

fn append(
    archive: &mut Archive,
    name: &str,
    length: u64,
    content: &mut dyn Read,
    to: &Path,
) -> Result<(), Failure> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(length);
    let mut content = content.take(length);
    archive
        .append_data(&mut header, name, &mut content)
        .map_err(Failure::when(format!(
            "cannot copy {name} to {}",
            to.display()
        )))?;
    if content.limit() > 0 {
        return Err(Failure::new(format!(
            "{name} became shorter while it was copied; try again"
        )));
    }
    Ok(())
}
