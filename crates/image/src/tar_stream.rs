//! Reads a tar archive entry by entry: ustar, GNU and PAX, with every extension bounded.
//!
//! The `tar` crate's headers are used for their fields; its own iterator is not, because it
//! reads extension records of any size into memory. What an entry means for a file system is
//! `unpack`'s business.

use std::io::{self, Read};

use tar::{EntryType, Header};

use crate::limits::{MAX_EXTENSION_BYTES, MAX_XATTR_BYTES};

const BLOCK_BYTES: usize = 512;

#[derive(Debug, thiserror::Error)]
pub(crate) enum TarError {
    #[error("{0}")]
    Read(#[from] io::Error),
    #[error("not a tar archive that can be read: {0}")]
    Malformed(&'static str),
    #[error("{0}")]
    Unsupported(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    Symlink,
    HardLink,
    Device,
    Fifo,
}

/// One entry; its body, if it is a file, is read from the stream before the next entry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) path: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mtime_seconds: i64,
    pub(crate) mtime_nanoseconds: u32,
    /// Extended attributes by name.
    pub(crate) xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

pub(crate) struct TarStream<R> {
    reader: R,
    /// Bytes of the current entry's body that are not read yet.
    body: u64,
    /// Bytes after the body up to the next block.
    padding: u64,
}

impl<R: Read> TarStream<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            body: 0,
            padding: 0,
        }
    }

    /// The next entry; none at the archive's end.
    pub(crate) fn next_entry(&mut self) -> Result<Option<Entry>, TarError> {
        let mut extensions = Extensions::default();
        loop {
            self.skip_body()?;
            let Some(block) = self.read_block()? else {
                return Ok(None);
            };
            let header = Header::from_byte_slice(&block);
            let size = field(header.entry_size())?;
            match header.entry_type() {
                EntryType::XHeader => extensions.read_pax(&self.extension(size)?)?,
                EntryType::XGlobalHeader => {
                    self.extension(size)?;
                }
                EntryType::GNULongName => extensions.path = Some(text(self.extension(size)?)),
                EntryType::GNULongLink => extensions.link = Some(text(self.extension(size)?)),
                _ => return self.entry(header, extensions).map(Some),
            }
        }
    }

