//! The times that an archive gives to directories, kept until all of it is unpacked: what is put into a
//! directory changes its time.

use std::collections::BTreeMap;

use rustix::fs::Timestamps;

use crate::layer_path::LayerPath;
use crate::limits::MAX_DIRECTORY_TIMES_BYTES;

#[derive(Debug, Default)]
pub(crate) struct DirectoryTimes {
    times: BTreeMap<LayerPath, Timestamps>,
    bytes: usize,
}

impl DirectoryTimes {
    /// Notes a directory's times; what was noted before of the same one is forgotten. False where
    /// all together take more memory than is accepted.
    pub(crate) fn note(&mut self, path: &LayerPath, times: Timestamps) -> bool {
        if let Some(known) = self.times.get_mut(path) {
            *known = times;
            return true;
        }
        self.bytes += path.as_bytes().len() + size_of::<(LayerPath, Timestamps)>();
        if self.bytes > MAX_DIRECTORY_TIMES_BYTES {
            return false;
        }
        self.times.insert(path.clone(), times);
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&LayerPath, &Timestamps)> {
        self.times.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::Timespec;

    fn at(tv_sec: i64) -> Timestamps {
        let time = Timespec { tv_sec, tv_nsec: 0 };
        Timestamps {
            last_access: time,
            last_modification: time,
        }
    }

    #[test]
    fn directories_take_so_much_memory_and_no_more_however_often_they_come() {
        let parents = format!("{}/", "x".repeat(200)).repeat(19);
        let path = |number: usize| LayerPath::parse(format!("{parents}{number:06}").as_bytes());
        let mut times = DirectoryTimes::default();
        let again = path(0).unwrap();
        let each = again.as_bytes().len() + size_of::<(LayerPath, Timestamps)>();
        let most = MAX_DIRECTORY_TIMES_BYTES / each;
        for second in 0..=i64::try_from(most).unwrap() {
            assert!(times.note(&again, at(second)));
        }
        for number in 1..most {
            assert!(times.note(&path(number).unwrap(), at(0)));
        }
        assert!(!times.note(&path(most).unwrap(), at(0)));
        // The last word on one counts.
        let (_, first) = times.iter().next().unwrap();
        let last = i64::try_from(most).unwrap();
        assert_eq!(first.last_modification.tv_sec, last);
    }
}
