//! CloudWatch (2010-08-01), from botocore 1.44.5.
// Generated from models/ by `cargo xtask codegen`: do not edit.

mod error;
mod schemas;
mod server;
mod types;

use aws_schema::{Operation, Protocol, ServiceSchema};

pub use error::Error;
#[cfg(feature = "conformance")]
pub use server::read_shape;
pub use server::{Cloudwatch, Server};
pub use types::*;

/// What is known of the service.
pub static SERVICE: ServiceSchema = ServiceSchema {
    signing_name: "monitoring",
    service_id: "CloudWatch",
    api_version: "2010-08-01",
    target_prefix: Some("GraniteServiceVersion20100801"),
    xml_namespace: Some("http://monitoring.amazonaws.com/doc/2010-08-01/"),
    protocols: &[Protocol::RpcV2Cbor, Protocol::AwsJson10, Protocol::AwsQuery],
    query_compatible: true,
    operations: &[&GET_METRIC_STATISTICS, &LIST_METRICS, &PUT_METRIC_DATA],
    unsupported: UNSUPPORTED,
};

static GET_METRIC_STATISTICS: Operation = Operation {
    name: "GetMetricStatistics",
    input: &schemas::GET_METRIC_STATISTICS_INPUT,
    output: &schemas::GET_METRIC_STATISTICS_OUTPUT,
    result_wrapper: Some("GetMetricStatisticsResult"),
    errors: &[
        &error::INVALID_PARAMETER_VALUE_EXCEPTION,
        &error::MISSING_REQUIRED_PARAMETER_EXCEPTION,
        &error::INVALID_PARAMETER_COMBINATION_EXCEPTION,
        &error::INTERNAL_SERVICE_FAULT,
    ],
};
static LIST_METRICS: Operation = Operation {
    name: "ListMetrics",
    input: &schemas::LIST_METRICS_INPUT,
    output: &schemas::LIST_METRICS_OUTPUT,
    result_wrapper: Some("ListMetricsResult"),
    errors: &[
        &error::INTERNAL_SERVICE_FAULT,
        &error::INVALID_PARAMETER_VALUE_EXCEPTION,
    ],
};
static PUT_METRIC_DATA: Operation = Operation {
    name: "PutMetricData",
    input: &schemas::PUT_METRIC_DATA_INPUT,
    output: &schemas::PUT_METRIC_DATA_OUTPUT,
    result_wrapper: None,
    errors: &[
        &error::INVALID_PARAMETER_VALUE_EXCEPTION,
        &error::MISSING_REQUIRED_PARAMETER_EXCEPTION,
        &error::INVALID_PARAMETER_COMBINATION_EXCEPTION,
        &error::INTERNAL_SERVICE_FAULT,
    ],
};

#[rustfmt::skip]
static UNSUPPORTED: &[&str] = &[
    "AssociateDatasetKmsKey", "CreateResourceMetricsConfiguration", "DeleteAlarmMuteRule",
    "DeleteAlarms", "DeleteAnomalyDetector", "DeleteDashboards", "DeleteInsightRules",
    "DeleteMetricDataQueryDefinition", "DeleteMetricStream", "DeleteResourceMetricsConfiguration",
    "DescribeAlarmContributors", "DescribeAlarmHistory", "DescribeAlarms",
    "DescribeAlarmsForMetric", "DescribeAnomalyDetectors", "DescribeInsightRules",
    "DisableAlarmActions", "DisableInsightRules", "DisassociateDatasetKmsKey",
    "EnableAlarmActions", "EnableInsightRules", "GetAlarmMuteRule", "GetDashboard", "GetDataset",
    "GetInsightRuleReport", "GetMetricData", "GetMetricDataQueryDefinition", "GetMetricStream",
    "GetMetricWidgetImage", "GetOTelEnrichment", "GetResourceMetricsConfiguration",
    "ListAlarmMuteRules", "ListDashboards", "ListManagedInsightRules",
    "ListMetricDataQueryDefinitions", "ListMetricStreams", "ListTagsForResource",
    "PutAlarmMuteRule", "PutAnomalyDetector", "PutCompositeAlarm", "PutDashboard",
    "PutInsightRule", "PutLogAlarm", "PutManagedInsightRules", "PutMetricAlarm",
    "PutMetricDataQueryDefinition", "PutMetricStream", "SetAlarmState", "StartMetricStreams",
    "StartOTelEnrichment", "StopMetricStreams", "StopOTelEnrichment", "TagResource",
    "UntagResource", "UpdateOTelEnrichment", "UpdateResourceMetricsConfiguration",
];
