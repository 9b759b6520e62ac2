//! One way in and one way out for all protocols.

use std::fmt;

use aws_schema::{Operation, Protocol, ReadError, Reader, ServiceSchema, Shape};
use bytes::Bytes;

use crate::{cbor, json, query, xml};

/// A response's body, with the headers that the protocol asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
    /// Further headers: lower-case names, and values of visible ASCII.
    pub headers: Vec<(&'static str, String)>,
}

/// A request's body, parsed but not yet held against a schema.
pub struct Decoded(Body);

enum Body {
    Json(json::Document),
    Form(query::Form),
    Cbor(cbor::Document),
}

// Bodies hold secrets: neither is printed.
impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").finish_non_exhaustive()
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoded")
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Decoded {
    /// A reader that stands at the operation's input.
    #[must_use]
    pub fn reader(&self) -> Box<dyn Reader + '_> {
        match &self.0 {
            Body::Json(document) => Box::new(document.reader()),
            Body::Form(form) => Box::new(form.reader()),
            Body::Cbor(document) => Box::new(document.reader()),
        }
    }
}

/// Parses `body` as `protocol`.
///
/// For the two Query protocols `body` is the form: the body of a POST, or the query string of a
/// GET. An empty body is an empty input. The caller has limited the body's length.
///
/// # Errors
/// When the body is not of the protocol's format. That it fits the schema is seen on reading.
pub fn decode(protocol: Protocol, body: &[u8]) -> Result<Decoded, ReadError> {
    Ok(Decoded(match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => Body::Json(json::Document::parse(body)?),
        Protocol::AwsQuery => Body::Form(query::Form::parse(query::Dialect::Aws, body)?),
        Protocol::Ec2Query => Body::Form(query::Form::parse(query::Dialect::Ec2, body)?),
        Protocol::RpcV2Cbor => Body::Cbor(cbor::Document::parse(body)?),
    }))
}

/// Writes an operation's output as the body of a 200 response.
///
/// The request id stands in XML bodies; the gateway also sends it as a header.
#[must_use]
pub fn encode(
    protocol: Protocol,
    service: &'static ServiceSchema,
    operation: &'static Operation,
    output: &dyn Shape,
    request_id: &str,
) -> Encoded {
    let body = match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => {
            let mut writer = json::Writer::default();
            output.write(&mut writer);
            writer.into_bytes()
        }
        Protocol::AwsQuery => xml::query_response(service, operation, output, request_id),
        Protocol::Ec2Query => xml::ec2_response(service, operation, output, request_id),
        Protocol::RpcV2Cbor => {
            let mut writer = cbor::Writer::default();
            output.write(&mut writer);
            writer.into_bytes()
        }
    };
    framed(protocol, body)
}

/// Puts the protocol's own headers around a body.
pub(crate) fn framed(protocol: Protocol, body: Vec<u8>) -> Encoded {
    let (content_type, headers) = match protocol {
        Protocol::AwsJson10 => ("application/x-amz-json-1.0", Vec::new()),
        Protocol::AwsJson11 => ("application/x-amz-json-1.1", Vec::new()),
        Protocol::AwsQuery => ("text/xml", Vec::new()),
        Protocol::Ec2Query => ("text/xml;charset=UTF-8", Vec::new()),
        Protocol::RpcV2Cbor => (
            "application/cbor",
            vec![("smithy-protocol", "rpc-v2-cbor".to_owned())],
        ),
    };
    Encoded {
        content_type,
        body: Bytes::from(body),
        headers,
    }
}
