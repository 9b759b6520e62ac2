//! The sentences that EC2 says, each with its source: `thread`: seen in public issue threads; `docs`: on
//! an AWS documentation page; `unverified`: our words, where AWS's are not known.

/// `thread`: hashicorp/terraform-aws-consul#29 for a VPC, jschementi/riker#42 for a subnet; for what
/// else `what` names, alike.
pub(crate) fn id_not_found(what: &str, id: &str) -> String {
    format!("The {what} ID '{id}' does not exist")
}

/// `thread`: boto/boto3#701, DescribeSecurityGroups.
pub(crate) fn security_group_not_found(id: &str) -> String {
    format!("The security group '{id}' does not exist")
}

/// `thread`: aws/aws-cli#5348, where the id of that VPC follows.
pub(crate) fn security_group_name_not_found(name: &str) -> String {
    format!("The security group '{name}' does not exist in default VPC")
}

/// `thread`: gjbae1212/gossm#47.
pub(crate) fn too_many_filter_values(most: usize) -> String {
    format!("The maximum number of filter values specified on a single call is {most}")
}

/// `unverified`.
pub(crate) fn filter_invalid(name: &str) -> String {
    format!("The filter '{name}' is invalid")
}

/// `thread`: getmoto/moto#1980, with the status 412.
pub(crate) const DRY_RUN: &str = "Request would have succeeded, but DryRun flag is set.";

/// `thread` for the first sentence and the form: aws/aws-sdk-ruby#2575, "a value greater than 5".
pub(crate) fn max_results_out_of_range(value: i32, least: i32, most: i32) -> String {
    format!(
        "Value ( {value} ) for parameter maxResults is invalid. Expecting a value between {least} and \
         {most}."
    )
}

/// `unverified`.
pub(crate) const TOKEN_INVALID: &str = "The specified nextToken is invalid.";
