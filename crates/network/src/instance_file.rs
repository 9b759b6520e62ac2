//! An instance's id, kept beside what it names.
//!
//! Chosen once, at random, and written down: the data folder can be moved, and what the instance has in
//! the kernel is found again from there.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use ambient::Random;

use crate::{Error, InstanceId};

/// In the folder of [`crate::linux::Config::state`].
const INSTANCE_FILE: &str = "instance";
/// Random bytes of an id: six digits.
const INSTANCE_ID_RANDOM_BYTES: usize = 3;

/// The id of the instance whose state is kept in `state`; chosen and written down when there is none.
///
/// A state of a version that wrote down none (the folder is there, the file is not) keeps the id that it
/// had, which is that of `earlier_seed`.
///
/// # Errors
/// [`Error::File`] for what cannot be read or written, [`Error::Invalid`] when something else is in the file.
pub fn instance_id(
    state: &Path,
    earlier_seed: &str,
    random: &dyn Random,
) -> Result<InstanceId, Error> {
    let path = state.join(INSTANCE_FILE);
    let failed = |attempt| {
        let path = path.clone();
        move |source| Error::File {
            attempt,
            path,
            source,
        }
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => return InstanceId::new(text.trim()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("read")(error)),
    }
    let id = if state.exists() {
        InstanceId::from_seed(earlier_seed)
    } else {
        std::fs::create_dir_all(state).map_err(failed("make the folder of"))?;
        InstanceId::new(random.hex::<INSTANCE_ID_RANDOM_BYTES>())?
    };
    // Unlike the rest of the folder it must outlive a power cut: a table of the name may too, in a saved
    // rule set.
    let aside = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = File::create(&aside)?;
        writeln!(file, "{id}")?;
        file.sync_all()?;
        std::fs::rename(&aside, &path)?;
        File::open(state)?.sync_all()
    };
    write().map_err(failed("write"))?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    fn counting() -> Counting {
        Counting(1.into())
    }

    #[test]
    fn an_id_moves_with_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a/network"), folder.path().join("b"));
        let random = counting();
        let id = instance_id(&first, "/a", &random).unwrap();
        assert_eq!(id.as_str(), "010203");
        assert_eq!(instance_id(&first, "/a", &random).unwrap(), id);
        std::fs::rename(&first, &second).unwrap();
        assert_eq!(instance_id(&second, "/b", &random).unwrap(), id);
        // Another that is made where the first was is another.
        assert_ne!(instance_id(&first, "/a", &random).unwrap(), id);
    }

    #[test]
    fn a_state_of_an_earlier_version_keeps_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let id = instance_id(folder.path(), "/a", &counting()).unwrap();
        assert_eq!(id, InstanceId::from_seed("/a"));
        // And from now on it is written down.
        assert_eq!(instance_id(folder.path(), "/b", &counting()).unwrap(), id);
        std::fs::write(folder.path().join(INSTANCE_FILE), "no id").unwrap();
        assert!(instance_id(folder.path(), "/a", &counting()).is_err());
    }
}
