//! Reads awsJson by walking a parsed document.
//!
//! Refusals are worded as AWS's JSON services word them (seen in clients' issue trackers as
//! `SerializationException: STRING_VALUE can not be converted to an Integer`).

use aws_schema::{Kind, ReadError, Reader, Schema, Timestamp, TimestampFormat};

use crate::reading::{self, Place};
use crate::timestamp;

pub(crate) use serde_json::Value;

/// A parsed request.
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ReadError> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        match serde_json::from_slice(body) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(ReadError::new(format!(
                "the body is not JSON: line {}, column {}",
                error.line(),
                error.column()
            ))),
        }
    }

    pub(crate) fn reader(&self) -> JsonReader<'_> {
        JsonReader::new(&self.0)
    }
}

/// Stands at one value of a document.
pub(crate) struct JsonReader<'a> {
    value: &'a Value,
    place: Place,
}

impl<'a> JsonReader<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self {
            value,
            place: Place::default(),
        }
    }

    /// The refusal of a value that should have been a `wanted`.
    fn unexpected(&self, wanted: &str) -> ReadError {
        ReadError::new(match self.value {
            Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
            Value::Array(_) => "Start of list found where not expected.".to_owned(),
            Value::Null => format!("NULL_VALUE can not be converted to {wanted}"),
            Value::Bool(true) => format!("TRUE_VALUE can not be converted to {wanted}"),
            Value::Bool(false) => format!("FALSE_VALUE can not be converted to {wanted}"),
            Value::Number(_) => format!("NUMBER_VALUE can not be converted to {wanted}"),
            Value::String(_) => format!("STRING_VALUE can not be converted to {wanted}"),
        })
    }
}

impl Reader for JsonReader<'_> {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(usize, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Value::Object(object) = self.value else {
            return Err(self.unexpected("a structure"));
        };
        for (index, member) in schema.members().iter().enumerate() {
            match object.get(member.name) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    let place = self.place.inside(member)?;
                    each(index, &mut JsonReader { value, place })?;
                }
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (Value::Array(items), Kind::List(item)) = (self.value, &schema.kind) else {
            return Err(self.unexpected("a list"));
        };
        let place = self.place.inside(item)?;
        for value in items {
            each(&mut JsonReader { value, place })?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (Value::Object(entries), Kind::Map(_, item)) = (self.value, &schema.kind) else {
            return Err(self.unexpected("a map"));
        };
        let place = self.place.inside(item)?;
        for (key, value) in entries {
            each(key.clone(), &mut JsonReader { value, place })?;
        }
        Ok(())
    }

    fn string(&mut self, _: &'static Schema) -> Result<String, ReadError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            _ => Err(self.unexpected("a String")),
        }
    }

    fn boolean(&mut self, _: &'static Schema) -> Result<bool, ReadError> {
        self.value
            .as_bool()
            .ok_or_else(|| self.unexpected("a Boolean"))
    }

    fn integer(&mut self, _: &'static Schema) -> Result<i64, ReadError> {
        let Value::Number(number) = self.value else {
            return Err(self.unexpected("an Integer"));
        };
        match number.as_i64() {
            Some(integer) => Ok(integer),
            None => reading::whole(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    fn float(&mut self, _: &'static Schema) -> Result<f64, ReadError> {
        match self.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => reading::named_float(text),
            _ => None,
        }
        .ok_or_else(|| self.unexpected("a Double"))
    }

    fn timestamp(&mut self, schema: &'static Schema) -> Result<Timestamp, ReadError> {
        let protocol = TimestampFormat::UnixSeconds;
        let format = self.place.timestamp_format(schema, protocol);
        match self.value {
            Value::Number(number) if format == TimestampFormat::UnixSeconds => {
                match number.as_i64() {
                    Some(seconds) => timestamp::from_whole_seconds(seconds),
                    None => timestamp::from_seconds(number.as_f64().unwrap_or(f64::NAN)),
                }
            }
            Value::String(text) if format != TimestampFormat::UnixSeconds => {
                timestamp::from_text(text, format)
            }
            _ => Err(self.unexpected("a Timestamp")),
        }
    }

    fn blob(&mut self, _: &'static Schema) -> Result<Vec<u8>, ReadError> {
        match self.value {
            Value::String(text) => reading::blob_from_base64(text),
            _ => Err(self.unexpected("a Blob")),
        }
    }
}
