//! The sentences that CloudWatch Logs says, each with its source: `thread`: seen in public issue
//! threads; `docs`: on an AWS documentation page; `unverified`: our words, where AWS's are not
//! known.

use aws_core::{Arn, Caller};

/// `thread`.
pub(crate) const GROUP_EXISTS: &str = "The specified log group already exists";
/// `thread`.
pub(crate) const GROUP_NOT_FOUND: &str = "The specified log group does not exist.";
/// `thread`.
pub(crate) const STREAM_EXISTS: &str = "The specified log stream already exists";
/// `thread`.
pub(crate) const STREAM_NOT_FOUND: &str = "The specified log stream does not exist.";
/// `thread`: mirkokiefer/bunyan-cloudwatch#5.
pub(crate) const CONFLICT: &str = "A conflicting operation is currently in progress against this \
     resource. Please try again.";
/// `thread`: aws/aws-cdk#1343, with the values that came later.
pub(crate) const RETENTION_INVALID: &str = "Invalid retention value. Valid values are: [1, 3, 5, 7, \
     14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]";
/// `unverified`; the rule is `docs`.
pub(crate) const TOO_MANY_TAGS: &str = "A resource can have no more than 50 tags.";
/// `unverified`.
pub(crate) const ARN_INVALID: &str = "The specified resourceArn is not an ARN.";
/// `thread`: dibog/cloudwatch-logback-appender#17.
pub(crate) const NOT_CHRONOLOGICAL: &str =
    "Log events in a single PutLogEvents request must be in chronological order.";
/// `thread`: moby/moby#41529.
pub(crate) const SPANS_TOO_LONG: &str =
    "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.";
/// `thread`: boto/boto3#1467.
pub(crate) const TOKEN_INVALID: &str = "The specified nextToken is invalid.";
/// `thread`: in the sources of crowdsecurity/crowdsec.
pub(crate) const PREFIX_WITH_TIME_ORDER: &str =
    "Cannot order by LastEventTime with a logStreamNamePrefix.";
/// `thread`.
pub(crate) const PREFIX_AND_PATTERN: &str =
    "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
/// `thread`.
pub(crate) const NAME_AND_IDENTIFIER: &str =
    "LogGroup name and LogGroup ARN are mutually exclusive parameters.";
/// `unverified`.
pub(crate) const NO_NAME_NOR_IDENTIFIER: &str =
    "One of logGroupName and logGroupIdentifier must be given.";
/// `unverified`; the rule is `docs`.
pub(crate) const NAMES_AND_PREFIX: &str =
    "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_BEFORE_2024: &str =
    "startFromHead can be false only when startTime is on or after 2024-01-01T00:00:00Z.";
/// `unverified`; the rule is `docs`.
pub(crate) const GROUP_NAME_RESERVED: &str = "Log group names cannot start with 'aws/'.";
/// `unverified`.
pub(crate) const TAG_KEY_RESERVED: &str = "Tag keys that begin with 'aws:' are reserved.";
/// `thread`: awsdocs/amazon-cloudwatch-logs-user-guide#21, mapbox/ecs-watchbot#350.
pub(crate) const PATTERN_INVALID: &str = "Invalid filter pattern";
/// `thread`: jorgebastida/awslogs#210.
pub(crate) const PATTERN_BRACE: &str = "If a filter pattern starts with '{' it must end with '}'";
/// `unverified`: as for the other bracket.
pub(crate) const PATTERN_BRACKET: &str = "If a filter pattern starts with '[' it must end with ']'";
/// `unverified`; the rule is `docs`.
pub(crate) const PATTERN_REGEXES: &str =
    "Invalid filter pattern: it has more than 2 regular expressions";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_NAMES_AND_PREFIXES: &str =
    "logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_STREAMS_OF_MANY: &str =
    "Log streams can be specified only with a single log group identifier.";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_ASTERISK: &str = "A log group identifier cannot end with an asterisk (*).";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_SESSIONS: &str = "There are 15 Live Tail sessions already.";
/// `unverified`; the rule is `docs`.
pub(crate) const TAIL_TIMEOUT: &str = "Live Tail sessions time out after three hours.";
/// `thread`: what AWS says of every request that comes too often.
pub(crate) const RATE_EXCEEDED: &str = "Rate exceeded";
/// `unverified`.
pub(crate) const DISK_FULL: &str = "The disk has no room for more log events.";
/// `unverified`.
pub(crate) const DISK_FAILS: &str = "Log events cannot be read or written now.";
/// `unverified`; only our own agent can see it.
pub(crate) const SOURCE_INVALID: &str = "The sequenceToken is not of the form \
     longshore:<container id>:<offset>, or has neither one offset nor one for each log event.";

/// `thread`: aws/aws-for-fluent-bit#68.
pub(crate) fn event_too_large(bytes: usize, limit: usize) -> String {
    format!("Log event too large: {bytes} bytes exceeds limit of {limit}")
}

/// `thread`: cloudstax/firecamp#82.
pub(crate) fn upload_too_large(bytes: usize, limit: usize) -> String {
    format!("Upload too large: {bytes} bytes exceeds limit of {limit}")
}

/// `thread`: IAM's words for whoever may not. Only our own agent can see it.
pub(crate) fn stream_of_other_node(caller: &Caller, stream: &Arn) -> String {
    format!(
        "User: {} is not authorized to perform: {} on resource: {stream}",
        caller.principal.arn(),
        caller.action,
    )
}

/// `unverified`: AWS supports it.
pub(crate) fn not_supported(what: &str) -> String {
    format!("Longshore does not support {what} yet.")
}
