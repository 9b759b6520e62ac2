//! XML responses of awsQuery and ec2Query.

mod response;
mod write;

pub(crate) use response::{ec2_error, ec2_response, query_error, query_response};
