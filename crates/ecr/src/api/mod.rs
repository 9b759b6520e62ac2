//! The operations: a file a resource, a function an operation.

pub(crate) mod image;
pub(crate) mod image_batch;
pub(crate) mod layer;
pub(crate) mod mutability;
pub(crate) mod repository;
pub(crate) mod tag;
pub(crate) mod token;

use aws_api::ecr as model;
use aws_core::Caller;
use aws_schema::Shape;
use aws_wire::page;
use records::ecr::Repository;

use crate::Ecr;
use crate::error::{Failure, invalid};
use crate::sentences;

/// What a list operation of ECR gives where it is not asked, and at most.
const RESULTS_DEFAULT: i32 = 100;
const RESULTS_MAX: i32 = 1000;

/// A caller may name its own registry, and no other.
fn check_registry(caller: &Caller, registry_id: Option<&str>) -> Result<(), Failure> {
    match registry_id {
        Some(id) if id != caller.account.as_str() => {
            Err(invalid(sentences::registry_of_other_account(id)))
        }
        _ => Ok(()),
    }
}

/// The repository of that name.
fn find(ecr: &Ecr, caller: &Caller, name: Option<&str>) -> Result<Repository, Failure> {
    let name = name.unwrap_or_default();
    if !registry::is_repository_name(name) {
        return Err(invalid(sentences::invalid_name(name)));
    }
    caller.authorise(&caller.arn("ecr", &format!("repository/{name}")))?;
    let found = ecr
        .records
        .get(&Repository::key(&caller.account, &caller.region, name))?;
    found.map(|stored| stored.record).ok_or_else(|| {
        Failure(model::Error::repository_not_found_exception(
            sentences::repository_not_found(name, caller.account.as_str()),
        ))
    })
}

/// What is asked for by name comes whole: there are no pages of it (ECR API reference,
/// `maxResults` and `nextToken` of the describe operations).
fn alone(max_results: Option<i32>, token: Option<&str>, names: &str) -> Result<(), Failure> {
    for (given, member) in [
        (max_results.is_some(), "maxResults"),
        (token.is_some(), "nextToken"),
    ] {
        if given {
            return Err(invalid(sentences::not_together(member, names)));
        }
    }
    Ok(())
}

/// The repository of that name, as the registry knows it.
fn place(caller: &Caller, name: &str) -> registry::Repository {
    registry::Repository {
        account: caller.account.clone(),
        region: caller.region.clone(),
        name: name.to_owned(),
    }
}

/// One list operation: how much is asked for, and from where on.
struct Listing {
    call: page::Call,
    size: usize,
    /// The position of the last of the page before.
    after: Option<String>,
}

impl Listing {
    fn new(
        caller: &Caller,
        input: &dyn Shape,
        max_results: Option<i32>,
        token: Option<&str>,
    ) -> Result<Self, Failure> {
        let size = max_results.unwrap_or(RESULTS_DEFAULT);
        if !(1..=RESULTS_MAX).contains(&size) {
            return Err(invalid(sentences::max_results_out_of_range(RESULTS_MAX)));
        }
        let scope = [caller.account.as_str(), caller.region.as_str()];
        let call = page::Call::new(&caller.action, &scope, input);
        let after = token
            .map(|token| {
                let position = page::decode(&call, token).ok();
                position
                    .and_then(|position| String::from_utf8(position).ok())
                    .ok_or_else(|| invalid(sentences::TOKEN_INVALID))
            })
            .transpose()?;
        Ok(Self {
            call,
            size: usize::try_from(size).unwrap_or(1),
            after,
        })
    }

    /// Cuts what was found, which is one more than the page where there is more, and gives the
    /// token of the next page.
    fn cut<T>(&self, found: &mut Vec<T>, position: impl Fn(&T) -> String) -> Option<String> {
        let more = found.len() > self.size;
        found.truncate(self.size);
        let last = found.last().filter(|_| more)?;
        Some(page::encode(&self.call, position(last).as_bytes()))
    }
}
