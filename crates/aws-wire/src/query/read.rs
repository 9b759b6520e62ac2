//! Reads a form by walking its tree.
//!
//! What the two dialects name differently (both as Smithy's specifications of the protocols say,
//! and as botocore's serialisers do):
//!
//! | | awsQuery | ec2Query |
//! | --- | --- | --- |
//! | member | `locationName`, else its name | `queryName`, else the former, capitalised |
//! | list | `.member.N`, or the item's own name | `.N` |
//! | flattened list | `.N`; the item's own name takes the list's place | the same as any |
//! | map | `.entry.N.key`, `.entry.N.value`; flattened without `.entry` | has none |
//! | empty list | an empty parameter | cannot be said |

use aws_schema::{Kind, Member, ReadError, Reader, Schema, Timestamp, TimestampFormat};

use super::form::{Dialect, Node};
use crate::reading::{self, Place};
use crate::timestamp;

/// Stands at one node of a form.
pub(crate) struct FormReader<'a> {
    dialect: Dialect,
    node: &'a Node,
    place: Place,
}

impl<'a> FormReader<'a> {
    pub(super) fn new(dialect: Dialect, node: &'a Node) -> Self {
        Self {
            dialect,
            node,
            place: Place::default(),
        }
    }

    fn inside(&self, node: &'a Node, member: &Member) -> Result<Self, ReadError> {
        Ok(Self {
            dialect: self.dialect,
            node,
            place: self.place.inside(member)?,
        })
    }

    /// The name that a structure's member has in the form.
    fn member_name(&self, member: &Member) -> String {
        match self.dialect {
            Dialect::Aws => {
                let item_name = match &member.target.kind {
                    Kind::List(item) if member.flattened => item.location_name,
                    _ => None,
                };
                item_name
                    .or(member.location_name)
                    .unwrap_or(member.name)
                    .to_owned()
            }
            Dialect::Ec2 => match member.query_name {
                Some(name) => name.to_owned(),
                None => capitalised(member.location_name.unwrap_or(member.name)),
            },
        }
    }

    /// The node under which the numbers of a list's items or a map's entries stand. `None` is
    /// the empty list.
    fn numbered(&self, wrapper: &str) -> Result<Option<&'a Node>, ReadError> {
        if self.node.children.is_empty() {
            return match self.node.value.as_deref() {
                None | Some("") => Ok(None),
                Some(_) => Err(ReadError::new("a list or map has a value of its own")),
            };
        }
        if self.place.flattened() || self.dialect == Dialect::Ec2 {
            return Ok(Some(self.node));
        }
        match self.node.child(wrapper) {
            Some(node) => Ok(Some(node)),
            None => Err(ReadError::new(format!(
                "expected parameters that go on with .{wrapper}.1"
            ))),
        }
    }

    fn text(&self) -> Result<&'a str, ReadError> {
        match self.node.value.as_deref() {
            Some(text) => Ok(text),
            None => Err(ReadError::new("expected a value, found parts of one")),
        }
    }
}

impl Reader for FormReader<'_> {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(usize, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        for (index, member) in schema.members().iter().enumerate() {
            if let Some(node) = self.node.child(&self.member_name(member)) {
                each(index, &mut self.inside(node, member)?)?;
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(&mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Kind::List(item) = &schema.kind else {
            return Err(ReadError::new("not a list in the model"));
        };
        let Some(items) = self.numbered(item.location_name.unwrap_or("member"))? else {
            return Ok(());
        };
        for (name, node) in &items.children {
            if name.index().is_none() {
                return Err(ReadError::new("an item of a list has no number"));
            }
            each(&mut self.inside(node, item)?)?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        schema: &'static Schema,
        each: &mut dyn FnMut(String, &mut dyn Reader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Kind::Map(key, value) = &schema.kind else {
            return Err(ReadError::new("not a map in the model"));
        };
        let Some(entries) = self.numbered("entry")? else {
            return Ok(());
        };
        for (name, entry) in &entries.children {
            if name.index().is_none() {
                return Err(ReadError::new("an entry of a map has no number"));
            }
            let key_node = entry.child(key.location_name.unwrap_or("key"));
            let value_node = entry.child(value.location_name.unwrap_or("value"));
            let (Some(key_text), Some(value_node)) =
                (key_node.and_then(|node| node.value.clone()), value_node)
            else {
                return Err(ReadError::new("an entry of a map lacks its key or value"));
            };
            each(key_text, &mut self.inside(value_node, value)?)?;
        }
        Ok(())
    }

    fn string(&mut self, _: &'static Schema) -> Result<String, ReadError> {
        Ok(self.text()?.to_owned())
    }

    fn boolean(&mut self, _: &'static Schema) -> Result<bool, ReadError> {
        match self.text()? {
            text if text.eq_ignore_ascii_case("true") => Ok(true),
            text if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(ReadError::new("expected true or false")),
        }
    }

    fn integer(&mut self, _: &'static Schema) -> Result<i64, ReadError> {
        self.text()?
            .parse()
            .map_err(|_| ReadError::new("expected an integer of up to 64 bits"))
    }

    fn float(&mut self, _: &'static Schema) -> Result<f64, ReadError> {
        let text = self.text()?;
        if let Some(value) = reading::named_float(text) {
            return Ok(value);
        }
        text.parse()
            .ok()
            // Rust also reads `inf` and `nan`, which the protocol does not know.
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| ReadError::new("expected a number"))
    }

    fn timestamp(&mut self, schema: &'static Schema) -> Result<Timestamp, ReadError> {
        let format = self
            .place
            .timestamp_format(schema, TimestampFormat::Iso8601);
        timestamp::from_text(self.text()?, format)
    }

    fn blob(&mut self, _: &'static Schema) -> Result<Vec<u8>, ReadError> {
        reading::blob_from_base64(self.text()?)
    }
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(characters)
        .collect()
}