    /// Reads the current file's body; 0 at its end.
    pub(crate) fn read_body(&mut self, buffer: &mut [u8]) -> Result<usize, TarError> {
        let length = buffer
            .len()
            .min(usize::try_from(self.body).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..length) else {
            return Ok(0);
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.reader.read(buffer)?;
        if read == 0 {
            return Err(TarError::Malformed("it ends within a file"));
        }
        self.body -= read as u64;
        Ok(read)
    }

    /// The reader, to read what follows the archive.
    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    fn entry(&mut self, header: &Header, extensions: Extensions) -> Result<Entry, TarError> {
        let path = extensions
            .path
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let kind = match header.entry_type() {
            // Archives from before POSIX mark directories by their names.
            EntryType::Regular | EntryType::Continuous if path.ends_with(b"/") => Kind::Directory,
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Directory => Kind::Directory,
            EntryType::Symlink => Kind::Symlink,
            EntryType::Link => Kind::HardLink,
            EntryType::Char | EntryType::Block => Kind::Device,
            EntryType::Fifo => Kind::Fifo,
            other => {
                return Err(TarError::Unsupported(format!(
                    "an entry of type {:#04x}, which is not supported",
                    other.as_byte()
                )));
            }
        };
        let size = match extensions.size {
            Some(size) => size,
            None => field(header.entry_size())?,
        };
        // Other kinds have no body, whatever their size field says.
        let size = if kind == Kind::File { size } else { 0 };
        self.expect_body(size);
        let (mtime_seconds, mtime_nanoseconds) = match extensions.mtime {
            Some(mtime) => mtime,
            None => (i64::try_from(field(header.mtime())?).unwrap_or(0), 0),
        };
        Ok(Entry {
            kind,
            path,
            link: extensions
                .link
                .or_else(|| header.link_name_bytes().map(|name| name.into_owned()))
                .unwrap_or_default(),
            mode: field(header.mode())? & 0o7777,
            uid: owner(extensions.uid, header.uid())?,
            gid: owner(extensions.gid, header.gid())?,
            mtime_seconds,
            mtime_nanoseconds,
            xattrs: extensions.xattrs,
        })
    }

    fn expect_body(&mut self, size: u64) {
        let block = BLOCK_BYTES as u64;
        self.body = size;
        self.padding = (block - size % block) % block;
    }

    /// Goes to the next header. Some writers (umoci 0.4.7) leave the last file without its
    /// padding and the archive without its end; readers in Go take that, so it is in use.
    fn skip_body(&mut self) -> Result<(), TarError> {
        let (body, padding) = (self.body, self.padding);
        (self.body, self.padding) = (0, 0);
        let body_skipped = io::copy(&mut self.reader.by_ref().take(body), &mut io::sink())?;
        let skipped = io::copy(&mut self.reader.by_ref().take(padding), &mut io::sink())?;
        if body_skipped < body || (skipped < padding && skipped > 0) {
            return Err(TarError::Malformed("it ends within an entry"));
        }
        Ok(())
    }

    /// The body of an extension entry.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > MAX_EXTENSION_BYTES {
            return Err(TarError::Malformed("an extension record is too large"));
        }
        self.expect_body(size);
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..)
            && !rest.is_empty()
        {
            filled += self.read_body(rest)?;
        }
        Ok(bytes)
    }

    /// The next header, its checksum verified; none at the end: a block of zeros, or no more.
    fn read_block(&mut self) -> Result<Option<[u8; BLOCK_BYTES]>, TarError> {
        let mut block = [0; BLOCK_BYTES];
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..)
            && !rest.is_empty()
        {
            match self.reader.read(rest)? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(TarError::Malformed("it ends within a header")),
                read => filled += read,
            }
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        // The sum of all bytes, the eight of the checksum itself taken as spaces.
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| match at {
                148..156 => u32::from(b' '),
                _ => u32::from(*byte),
            })
            .sum();
        if field(Header::from_byte_slice(&block).cksum())? != sum {
            return Err(TarError::Malformed("a header's checksum is wrong"));
        }
        Ok(Some(block))
    }
}

fn field<T>(value: io::Result<T>) -> Result<T, TarError> {
    value.map_err(|_| TarError::Malformed("a header has a number that cannot be read"))
}

fn owner(extension: Option<u64>, header: io::Result<u64>) -> Result<u32, TarError> {
    let id = match extension {
        Some(id) => id,
        None => field(header)?,
    };
    u32::try_from(id)
        .ok()
        // The last number means "leave it as it is" to chown.
        .filter(|id| *id != u32::MAX)
        .ok_or(TarError::Malformed(
            "an owner that is no user or group number",
        ))
}

/// A GNU long name ends with a zero byte.
fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes
}

/// What PAX and GNU records say of the entry that follows them.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<(i64, u32)>,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    xattr_bytes: usize,
}

