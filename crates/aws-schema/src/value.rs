use std::collections::BTreeMap;
use std::fmt;

use crate::{Kind, ReadError, Reader, Schema, Timestamp, Writer};

/// A value that a schema describes. Implemented here for the simple types, lists and maps, and
/// for every [`Structure`]; generated code adds the enumerations.
pub trait Value: Sized + Send + Sync {
    /// Gives the value to `writer`.
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer);

    /// Takes a value from `reader`.
    ///
    /// # Errors
    /// When what stands there does not fit the schema.
    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError>;
}

/// A generated structure or union. Every member is an `Option`.
pub trait Structure: Default + Send + Sync {
    /// Its schema.
    const SCHEMA: &'static Schema;

    /// Gives every member that is present to `writer`, between begin and end.
    fn write_members(&self, writer: &mut dyn Writer);

    /// Takes the member at `index` of the schema from `reader`.
    ///
    /// # Errors
    /// When what stands there does not fit the member's schema.
    fn read_member(&mut self, index: usize, reader: &mut dyn Reader) -> Result<(), ReadError>;
}

impl<T: Structure> Value for T {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.begin_structure(schema);
        self.write_members(writer);
        writer.end_structure(schema);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        let mut value = Self::default();
        reader.structure(schema, &mut |index, reader| {
            value.read_member(index, reader)
        })?;
        Ok(value)
    }
}

/// A structure behind a pointer: what an operation returns before its protocol is known.
pub trait Shape: Send + Sync {
    /// Its schema.
    fn schema(&self) -> &'static Schema;
    /// Gives the whole value to `writer`.
    fn write(&self, writer: &mut dyn Writer);
}

impl<T: Structure> Shape for T {
    fn schema(&self) -> &'static Schema {
        T::SCHEMA
    }

    fn write(&self, writer: &mut dyn Writer) {
        Value::write(self, T::SCHEMA, writer);
    }
}

/// Writes the member at `index` of `schema` if it is present. For generated code.
pub fn write_member<T: Value>(
    writer: &mut dyn Writer,
    schema: &'static Schema,
    index: usize,
    value: &Option<T>,
) {
    if let (Some(value), Some(member)) = (value, schema.members().get(index)) {
        writer.member(member);
        value.write(member.target, writer);
    }
}

/// Reads the member at `index` of `schema` into `slot`. For generated code.
///
/// # Errors
/// When the schema has no such member, or what stands there does not fit the member's schema.
pub fn read_member<T: Value>(
    reader: &mut dyn Reader,
    schema: &'static Schema,
    index: usize,
    slot: &mut Option<T>,
) -> Result<(), ReadError> {
    let Some(member) = schema.members().get(index) else {
        return Err(ReadError::new("no such member in the model"));
    };
    *slot = Some(T::read(member.target, reader)?);
    Ok(())
}

impl Value for String {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.string(schema, self);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        reader.string(schema)
    }
}

impl Value for bool {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.boolean(schema, *self);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        reader.boolean(schema)
    }
}

impl Value for i32 {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.integer(schema, i64::from(*self));
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        Self::try_from(reader.integer(schema)?)
            .map_err(|_| ReadError::new("number out of range for a 32-bit integer"))
    }
}

impl Value for i64 {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.integer(schema, *self);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        reader.integer(schema)
    }
}

impl Value for f64 {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.float(schema, *self);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        reader.float(schema)
    }
}

impl Value for f32 {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.float(schema, f64::from(*self));
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding to the model's width is what the protocol asks for"
    )]
    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        Ok(reader.float(schema)? as Self)
    }
}

impl Value for Timestamp {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.timestamp(schema, *self);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        reader.timestamp(schema)
    }
}

/// Bytes, apart from a list of small integers.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Value for Blob {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        writer.blob(schema, &self.0);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        Ok(Self(reader.blob(schema)?))
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        let Kind::List(item) = schema.kind else {
            return;
        };
        writer.begin_list(schema, self.len());
        for value in self {
            value.write(item.target, writer);
        }
        writer.end_list(schema);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        let Kind::List(item) = schema.kind else {
            return Err(ReadError::new("not a list in the model"));
        };
        let mut values = Self::new();
        reader.list(schema, &mut |reader| {
            values.push(T::read(item.target, reader)?);
            Ok(())
        })?;
        Ok(values)
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    fn write(&self, schema: &'static Schema, writer: &mut dyn Writer) {
        let Kind::Map(_, item) = schema.kind else {
            return;
        };
        writer.begin_map(schema, self.len());
        for (key, value) in self {
            writer.key(key);
            value.write(item.target, writer);
        }
        writer.end_map(schema);
    }

    fn read(schema: &'static Schema, reader: &mut dyn Reader) -> Result<Self, ReadError> {
        let Kind::Map(_, item) = schema.kind else {
            return Err(ReadError::new("not a map in the model"));
        };
        let mut values = Self::new();
        reader.map(schema, &mut |key, reader| {
            values.insert(key, T::read(item.target, reader)?);
            Ok(())
        })?;
        Ok(values)
    }
}
