//! The documents around a shape: results and errors of both Query protocols.

use aws_schema::{Operation, ServiceSchema, Shape};

use super::write::Writer;
use crate::error::{Failure, RootMembers};

/// `<OpResponse><OpResult>…</OpResult><ResponseMetadata>…` of awsQuery.
pub(crate) fn query_response(
    service: &'static ServiceSchema,
    operation: &'static Operation,
    output: &dyn Shape,
    request_id: &str,
) -> Vec<u8> {
    let mut writer = Writer::default();
    let root = format!("{}Response", operation.name);
    writer.begin_root(&root, service.xml_namespace);
    match operation.result_wrapper {
        Some(wrapper) => {
            writer.begin_element(wrapper);
            output.write(&mut writer);
            writer.end_element(wrapper);
        }
        None => output.write(&mut writer),
    }
    writer.begin_element("ResponseMetadata");
    writer.text_element("RequestId", request_id);
    writer.end_element("ResponseMetadata");
    writer.end_element(&root);
    writer.into_bytes()
}

/// `<OpResponse><requestId>…</requestId>…` of ec2Query.
pub(crate) fn ec2_response(
    service: &'static ServiceSchema,
    operation: &'static Operation,
    output: &dyn Shape,
    request_id: &str,
) -> Vec<u8> {
    let mut writer = Writer::default();
    let root = format!("{}Response", operation.name);
    writer.begin_root(&root, service.xml_namespace);
    writer.text_element("requestId", request_id);
    output.write(&mut writer);
    writer.end_element(&root);
    writer.into_bytes()
}

/// `<ErrorResponse><Error><Type>…` of awsQuery.
pub(crate) fn query_error(
    service: &'static ServiceSchema,
    failure: &Failure<'_>,
    request_id: &str,
) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.begin_root("ErrorResponse", service.xml_namespace);
    writer.begin_element("Error");
    writer.text_element("Type", failure.fault());
    error_parts(&mut writer, failure);
    writer.end_element("Error");
    writer.text_element("RequestId", request_id);
    writer.end_element("ErrorResponse");
    writer.into_bytes()
}

/// `<Response><Errors><Error>…` of ec2Query, which has no fault and another spelling of the id.
pub(crate) fn ec2_error(failure: &Failure<'_>, request_id: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.begin_root("Response", None);
    writer.begin_element("Errors");
    writer.begin_element("Error");
    error_parts(&mut writer, failure);
    writer.end_element("Error");
    writer.end_element("Errors");
    writer.text_element("RequestID", request_id);
    writer.end_element("Response");
    writer.into_bytes()
}

fn error_parts(writer: &mut Writer, failure: &Failure<'_>) {
    writer.text_element("Code", failure.code);
    writer.text_element("Message", failure.message);
    if let Some(shape) = failure.shape {
        shape.write(&mut RootMembers::new(writer));
    }
}
