//! Reads CBOR by walking a parsed tree.

use aws_schema::{Kind, ReadError, Reader, Schema, Timestamp};

use super::tree::{self, Item, Seconds};
use crate::reading::{self, Place};
use crate::timestamp;

/// A parsed request.
pub(crate) struct Document(Item);

impl Document {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ReadError> {
        // An operation without input has no body (smithy-rpc-v2, "Requests").
        if body.is_empty() {
            return Ok(Self(Item::Map(Vec::new())));
        }
        Ok(Self(tree::parse(body)?))
    }

    pub(crate) fn reader(&self) -> CborReader<'_> {
        CborReader {
            item: &self.0,
            place: Place::default(),
        }
    }
}

/// Stands at one item of a document.
pub(crate) struct CborReader<'a> {
    item: &'a Item,
    place: Place,
}

impl CborReader<'_> {
    fn unexpected(&self, wanted: &str) -> ReadError {
        let found = match self.item {
            Item::Null => "null",
            Item::Bool(_) => "a boolean",
            Item::Integer(_) => "an integer",
            Item::Float(_) => "a float",
            Item::Text(_) => "a text",
            Item::Bytes(_) => "bytes",
            Item::List(_) => "a list",
            Item::Map(_) => "a map",
            Item::Moment(_) => "a timestamp",
        };
        ReadError::new(format!("expected {wanted}, found {found}"))
    }
}

impl Reader for CborReader<'_> {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(usize, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Item::Map(entries) = self.item else {
            return Err(self.unexpected("a structure"));
        };
        let members = schema.members();
        for (key, item) in entries {
            let found = members.iter().position(|member| member.name == key);
            let Some((index, member)) = found.and_then(|at| Some((at, members.get(at)?))) else {
                continue;
            };
            if *item != Item::Null {
                let place = self.place.inside(member)?;
                each(index, &mut CborReader { item, place })?;
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (Item::List(items), Kind::List(member)) = (self.item, &schema.kind) else {
            return Err(self.unexpected("a list"));
        };
        let place = self.place.inside(member)?;
        for item in items {
            each(&mut CborReader { item, place })?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let (Item::Map(entries), Kind::Map(_, member)) = (self.item, &schema.kind) else {
            return Err(self.unexpected("a map"));
        };
        let place = self.place.inside(member)?;
        for (key, item) in entries {
            each(key.clone(), &mut CborReader { item, place })?;
        }
        Ok(())
    }

    fn string(&mut self, _: &'static Schema) -> Result<String, ReadError> {
        match self.item {
            Item::Text(text) => Ok(text.clone()),
            _ => Err(self.unexpected("a text")),
        }
    }

    fn boolean(&mut self, _: &'static Schema) -> Result<bool, ReadError> {
        match self.item {
            Item::Bool(value) => Ok(*value),
            _ => Err(self.unexpected("a boolean")),
        }
    }

    fn integer(&mut self, _: &'static Schema) -> Result<i64, ReadError> {
        match self.item {
            Item::Integer(value) => Ok(*value),
            Item::Float(value) => reading::whole(*value),
            _ => Err(self.unexpected("an integer")),
        }
    }

    fn float(&mut self, _: &'static Schema) -> Result<f64, ReadError> {
        match self.item {
            Item::Float(value) => Ok(*value),
            #[expect(
                clippy::cast_precision_loss,
                reason = "the model asks for a float: the nearest one is what it means"
            )]
            Item::Integer(value) => Ok(*value as f64),
            _ => Err(self.unexpected("a float")),
        }
    }

    fn timestamp(&mut self, _: &'static Schema) -> Result<Timestamp, ReadError> {
        match self.item {
            Item::Moment(Seconds::Whole(seconds)) => timestamp::from_whole_seconds(*seconds),
            Item::Moment(Seconds::Fraction(seconds)) => timestamp::from_seconds(*seconds),
            _ => Err(self.unexpected("a timestamp under tag 1")),
        }
    }

    fn blob(&mut self, _: &'static Schema) -> Result<Vec<u8>, ReadError> {
        match self.item {
            Item::Bytes(bytes) => Ok(bytes.clone()),
            _ => Err(self.unexpected("bytes")),
        }
    }
}
