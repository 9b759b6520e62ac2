//! `error.rs`: the service's error enumeration, and how each error looks on the wire.

use std::fmt::Write as _;

use super::api::Api;
use super::layout::HEADER;
use super::names;
use crate::error::Error;

/// What an error answers with where its model names no status.
const CLIENT_FAULT_STATUS: u16 = 400;
const SERVER_FAULT_STATUS: u16 = 500;

/// The text of the file.
pub(crate) fn file(api: &Api) -> Result<String, Error> {
    let (mut shapes, mut lines) = (String::new(), String::new());
    for name in api.errors() {
        let shape = api.shape(name)?;
        let rust = api.type_name(name)?;
        let constant = api.static_name(name)?;
        let details = shape.error.as_ref();
        let code = details
            .and_then(|error| error.code.as_deref())
            .unwrap_or(name);
        let status = details
            .and_then(|error| error.http_status_code)
            .unwrap_or(if shape.fault {
                SERVER_FAULT_STATUS
            } else {
                CLIENT_FAULT_STATUS
            });
        let at_sender = details.is_some_and(|error| error.sender_fault);
        if at_sender && status >= SERVER_FAULT_STATUS {
            return Err(api.problem(format!("{name} is the sender's fault with status {status}")));
        }
        let message = api
            .fields(shape)
            .into_iter()
            .map(|(field, ..)| field)
            .find(|field| field == "message")
            .ok_or_else(|| api.problem(format!("{name} has no message")))?;
        let _ = writeln!(
            shapes,
            "pub(super) static {constant}: ErrorShape = ErrorShape {{\n\
             schema: &schemas::{constant}, code: {code:?}, status: {status} }};"
        );
        let constructor = names::snake(rust);
        let _ = writeln!(lines, "    {rust} {constructor} {constant} {message},");
    }
    let uses = if shapes.is_empty() {
        ""
    } else {
        "use aws_schema::ErrorShape;\n\nuse super::schemas;\n\n"
    };
    Ok(format!(
        "//! The errors of `{}`.\n{HEADER}\n{uses}{shapes}\nerrors! {{\n{lines}}}\n",
        api.service
    ))
}
