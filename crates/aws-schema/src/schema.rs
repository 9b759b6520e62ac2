//! What is known of a shape, an operation and a service without looking at a value.

/// One shape of a model.
#[derive(Debug)]
pub struct Schema {
    /// The shape's name in the model, for instance `RunTaskRequest`.
    pub name: &'static str,
    /// What values of the shape look like.
    pub kind: Kind,
    /// What the model says a valid value obeys.
    pub constraints: Constraints,
    /// True where the value is a secret and must not be printed.
    pub sensitive: bool,
}

impl Schema {
    /// The members of a structure; empty for every other kind.
    #[must_use]
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) | Kind::Union(members) => members,
            _ => &[],
        }
    }
}

/// The kinds of shape that the models of the AWS services use.
#[derive(Debug)]
pub enum Kind {
    /// A record of named members, each of which may be absent.
    Structure(&'static [Member]),
    /// A structure of which exactly one member is present.
    Union(&'static [Member]),
    /// A list; the member describes one item (its name matters in XML and Query only).
    List(&'static Member),
    /// A map with string keys; the members describe a key and a value.
    Map(&'static Member, &'static Member),
    /// A UTF-8 string.
    String,
    /// A string, one of those listed; the models' enumerations are open to additions.
    Enum(&'static [&'static str]),
    /// True or false.
    Boolean,
    /// A signed integer of 32 bits.
    Integer,
    /// A signed integer of 64 bits.
    Long,
    /// A floating-point number of 32 bits.
    Float,
    /// A floating-point number of 64 bits.
    Double,
    /// A moment in time; `None` leaves the format to the protocol.
    Timestamp(Option<TimestampFormat>),
    /// Bytes.
    Blob,
}

/// A member of a structure, or the item, key or value of a list or map.
#[derive(Debug)]
pub struct Member {
    /// The name in the model, which is also the JSON and CBOR key.
    pub name: &'static str,
    /// The name in Query requests and XML, where it differs from `name` (`locationName`).
    pub location_name: Option<&'static str>,
    /// The name in an ec2Query request, where the model gives one (`queryName`).
    pub query_name: Option<&'static str>,
    /// The shape of the value.
    pub target: &'static Schema,
    /// True where an input without it is refused.
    pub required: bool,
    /// True where a list or map is written without an enclosing element (XML and Query).
    pub flattened: bool,
    /// Overrides the shape's own and the protocol's format.
    pub timestamp_format: Option<TimestampFormat>,
    /// True where the client fills in a random token if the caller gave none.
    pub idempotency_token: bool,
    /// True where it is an event of a stream that tells of an error.
    pub exception: bool,
    /// What becomes of it in an input.
    pub support: Support,
}

/// Whether a member of an input does anything. The plan of record is `models/SERVICE.members`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It has an effect, or changes nothing by its nature.
    Supported,
    /// It has no effect yet, so an input that asks for something by it is refused.
    Refused {
        /// Of a text: the values that ask for nothing, because they say what is so without them.
        unless: &'static [&'static str],
    },
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Seconds since the epoch, with a fraction where needed.
    UnixSeconds,
    /// RFC 3339 in UTC.
    Iso8601,
    /// RFC 9110's IMF-fixdate.
    HttpDate,
}

/// What a valid value obeys. Lengths count characters, bytes or items; for numbers the range is
/// of the value itself.
#[derive(Debug, Default)]
pub struct Constraints {
    /// The least length or value.
    pub min: Option<i64>,
    /// The greatest length or value.
    pub max: Option<i64>,
    /// A regular expression, in the models' own (Java) dialect.
    pub pattern: Option<&'static str>,
}

impl Constraints {
    /// No constraint at all.
    pub const NONE: Self = Self {
        min: None,
        max: None,
        pattern: None,
    };
}

/// The wire protocols, by the names that the models give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `json` with `jsonVersion` 1.0.
    AwsJson10,
    /// `json` with `jsonVersion` 1.1.
    AwsJson11,
    /// `query`: form-encoded requests, XML responses.
    AwsQuery,
    /// `ec2`: form-encoded requests, XML responses, other rules for lists and errors.
    Ec2Query,
    /// `smithy-rpc-v2-cbor`.
    RpcV2Cbor,
}

/// An error that an operation declares.
#[derive(Debug)]
pub struct ErrorShape {
    /// The members of the error, `message` among them as a rule.
    pub schema: &'static Schema,
    /// The code on the wire, which may differ from the shape's name.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// The name, for instance `RunTask`.
    pub name: &'static str,
    /// The input structure.
    pub input: &'static Schema,
    /// The output structure.
    pub output: &'static Schema,
    /// The element that wraps the output in Query XML, where the model names one.
    pub result_wrapper: Option<&'static str>,
    /// The errors it declares.
    pub errors: &'static [&'static ErrorShape],
}

/// One service: how its requests are recognised and which operations it has.
#[derive(Debug)]
pub struct ServiceSchema {
    /// The name that signatures carry in their scope, for instance `ecs`.
    pub signing_name: &'static str,
    /// The model's `serviceId`, for instance `CloudWatch Logs`.
    pub service_id: &'static str,
    /// The API version, for instance `2014-11-13`: the `Version` of Query requests.
    pub api_version: &'static str,
    /// What stands before the dot in `X-Amz-Target`, where the service speaks JSON.
    pub target_prefix: Option<&'static str>,
    /// The XML namespace of responses, where the service speaks XML.
    pub xml_namespace: Option<&'static str>,
    /// The protocols it speaks, the preferred one first.
    pub protocols: &'static [Protocol],
    /// True where JSON and CBOR errors carry `x-amzn-query-error` for clients that used Query.
    pub query_compatible: bool,
    /// The operations with generated types, by name in byte order.
    pub operations: &'static [&'static Operation],
    /// The names of all other operations of the model, in byte order: recognised, and refused
    /// as not supported yet.
    pub unsupported: &'static [&'static str],
}

impl ServiceSchema {
    /// What stands before the colon in the service's IAM actions, for instance `ecs`.
    ///
    /// It is the signing name but for CloudWatch, which signs as `monitoring` (the Service
    /// Authorization Reference lists its actions under `cloudwatch`).
    #[must_use]
    pub fn action_prefix(&self) -> &'static str {
        match self.signing_name {
            "monitoring" => "cloudwatch",
            name => name,
        }
    }

    /// The operation of that name, where it has generated types.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        let index = self
            .operations
            .binary_search_by(|operation| operation.name.cmp(name))
            .ok()?;
        self.operations.get(index).copied()
    }
}
