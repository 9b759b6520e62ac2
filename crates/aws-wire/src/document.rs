//! Stores a generated shape inside a serde record, as its awsJson form.
//!
//! `#[serde(with = "aws_wire::document")]` on a field whose type is a generated structure, and
//! [`option`] and [`list`] on one that is an `Option` or a `Vec` of it. The stored form is the
//! wire's, so it has the wire's promise: members are added and never change their meaning.

use aws_schema::{Structure, Value as _};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json;

/// Writes `shape` as a JSON object.
///
/// # Errors
/// When the serializer fails.
pub fn serialize<T: Structure, S: Serializer>(shape: &T, to: S) -> Result<S::Ok, S::Error> {
    raw(shape).map_err(S::Error::custom)?.serialize(to)
}

/// Reads a shape from a JSON object.
///
/// # Errors
/// When what stands there is not the shape's awsJson form.
pub fn deserialize<'de, T: Structure, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    shape(&json::Value::deserialize(from)?)
}

/// The shape's awsJson form.
#[must_use]
pub fn to_text<T: Structure>(shape: &T) -> String {
    let mut writer = json::Writer::default();
    shape.write(T::SCHEMA, &mut writer);
    // The writer copies texts and adds ASCII, so nothing is replaced here.
    String::from_utf8(writer.into_bytes())
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn raw<T: Structure>(shape: &T) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(to_text(shape))
}

fn shape<T: Structure, E: serde::de::Error>(value: &json::Value) -> Result<T, E> {
    T::read(T::SCHEMA, &mut json::JsonReader::new(value)).map_err(E::custom)
}

/// For a field that is an `Option` of a generated structure.
pub mod option {
    use super::{
        Deserialize as _, Deserializer, Serialize as _, Serializer, Structure, json, raw, shape,
    };
    use serde::ser::Error as _;

    /// Writes the shape as a JSON object, or null.
    ///
    /// # Errors
    /// When the serializer fails.
    pub fn serialize<T: Structure, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let document = value.as_ref().map(raw).transpose();
        document.map_err(S::Error::custom)?.serialize(to)
    }

    /// Reads a shape from a JSON object, or from null.
    ///
    /// # Errors
    /// When what stands there is neither.
    pub fn deserialize<'de, T: Structure, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let document = Option::<json::Value>::deserialize(from)?;
        document.as_ref().map(shape).transpose()
    }
}

/// For a field that is a `Vec` of a generated structure.
pub mod list {
    use super::{
        Deserialize as _, Deserializer, Serialize as _, Serializer, Structure, json, raw, shape,
    };
    use serde::ser::Error as _;

    /// Writes the shapes as a JSON array.
    ///
    /// # Errors
    /// When the serializer fails.
    pub fn serialize<T: Structure, S: Serializer>(values: &[T], to: S) -> Result<S::Ok, S::Error> {
        let documents: Result<Vec<_>, _> = values.iter().map(raw).collect();
        documents.map_err(S::Error::custom)?.serialize(to)
    }

    /// Reads shapes from a JSON array.
    ///
    /// # Errors
    /// When what stands there is not an array of them.
    pub fn deserialize<'de, T: Structure, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        let documents = Vec::<json::Value>::deserialize(from)?;
        documents.iter().map(shape).collect()
    }
}
