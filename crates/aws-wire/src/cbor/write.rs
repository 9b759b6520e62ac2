//! Writes CBOR straight into bytes.
//!
//! Structures have indefinite lengths, for a writer learns of members one by one; lists and maps
//! have definite ones.

use std::convert::Infallible;

use aws_schema::{Kind, Member, Schema, Timestamp};
use minicbor::Encoder;
use minicbor::data::{IanaTag, Tag};

/// Collects one CBOR item.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Opens a map that is no shape: an error, whose code stands beside its members.
    pub(crate) fn begin_object(&mut self) {
        self.put(|encoder| encoder.begin_map().map(drop));
    }

    /// A member of such a map.
    pub(crate) fn text_member(&mut self, name: &str, value: &str) {
        self.put(|encoder| encoder.str(name)?.str(value).map(drop));
    }

    pub(crate) fn end_object(&mut self) {
        self.put(|encoder| encoder.end().map(drop));
    }

    /// Writing into memory cannot fail, as the error's type says.
    fn put(
        &mut self,
        write: impl FnOnce(
            &mut Encoder<&mut Vec<u8>>,
        ) -> Result<(), minicbor::encode::Error<Infallible>>,
    ) {
        let result = write(&mut Encoder::new(&mut self.out));
        debug_assert!(result.is_ok(), "an encoder into memory failed");
    }
}

impl aws_schema::Writer for Writer {
    fn begin_structure(&mut self, _: &'static Schema) {
        self.begin_object();
    }

    fn member(&mut self, member: &'static Member) {
        self.key(member.name);
    }

    fn end_structure(&mut self, _: &'static Schema) {
        self.end_object();
    }

    fn begin_list(&mut self, _: &'static Schema, len: usize) {
        self.put(|encoder| encoder.array(len as u64).map(drop));
    }

    fn end_list(&mut self, _: &'static Schema) {}

    fn begin_map(&mut self, _: &'static Schema, len: usize) {
        self.put(|encoder| encoder.map(len as u64).map(drop));
    }

    fn key(&mut self, key: &str) {
        self.put(|encoder| encoder.str(key).map(drop));
    }

    fn end_map(&mut self, _: &'static Schema) {}

    fn string(&mut self, _: &'static Schema, value: &str) {
        self.put(|encoder| encoder.str(value).map(drop));
    }

    fn boolean(&mut self, _: &'static Schema, value: bool) {
        self.put(|encoder| encoder.bool(value).map(drop));
    }

    fn integer(&mut self, _: &'static Schema, value: i64) {
        self.put(|encoder| encoder.i64(value).map(drop));
    }

    fn float(&mut self, schema: &'static Schema, value: f64) {
        if matches!(schema.kind, Kind::Float) {
            // Typed clients decode a float at its own width and refuse a wider one.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the value was widened from the model's width before"
            )]
            self.put(|encoder| encoder.f32(value as f32).map(drop));
        } else {
            self.put(|encoder| encoder.f64(value).map(drop));
        }
    }

    fn timestamp(&mut self, _: &'static Schema, value: Timestamp) {
        let tag = Tag::from(IanaTag::Timestamp);
        let millis = value.as_millis();
        if millis % 1000 == 0 {
            self.put(|encoder| encoder.tag(tag)?.i64(millis / 1000).map(drop));
        } else {
            #[expect(
                clippy::cast_precision_loss,
                reason = "exact up to the year 287396; the protocol has no finer form"
            )]
            let seconds = millis as f64 / 1000.0;
            self.put(|encoder| encoder.tag(tag)?.f64(seconds).map(drop));
        }
    }

    fn blob(&mut self, _: &'static Schema, value: &[u8]) {
        self.put(|encoder| encoder.bytes(value).map(drop));
    }
}