impl Extensions {
    /// Records of the form `LENGTH KEY=VALUE\n`, the length counting itself (POSIX pax).
    /// Values may hold any byte, so they are cut by length and not by line.
    fn read_pax(&mut self, mut bytes: &[u8]) -> Result<(), TarError> {
        const MALFORMED: TarError = TarError::Malformed("a PAX record cannot be read");
        while !bytes.is_empty() {
            let space = bytes
                .iter()
                .position(|byte| *byte == b' ')
                .ok_or(MALFORMED)?;
            let length: usize = bytes.get(..space).and_then(number).ok_or(MALFORMED)?;
            let record = bytes.get(space + 1..length).ok_or(MALFORMED)?;
            let record = record.strip_suffix(b"\n").ok_or(MALFORMED)?;
            let equals = record
                .iter()
                .position(|byte| *byte == b'=')
                .ok_or(MALFORMED)?;
            let (key, value) = record.split_at_checked(equals).ok_or(MALFORMED)?;
            self.set(key, value.get(1..).unwrap_or_default())?;
            bytes = bytes.get(length..).ok_or(MALFORMED)?;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<(), TarError> {
        const MALFORMED: TarError = TarError::Malformed("a PAX value cannot be read");
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(number(value).ok_or(MALFORMED)?),
            b"uid" => self.uid = Some(number(value).ok_or(MALFORMED)?),
            b"gid" => self.gid = Some(number(value).ok_or(MALFORMED)?),
            b"mtime" => self.mtime = Some(moment(value).ok_or(MALFORMED)?),
            sparse if sparse.starts_with(b"GNU.sparse.") => {
                return Err(TarError::Unsupported(
                    "a sparse file in GNU form, which is not supported".to_owned(),
                ));
            }
            other => {
                if let Some(name) = other.strip_prefix(b"SCHILY.xattr.") {
                    self.xattr_bytes += name.len() + value.len();
                    if self.xattr_bytes > MAX_XATTR_BYTES {
                        return Err(TarError::Malformed(
                            "an entry has more extended attributes than a kernel keeps",
                        ));
                    }
                    self.xattrs.push((name.to_vec(), value.to_vec()));
                }
            }
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    // FromStr would also take a sign.
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        std::str::from_utf8(bytes).ok()?.parse().ok()
    } else {
        None
    }
}

/// Decimal seconds since 1970 with an optional sign and fraction.
fn moment(bytes: &[u8]) -> Option<(i64, u32)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let nanoseconds: u32 = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if whole.starts_with('-') && nanoseconds > 0 {
        // The fraction of a negative number counts away from zero.
        return Some((seconds.checked_sub(1)?, 1_000_000_000 - nanoseconds));
    }
    Some((seconds, nanoseconds))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(archive: &[u8]) -> Result<Vec<(Entry, Vec<u8>)>, TarError> {
        let mut stream = TarStream::new(archive);
        let mut entries = Vec::new();
        while let Some(entry) = stream.next_entry()? {
            let mut body = Vec::new();
            let mut buffer = [0; 100];
            loop {
                match stream.read_body(&mut buffer)? {
                    0 => break,
                    read => body.extend_from_slice(&buffer[..read]),
                }
            }
            entries.push((entry, body));
        }
        Ok(entries)
    }

    fn archive(build: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        build(&mut builder);
        builder.into_inner().unwrap()
    }

    fn file(size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(7);
        header
    }

    #[test]
    fn pax_records_override_the_header_byte_for_byte() {
        let bytes = archive(|builder| {
            builder
                .append_pax_extensions([
                    ("path", &b"long/name"[..]),
                    ("mtime", b"-1.25"),
                    ("uid", b"3000000"),
                    ("SCHILY.xattr.security.capability", b"a\n8 b=c\0\n"),
                ])
                .unwrap();
            builder
                .append_data(&mut file(3), "short", &b"abc"[..])
                .unwrap();
            builder.append_data(&mut file(0), "next", &b""[..]).unwrap();
        });
        let entries = entries(&bytes).unwrap();
        let (first, body) = &entries[0];
        assert_eq!(first.path, b"long/name");
        assert_eq!(body, b"abc");
        assert_eq!(
            (first.mtime_seconds, first.mtime_nanoseconds),
            (-2, 750_000_000)
        );
        assert_eq!(first.uid, 3_000_000);
        assert_eq!(
            first.xattrs,
            [(b"security.capability".to_vec(), b"a\n8 b=c\0\n".to_vec())]
        );
        let (second, _) = &entries[1];
        assert_eq!((second.path.as_slice(), second.uid), (&b"next"[..], 0));
        assert!(second.xattrs.is_empty());
    }

    #[test]
    fn gnu_long_names_are_read() {
        let name = "n".repeat(150) + "/" + &"m".repeat(200);
        let bytes = archive(|builder| {
            let mut header = Header::new_gnu();
            header.set_size(0);
            header.set_mode(0o600);
            header.set_uid(1);
            header.set_gid(2);
            header.set_mtime(0);
            header.set_entry_type(EntryType::Symlink);
            builder.append_link(&mut header, &name, &name).unwrap();
        });
        let entries = entries(&bytes).unwrap();
        assert_eq!(entries[0].0.path, name.as_bytes());
        assert_eq!(entries[0].0.link, name.as_bytes());
        assert_eq!(entries[0].0.kind, Kind::Symlink);
    }

    #[test]
    fn wrong_archives_are_refused() {
        let good = archive(|builder| {
            builder
                .append_data(&mut file(600), "a", &[1; 600][..])
                .unwrap();
        });
        let mut flipped = good.clone();
        flipped[3] ^= 1;
        let oversized = archive(|builder| {
            let mut header = file(MAX_EXTENSION_BYTES + 1);
            header.set_entry_type(EntryType::GNULongName);
            header.set_cksum();
            builder
                .append(&header, io::repeat(b'x').take(MAX_EXTENSION_BYTES + 1))
                .unwrap();
        });
        let sparse = archive(|builder| {
            builder
                .append_pax_extensions([("GNU.sparse.major", &b"1"[..])])
                .unwrap();
            builder.append_data(&mut file(0), "a", &b""[..]).unwrap();
        });
        for (name, bytes, word) in [
            ("cut in the header", &good[..100], "within a header"),
            ("cut in the body", &good[..700], "within a file"),
            ("a flipped bit", &flipped, "checksum"),
            ("a huge extension", &oversized, "too large"),
            ("a sparse file", &sparse, "sparse"),
            ("text", &[b'x'; 512], "cannot be read"),
        ] {
            let error = entries(bytes).unwrap_err().to_string();
            assert!(error.contains(word), "{name}: {error}");
        }
        assert!(entries(&good[..1200]).is_err(), "cut in the padding");
        // Nothing after the last byte of the last file, and nothing at all.
        assert_eq!(entries(&good[..512 + 600]).unwrap().len(), 1);
        assert!(entries(&[]).unwrap().is_empty());
    }

    #[test]
    fn pax_records_that_lie_about_their_length_are_refused() {
        for record in [
            "", "x", "5 a=b", "6 a=b\n7", "3 a=b\n", "99 a=b\n", "+6 a=b\n", "5 ab\n", "0 a=b\n",
            "1 =\n",
        ] {
            let mut extensions = Extensions::default();
            let read = extensions.read_pax(record.as_bytes());
            assert_eq!(read.is_ok(), record.is_empty(), "{record:?}");
        }
    }

    #[test]
    fn an_entry_has_no_more_attributes_than_a_kernel_keeps() {
        let with = |attributes: &[(String, usize)]| {
            let bytes = archive(|builder| {
                let values: Vec<_> = attributes
                    .iter()
                    .map(|(name, bytes)| (format!("SCHILY.xattr.{name}"), vec![b'v'; *bytes]))
                    .collect();
                let records = values.iter().map(|(name, value)| (name.as_str(), &**value));
                builder.append_pax_extensions(records).unwrap();
                builder.append_data(&mut file(0), "a", &b""[..]).unwrap();
            });
            entries(&bytes).map(|found| found[0].0.xattrs.len())
        };
        let name = "user.a".to_owned();
        let most = MAX_XATTR_BYTES - name.len();
        assert_eq!(with(&[(name.clone(), most)]).unwrap(), 1);
        for attributes in [
            vec![(name.clone(), most + 1)],
            // Many small ones are as much as a large one.
            (0..2000)
                .map(|number| (format!("user.{number:030}"), 1))
                .collect(),
        ] {
            let error = with(&attributes).unwrap_err().to_string();
            assert!(error.contains("more extended attributes"), "{error}");
        }
        // Those of one entry are not the next one's.
        let bytes = archive(|builder| {
            for path in ["a", "b"] {
                let value = vec![b'v'; most];
                builder
                    .append_pax_extensions([("SCHILY.xattr.user.a", value.as_slice())])
                    .unwrap();
                builder.append_data(&mut file(0), path, &b""[..]).unwrap();
            }
        });
        assert_eq!(entries(&bytes).unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_entries_or_an_error(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..2048),
            kind in any::<u8>(),
        ) {
            // A valid checksum lets the reader get past the first gate.
            if let Some(block) = bytes.get_mut(..512) {
                block[156] = kind;
                let mut header = Header::from_byte_slice(block).clone();
                header.set_cksum();
                block.copy_from_slice(header.as_bytes());
            }
            let _ = entries(&bytes);
        }

        #[test]
        fn any_pax_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Extensions::default().read_pax(&bytes);
        }
    }
}
