//! CloudWatch Logs (2014-03-28), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Logs, Server};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "logs",
    service_id: "CloudWatch Logs",
    api_version: "2014-03-28",
    target_prefix: Some("Logs_20140328"),
    xml_namespace: None,
    protocols: &[Protocol::AwsJson11],
    query_compatible: false,
    operations: &[
        &CREATE_LOG_GROUP,
        &CREATE_LOG_STREAM,
        &DELETE_LOG_GROUP,
        &DELETE_LOG_STREAM,
        &DELETE_RETENTION_POLICY,
        &DESCRIBE_LOG_GROUPS,
        &DESCRIBE_LOG_STREAMS,
        &FILTER_LOG_EVENTS,
        &GET_LOG_EVENTS,
        &LIST_TAGS_FOR_RESOURCE,
        &LIST_TAGS_LOG_GROUP,
        &PUT_LOG_EVENTS,
        &PUT_RETENTION_POLICY,
        &START_LIVE_TAIL,
        &TAG_LOG_GROUP,
        &TAG_RESOURCE,
        &UNTAG_LOG_GROUP,
        &UNTAG_RESOURCE,
    ],
    unsupported: UNSUPPORTED,
};

static CREATE_LOG_GROUP: Operation = Operation {
    name: "CreateLogGroup",
    input: &schemas::CREATE_LOG_GROUP_REQUEST,
    output: &schemas::CREATE_LOG_GROUP_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_ALREADY_EXISTS_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::OPERATION_ABORTED_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static CREATE_LOG_STREAM: Operation = Operation {
    name: "CreateLogStream",
    input: &schemas::CREATE_LOG_STREAM_REQUEST,
    output: &schemas::CREATE_LOG_STREAM_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_ALREADY_EXISTS_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static DELETE_LOG_GROUP: Operation = Operation {
    name: "DeleteLogGroup",
    input: &schemas::DELETE_LOG_GROUP_REQUEST,
    output: &schemas::DELETE_LOG_GROUP_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::OPERATION_ABORTED_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
        &error::VALIDATION_EXCEPTION,
    ],
};
static DELETE_LOG_STREAM: Operation = Operation {
    name: "DeleteLogStream",
    input: &schemas::DELETE_LOG_STREAM_REQUEST,
    output: &schemas::DELETE_LOG_STREAM_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::OPERATION_ABORTED_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
        &error::VALIDATION_EXCEPTION,
    ],
};
static DELETE_RETENTION_POLICY: Operation = Operation {
    name: "DeleteRetentionPolicy",
    input: &schemas::DELETE_RETENTION_POLICY_REQUEST,
    output: &schemas::DELETE_RETENTION_POLICY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::OPERATION_ABORTED_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static DESCRIBE_LOG_GROUPS: Operation = Operation {
    name: "DescribeLogGroups",
    input: &schemas::DESCRIBE_LOG_GROUPS_REQUEST,
    output: &schemas::DESCRIBE_LOG_GROUPS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static DESCRIBE_LOG_STREAMS: Operation = Operation {
    name: "DescribeLogStreams",
    input: &schemas::DESCRIBE_LOG_STREAMS_REQUEST,
    output: &schemas::DESCRIBE_LOG_STREAMS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static FILTER_LOG_EVENTS: Operation = Operation {
    name: "FilterLogEvents",
    input: &schemas::FILTER_LOG_EVENTS_REQUEST,
    output: &schemas::FILTER_LOG_EVENTS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static GET_LOG_EVENTS: Operation = Operation {
    name: "GetLogEvents",
    input: &schemas::GET_LOG_EVENTS_REQUEST,
    output: &schemas::GET_LOG_EVENTS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static LIST_TAGS_FOR_RESOURCE: Operation = Operation {
    name: "ListTagsForResource",
    input: &schemas::LIST_TAGS_FOR_RESOURCE_REQUEST,
    output: &schemas::LIST_TAGS_FOR_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static LIST_TAGS_LOG_GROUP: Operation = Operation {
    name: "ListTagsLogGroup",
    input: &schemas::LIST_TAGS_LOG_GROUP_REQUEST,
    output: &schemas::LIST_TAGS_LOG_GROUP_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static PUT_LOG_EVENTS: Operation = Operation {
    name: "PutLogEvents",
    input: &schemas::PUT_LOG_EVENTS_REQUEST,
    output: &schemas::PUT_LOG_EVENTS_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::INVALID_SEQUENCE_TOKEN_EXCEPTION,
        &error::DATA_ALREADY_ACCEPTED_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
        &error::UNRECOGNIZED_CLIENT_EXCEPTION,
    ],
};
static PUT_RETENTION_POLICY: Operation = Operation {
    name: "PutRetentionPolicy",
    input: &schemas::PUT_RETENTION_POLICY_REQUEST,
    output: &schemas::PUT_RETENTION_POLICY_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::OPERATION_ABORTED_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};
static START_LIVE_TAIL: Operation = Operation {
    name: "StartLiveTail",
    input: &schemas::START_LIVE_TAIL_REQUEST,
    output: &schemas::START_LIVE_TAIL_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::ACCESS_DENIED_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::LIMIT_EXCEEDED_EXCEPTION,
        &error::INVALID_OPERATION_EXCEPTION,
    ],
};
static TAG_LOG_GROUP: Operation = Operation {
    name: "TagLogGroup",
    input: &schemas::TAG_LOG_GROUP_REQUEST,
    output: &schemas::TAG_LOG_GROUP_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::INVALID_PARAMETER_EXCEPTION,
    ],
};
static TAG_RESOURCE: Operation = Operation {
    name: "TagResource",
    input: &schemas::TAG_RESOURCE_REQUEST,
    output: &schemas::TAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
        &error::TOO_MANY_TAGS_EXCEPTION,
    ],
};
static UNTAG_LOG_GROUP: Operation = Operation {
    name: "UntagLogGroup",
    input: &schemas::UNTAG_LOG_GROUP_REQUEST,
    output: &schemas::UNTAG_LOG_GROUP_RESPONSE,
    result_wrapper: None,
    errors: &[&error::RESOURCE_NOT_FOUND_EXCEPTION],
};
static UNTAG_RESOURCE: Operation = Operation {
    name: "UntagResource",
    input: &schemas::UNTAG_RESOURCE_REQUEST,
    output: &schemas::UNTAG_RESOURCE_RESPONSE,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_EXCEPTION,
        &error::RESOURCE_NOT_FOUND_EXCEPTION,
        &error::SERVICE_UNAVAILABLE_EXCEPTION,
    ],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "AssociateKmsKey", "AssociateSourceToS3TableIntegration", "CancelExportTask",
    "CancelImportTask", "CreateDelivery", "CreateExportTask", "CreateImportTask",
    "CreateLogAnomalyDetector", "CreateLookupTable", "CreateScheduledQuery", "DeleteAccountPolicy",
    "DeleteDataProtectionPolicy", "DeleteDelivery", "DeleteDeliveryDestination",
    "DeleteDeliveryDestinationPolicy", "DeleteDeliverySource", "DeleteDestination",
    "DeleteIndexPolicy", "DeleteIntegration", "DeleteLogAnomalyDetector", "DeleteLookupTable",
    "DeleteMetricFilter", "DeleteQueryDefinition", "DeleteResourcePolicy", "DeleteScheduledQuery",
    "DeleteSubscriptionFilter", "DeleteSyslogConfiguration", "DeleteTransformer",
    "DescribeAccountPolicies", "DescribeConfigurationTemplates", "DescribeDeliveries",
    "DescribeDeliveryDestinations", "DescribeDeliverySources", "DescribeDestinations",
    "DescribeExportTasks", "DescribeFieldIndexes", "DescribeImportTaskBatches",
    "DescribeImportTasks", "DescribeIndexPolicies", "DescribeLookupTables",
    "DescribeMetricFilters", "DescribeQueries", "DescribeQueryDefinitions",
    "DescribeResourcePolicies", "DescribeSubscriptionFilters", "DisassociateKmsKey",
    "DisassociateSourceFromS3TableIntegration", "GetDataProtectionPolicy", "GetDelivery",
    "GetDeliveryDestination", "GetDeliveryDestinationPolicy", "GetDeliverySource",
    "GetIntegration", "GetLogAnomalyDetector", "GetLogFields", "GetLogGroupFields", "GetLogObject",
    "GetLogRecord", "GetLookupTable", "GetQueryResults", "GetScheduledQuery",
    "GetScheduledQueryHistory", "GetStorageTierPolicy", "GetTransformer",
    "ListAggregateLogGroupSummaries", "ListAnomalies", "ListIntegrations",
    "ListLogAnomalyDetectors", "ListLogGroups", "ListLogGroupsForQuery", "ListScheduledQueries",
    "ListSourcesForS3TableIntegration", "ListSyslogConfigurations", "PutAccountPolicy",
    "PutBearerTokenAuthentication", "PutDataProtectionPolicy", "PutDeliveryDestination",
    "PutDeliveryDestinationPolicy", "PutDeliverySource", "PutDestination", "PutDestinationPolicy",
    "PutIndexPolicy", "PutIntegration", "PutLogGroupDeletionProtection", "PutMetricFilter",
    "PutQueryDefinition", "PutResourcePolicy", "PutStorageTierPolicy", "PutSubscriptionFilter",
    "PutSyslogConfiguration", "PutTransformer", "StartQuery", "StopQuery", "TestMetricFilter",
    "TestTransformer", "UpdateAnomaly", "UpdateDeliveryConfiguration", "UpdateLogAnomalyDetector",
    "UpdateLookupTable", "UpdateScheduledQuery",
];
