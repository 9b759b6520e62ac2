//! A service model as botocore writes it (`service-2.json`), less the prose. The checked-in
//! files have the same form and pass through the same types, so there is one list of what is
//! known of a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;

/// What a shape, a member or an operation may say beyond what is kept, because it changes
/// neither the wire nor the types. Anything else is refused, so that nothing is lost unseen.
const DROPPED: &[&str] = &[
    "box",
    "deprecated",
    "deprecatedMessage",
    "deprecatedSince",
    "documentation",
    "documentationUrl",
    // A prefix of the host that clients call. Requests are told apart by their signatures.
    "endpoint",
    "error",
    "http",
    "idempotent",
    "name",
    "readonly",
    "requestcompression",
    "synthetic",
    "xmlOrder",
];

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Model {
    /// Where the facts come from, with the version.
    #[serde(default)]
    pub(crate) source: String,
    pub(crate) metadata: Metadata,
    pub(crate) operations: BTreeMap<String, Operation>,
    /// The names of the operations without types.
    #[serde(default)]
    pub(crate) untyped: Vec<String>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) endpoint_prefix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signing_name: Option<String>,
    pub(crate) service_id: String,
    pub(crate) protocols: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) json_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) xml_namespace: Option<String>,
    /// Present, and empty, where JSON and CBOR errors also carry the Query code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) aws_query_compatible: Option<BTreeMap<String, Value>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Target>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Target>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) http: Option<Http>,
    #[serde(flatten, skip_serializing)]
    pub(crate) other: BTreeMap<String, Value>,
}

/// The HTTP binding. Every protocol spoken so far posts to `/`; only others are kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
}

/// A mention of a shape as the input, output or error of an operation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) shape: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) result_wrapper: Option<String>,
    #[serde(flatten, skip_serializing)]
    pub(crate) other: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) exception: bool,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) fault: bool,
    /// Its members are the events of a stream, of which each stands alone.
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) eventstream: bool,
    /// It is one of them.
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) event: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorTrait>,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) union: bool,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) sensitive: bool,
    /// An enumeration that has more values than it lists.
    #[serde(skip)]
    pub(crate) open: bool,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) flattened: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) required: Vec<String>,
    /// The members of a structure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) members: BTreeMap<String, Member>,
    /// The item of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<Member>,
    /// The key of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Member>,
    /// The value of a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Member>,
    #[serde(flatten, skip_serializing)]
    pub(crate) other: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorTrait {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) http_status_code: Option<u16>,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) sender_fault: bool,
}

/// A mention of a shape as the member of another.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) shape: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) query_name: Option<String>,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) flattened: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_format: Option<String>,
    #[serde(default, skip_serializing_if = "no")]
    pub(crate) idempotency_token: bool,
    /// Set where the table of members refuses it: the values that pass all the same.
    #[serde(skip)]
    pub(crate) refused: Option<Vec<String>>,
    #[serde(flatten, skip_serializing)]
    pub(crate) other: BTreeMap<String, Value>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn no(flag: &bool) -> bool {
    !flag
}

impl Operation {
    /// The shapes that the operation names itself.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &str> {
        self.input
            .iter()
            .chain(&self.output)
            .chain(&self.errors)
            .map(|target| target.shape.as_str())
    }
}

impl Shape {
    /// The shapes that this one names.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        self.members
            .values()
            .chain(&self.member)
            .chain(&self.key)
            .chain(&self.value)
            .map(|member| member.shape.as_str())
    }
}

/// Looks for traits that are neither kept nor known to be harmless.
pub(crate) fn refuse_unknown_traits(service: &str, model: &mut Model) -> Result<(), Error> {
    let refuse = |place: &str, other: &BTreeMap<String, Value>| match other
        .keys()
        .find(|name| !DROPPED.contains(&name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(Error::model(
            service,
            format!("{place} has the trait '{name}', which xtask was not taught"),
        )),
    };
    for (name, operation) in &mut model.operations {
        refuse(name, &operation.other)?;
        for target in operation
            .input
            .iter()
            .chain(&operation.output)
            .chain(&operation.errors)
        {
            refuse(name, &target.other)?;
        }
        let posted_to_root = Http {
            method: "POST".to_owned(),
            request_uri: "/".to_owned(),
        };
        if operation.http.as_ref() == Some(&posted_to_root) {
            operation.http = None;
        }
    }
    for (name, shape) in &model.shapes {
        refuse(name, &shape.other)?;
        let inner = shape.member.iter().chain(&shape.key).chain(&shape.value);
        for member in shape.members.values().chain(inner) {
            refuse(name, &member.other)?;
        }
    }
    Ok(())
}
