//! How each protocol writes an error.
//!
//! | protocol | code | message | the error's other members |
//! | --- | --- | --- | --- |
//! | awsJson | `__type` | `message` | beside it |
//! | smithy-rpc-v2-cbor | `__type` | `message` | beside it |
//! | awsQuery | `ErrorResponse/Error/Code` | `Message` | beside it |
//! | ec2Query | `Response/Errors/Error/Code` | `Message` | beside it |
//!
//! `__type` is the bare name of the shape: clients take what follows a `#`, or all. The header
//! `x-amzn-errortype` belongs to the REST protocols and is not written.

use aws_schema::{Member, Protocol, Schema, ServiceSchema, Shape, Timestamp, Writer};

use crate::codec::{Encoded, framed};
use crate::{cbor, json, xml};

/// An error that is to be answered.
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    /// The code, for instance `ClusterNotFoundException`, or of a Query service `NoSuchEntity`.
    pub code: &'a str,
    /// The HTTP status, which the gateway sends; here it only tells whose fault it is.
    pub status: u16,
    /// The message; it stands in place of the shape's own.
    pub message: &'a str,
    /// The declared error, unless it is one that its model does not declare.
    pub shape: Option<&'a dyn Shape>,
}

impl Failure<'_> {
    /// Whose fault it is, as the Query protocols say it.
    pub(crate) fn fault(&self) -> &'static str {
        if self.status < 500 {
            "Sender"
        } else {
            "Receiver"
        }
    }

    /// What JSON and CBOR call the error: the name of its shape, which differs from the code
    /// where a service once spoke Query.
    fn type_name(&self) -> &str {
        self.shape.map_or(self.code, |shape| shape.schema().name)
    }

    /// The name of the member that holds the message: the models have `message` and `Message`.
    fn message_name(&self) -> &'static str {
        self.shape
            .and_then(|shape| {
                shape
                    .schema()
                    .members()
                    .iter()
                    .find(|member| is_message(member))
            })
            .map_or("message", |member| member.name)
    }
}

/// Writes an error of `service` in `protocol`.
#[must_use]
pub fn encode_error(
    protocol: Protocol,
    service: &'static ServiceSchema,
    failure: &Failure<'_>,
    request_id: &str,
) -> Encoded {
    let body = match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => {
            let mut writer = json::Writer::default();
            writer.begin_object();
            writer.text_member("__type", failure.type_name());
            writer.text_member(failure.message_name(), failure.message);
            if let Some(shape) = failure.shape {
                shape.write(&mut RootMembers::new(&mut writer));
            }
            writer.end_object();
            writer.into_bytes()
        }
        Protocol::RpcV2Cbor => {
            let mut writer = cbor::Writer::default();
            writer.begin_object();
            writer.text_member("__type", failure.type_name());
            writer.text_member(failure.message_name(), failure.message);
            if let Some(shape) = failure.shape {
                shape.write(&mut RootMembers::new(&mut writer));
            }
            writer.end_object();
            writer.into_bytes()
        }
        Protocol::AwsQuery => xml::query_error(service, failure, request_id),
        Protocol::Ec2Query => xml::ec2_error(failure, request_id),
    };
    let mut encoded = framed(protocol, body);
    let speaks_xml = matches!(protocol, Protocol::AwsQuery | Protocol::Ec2Query);
    if service.query_compatible && !speaks_xml {
        encoded.headers.push((
            "x-amzn-query-error",
            format!("{};{}", failure.code, failure.fault()),
        ));
    }
    encoded
}

/// True for the member that holds an error's message.
fn is_message(member: &Member) -> bool {
    member.name.eq_ignore_ascii_case("message")
}

/// Passes on the members of the outermost structure without the structure itself and without
/// its message, so that they can stand beside what every error has.
pub(crate) struct RootMembers<'a> {
    inner: &'a mut dyn Writer,
    /// How many structures, lists and maps are open.
    levels: usize,
    /// True from the root's message to its next member.
    skipping: bool,
}

impl<'a> RootMembers<'a> {
    pub(crate) fn new(inner: &'a mut dyn Writer) -> Self {
        Self {
            inner,
            levels: 0,
            skipping: false,
        }
    }

    fn begin(&mut self, write: impl FnOnce(&mut dyn Writer)) {
        if self.levels > 0 && !self.skipping {
            write(self.inner);
        }
        self.levels += 1;
    }

    fn end(&mut self, write: impl FnOnce(&mut dyn Writer)) {
        self.levels = self.levels.saturating_sub(1);
        if self.levels > 0 && !self.skipping {
            write(self.inner);
        }
    }

    fn pass(&mut self, write: impl FnOnce(&mut dyn Writer)) {
        if !self.skipping {
            write(self.inner);
        }
    }
}

impl Writer for RootMembers<'_> {
    fn begin_structure(&mut self, schema: &'static Schema) {
        self.begin(|inner| inner.begin_structure(schema));
    }
    fn member(&mut self, member: &'static Member) {
        if self.levels == 1 {
            self.skipping = is_message(member);
        }
        self.pass(|inner| inner.member(member));
    }
    fn end_structure(&mut self, schema: &'static Schema) {
        self.end(|inner| inner.end_structure(schema));
    }
    fn begin_list(&mut self, schema: &'static Schema, len: usize) {
        self.begin(|inner| inner.begin_list(schema, len));
    }
    fn end_list(&mut self, schema: &'static Schema) {
        self.end(|inner| inner.end_list(schema));
    }
    fn begin_map(&mut self, schema: &'static Schema, len: usize) {
        self.begin(|inner| inner.begin_map(schema, len));
    }
    fn key(&mut self, key: &str) {
        self.pass(|inner| inner.key(key));
    }
    fn end_map(&mut self, schema: &'static Schema) {
        self.end(|inner| inner.end_map(schema));
    }
    fn string(&mut self, schema: &'static Schema, value: &str) {
        self.pass(|inner| inner.string(schema, value));
    }
    fn boolean(&mut self, schema: &'static Schema, value: bool) {
        self.pass(|inner| inner.boolean(schema, value));
    }
    fn integer(&mut self, schema: &'static Schema, value: i64) {
        self.pass(|inner| inner.integer(schema, value));
    }
    fn float(&mut self, schema: &'static Schema, value: f64) {
        self.pass(|inner| inner.float(schema, value));
    }
    fn timestamp(&mut self, schema: &'static Schema, value: Timestamp) {
        self.pass(|inner| inner.timestamp(schema, value));
    }
    fn blob(&mut self, schema: &'static Schema, value: &[u8]) {
        self.pass(|inner| inner.blob(schema, value));
    }
}
