//! How a record becomes bytes: JSON with the format's number before the data.

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::RecordError;

/// A type that is stored.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The format that this version writes. It is raised when an older reader would misread the
    /// data; a new member with a default is no new format.
    const FORMAT: u32;

    /// Reads the data of `format`, which is this version's or an older one.
    ///
    /// # Errors
    /// When the data is not of that format.
    fn read(_format: u32, data: &str) -> serde_json::Result<Self> {
        serde_json::from_str(data)
    }
}

#[derive(Serialize)]
struct Writing<'a, T> {
    format: u32,
    data: &'a T,
}

#[derive(Deserialize)]
struct Reading<'a> {
    format: u32,
    #[serde(borrow)]
    data: &'a serde_json::value::RawValue,
}

pub(crate) fn encode<R: Record>(key: &[u8], record: &R) -> Result<Bytes, RecordError> {
    let writing = Writing {
        format: R::FORMAT,
        data: record,
    };
    serde_json::to_vec(&writing)
        .map(Bytes::from)
        .map_err(|source| corrupt(key, source))
}

pub(crate) fn decode<R: Record>(key: &[u8], bytes: &[u8]) -> Result<R, RecordError> {
    // As `encode` writes it, the data can be read without being looked for. Whether that was right
    // is seen by its being read whole; what is not is left to the rest.
    if let Some(data) = data_of::<R>(bytes)
        && let Ok(record) = R::read(R::FORMAT, data)
    {
        return Ok(record);
    }
    let reading: Reading<'_> =
        serde_json::from_slice(bytes).map_err(|source| corrupt(key, source))?;
    if reading.format > R::FORMAT {
        return Err(RecordError::Newer {
            key: printable(key),
            found: reading.format,
            known: R::FORMAT,
        });
    }
    R::read(reading.format, reading.data.get()).map_err(|source| corrupt(key, source))
}

/// The data of a record that is written by this version.
fn data_of<R: Record>(bytes: &[u8]) -> Option<&str> {
    let (format, data) = std::str::from_utf8(bytes)
        .ok()?
        .strip_prefix("{\"format\":")?
        .strip_suffix('}')?
        .split_once(",\"data\":")?;
    (format.parse() == Ok(R::FORMAT)).then_some(data)
}

fn corrupt(key: &[u8], source: serde_json::Error) -> RecordError {
    RecordError::Corrupt {
        key: printable(key),
        source,
    }
}

pub(crate) fn printable(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
