//! The operations: a file a resource, a function an operation.

pub(crate) mod account_setting;
pub(crate) mod cluster;
pub(crate) mod container_instance;
mod launch;
pub(crate) mod register;
pub(crate) mod run_task;
mod show;
pub(crate) mod start_task;
pub(crate) mod state_change;
pub(crate) mod tags;
pub(crate) mod task;
pub(crate) mod task_definition;
pub(crate) mod task_definition_list;
mod template;

use aws_core::Caller;
use aws_schema::Shape;
use aws_wire::page;

use crate::error::{Failure, invalid};
use crate::sentences;

/// The most results that a list operation of ECS gives at once, and what it gives when not asked.
const LIST_RESULTS_MAX: i32 = 100;
/// The most things that a describe operation of ECS takes at once.
const DESCRIBE_MAX: usize = 100;

/// How many results a caller wants.
fn page_size(asked: Option<i32>) -> Result<usize, Failure> {
    let asked = asked.unwrap_or(LIST_RESULTS_MAX);
    if !(1..=LIST_RESULTS_MAX).contains(&asked) {
        return Err(invalid(sentences::out_of_range(
            "maxResults",
            1,
            LIST_RESULTS_MAX,
        )));
    }
    Ok(usize::try_from(asked).unwrap_or(1))
}

/// The list that a page token belongs to.
fn listing(caller: &Caller, input: &dyn Shape) -> page::Call {
    let scope = [caller.account.as_str(), caller.region.as_str()];
    page::Call::new(&caller.action, &scope, input)
}

/// What a list goes on after, from the token that an earlier page of the same list gave.
fn page_start(listing: &page::Call, token: Option<&str>) -> Result<Option<String>, Failure> {
    token
        .map(|token| {
            let bytes = page::decode(listing, token).ok();
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| invalid(sentences::TOKEN_INVALID))
        })
        .transpose()
}

/// The token of a page that ends in `last`.
fn page_token(listing: &page::Call, last: &str) -> String {
    page::encode(listing, last.as_bytes())
}
