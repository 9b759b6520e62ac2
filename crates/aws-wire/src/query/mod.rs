//! awsQuery and ec2Query: requests as forms. Their responses are in `xml`.

mod form;
mod read;

pub(crate) use form::{Dialect, Form};
