//! `mod.rs` and `server.rs`: the operations of a service, its trait, and the way to it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::api::Api;
use super::layout::{HEADER, fill, literal};
use super::names;
use crate::error::Error;

/// The text of `mod.rs`: the service's schema and what it exports.
pub(crate) fn module(api: &Api) -> Result<String, Error> {
    let metadata = &api.model.metadata;
    let mut operations = String::new();
    let mut listed = Vec::new();
    for (name, operation) in &api.model.operations {
        let (input, output) = api.input_and_output(name, operation)?;
        let wrapper = operation
            .output
            .as_ref()
            .and_then(|output| output.result_wrapper.as_deref());
        let mut errors = String::new();
        for error in &operation.errors {
            let _ = write!(errors, "&error::{},", api.static_name(&error.shape)?);
        }
        let constant = names::constant(name);
        let _ = writeln!(
            operations,
            "static {constant}: Operation = Operation {{ name: {name:?}, \
             input: &schemas::{}, output: &schemas::{}, result_wrapper: {}, errors: &[{errors}] }};",
            api.static_name(input)?,
            api.static_name(output)?,
            optional(wrapper),
        );
        listed.push(format!("&{constant}"));
        if operation.http.is_some() {
            return Err(api.problem(format!(
                "{name} is not posted to /, and no codec binds paths"
            )));
        }
    }
    let others: Vec<String> = api
        .model
        .untyped
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    let protocols = protocols(api)?;
    let signing_name = metadata
        .signing_name
        .as_ref()
        .unwrap_or(&metadata.endpoint_prefix);
    Ok(format!(
        "//! {} ({}), from {}.\n{HEADER}\n\
         mod error;\nmod schemas;\nmod server;\nmod types;\n\n\
         use aws_schema::{{Operation, Protocol, ServiceSchema}};\n\n\
         pub use error::Error;\n\
         #[cfg(feature = \"conformance\")]\npub use server::read_shape;\n\
         pub use server::{{Server, {}}};\npub use types::*;\n\n\
         /// What is known of the service.\n\
         pub static SERVICE: ServiceSchema = ServiceSchema {{\
         signing_name: {signing_name:?}, service_id: {:?}, api_version: {:?}, \
         target_prefix: {}, xml_namespace: {}, protocols: &[{}], query_compatible: {}, \
         operations: &[{}], unsupported: UNSUPPORTED }};\n\n\
         {operations}\n\
         #[rustfmt::skip]\nstatic UNSUPPORTED: &[&str] = &[{}];\n",
        metadata.service_id,
        metadata.api_version,
        api.model.source,
        api.trait_name(),
        metadata.service_id,
        metadata.api_version,
        optional(metadata.target_prefix.as_deref()),
        optional(metadata.xml_namespace.as_deref()),
        protocols.join(","),
        metadata.aws_query_compatible.is_some(),
        listed.join(","),
        if others.is_empty() {
            String::new()
        } else {
            fill(&others)
        },
    ))
}

/// The text of `server.rs`: the trait and what makes a `Service` of it.
pub(crate) fn server(api: &Api) -> Result<String, Error> {
    let (mut methods, mut arms) = (String::new(), String::new());
    let mut shapes: BTreeSet<&str> = api.errors();
    let mut taken = BTreeSet::new();
    for (name, operation) in &api.model.operations {
        let (input, output) = api.input_and_output(name, operation)?;
        let method = names::distinct(names::field(name), &mut taken);
        let stream = api.event_stream(output)?;
        shapes.extend(stream);
        let answer = match stream {
            Some(_) => format!("Streamed<{}>", api.type_name(output)?),
            None => api.type_name(output)?.to_owned(),
        };
        let _ = writeln!(
            methods,
            "/// `{name}`.\nfn {method}(&self, caller: &Caller, input: {}) \
             -> impl Future<Output = Result<{answer}, Error>> + Send;\n",
            api.type_name(input)?,
        );
        let _ = writeln!(arms, "    {name:?} => {method},");
        shapes.extend([input, output]);
    }
    let mut readers = String::new();
    for name in shapes {
        let _ = writeln!(
            readers,
            "    {} => {},",
            literal(name),
            api.type_name(name)?
        );
    }
    let mut uses: BTreeSet<&str> = BTreeSet::new();
    for (name, operation) in &api.model.operations {
        let (input, output) = api.input_and_output(name, operation)?;
        uses.extend([api.type_name(input)?, api.type_name(output)?]);
    }
    let uses: Vec<&str> = uses.into_iter().collect();
    let api_trait = api.trait_name();
    let streamed = if methods.contains("Streamed<") {
        "use crate::dispatch::Streamed;\n"
    } else {
        ""
    };
    Ok(format!(
        "//! What an implementation of `{service}` provides, and the way from the gateway to it.\n\
         {HEADER}\n\
         use aws_core::Caller;\n\n{streamed}use super::error::Error;\nuse super::types::{{{uses}}};\n\n\
         /// The typed operations of the service, one method each.\n///\n/// # Errors\n\
         /// What the model declares for the operation, or an error common to all services.\n\
         pub trait {api_trait}: Send + Sync + 'static {{\n{methods}}}\n\n\
         server!({api_trait} {{\n{arms}}});\n\n\
         shape_reader! {{\n{readers}}}\n",
        service = api.service,
        uses = uses.join(", "),
    ))
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(
        || "None".to_owned(),
        |text| format!("Some({})", literal(text)),
    )
}

fn protocols(api: &Api) -> Result<Vec<&'static str>, Error> {
    let metadata = &api.model.metadata;
    metadata
        .protocols
        .iter()
        .map(
            |name| match (name.as_str(), metadata.json_version.as_deref()) {
                ("json", Some("1.0")) => Ok("Protocol::AwsJson10"),
                ("json", Some("1.1")) => Ok("Protocol::AwsJson11"),
                ("query", _) => Ok("Protocol::AwsQuery"),
                ("ec2", _) => Ok("Protocol::Ec2Query"),
                ("smithy-rpc-v2-cbor", _) => Ok("Protocol::RpcV2Cbor"),
                (other, _) => Err(api.problem(format!("no codec speaks the protocol {other}"))),
            },
        )
        .collect()
}
