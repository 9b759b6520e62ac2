//! The schemas of `cloudwatch`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ACCOUNT_ID: Schema = Schema::new("AccountId", Kind::String).min(1).max(255);
pub(super) static AWS_QUERY_ERROR_MESSAGE: Schema =
    Schema::new("AwsQueryErrorMessage", Kind::String);
pub(super) static COUNTS: Schema = Schema::new(
    "Counts",
    Kind::List(&Member::new("member", &DATAPOINT_VALUE)),
);
pub(super) static DATAPOINT: Schema = Schema::new(
    "Datapoint",
    Kind::Structure(&[
        Member::new("Average", &DATAPOINT_VALUE),
        Member::new("ExtendedStatistics", &DATAPOINT_VALUE_MAP),
        Member::new("Maximum", &DATAPOINT_VALUE),
        Member::new("Minimum", &DATAPOINT_VALUE),
        Member::new("SampleCount", &DATAPOINT_VALUE),
        Member::new("Sum", &DATAPOINT_VALUE),
        Member::new("Timestamp", &TIMESTAMP),
        Member::new("Unit", &STANDARD_UNIT),
    ]),
);
pub(super) static DATAPOINT_VALUE: Schema = Schema::new("DatapointValue", Kind::Double);
pub(super) static DATAPOINT_VALUE_MAP: Schema = Schema::new(
    "DatapointValueMap",
    Kind::Map(
        &Member::new("key", &EXTENDED_STATISTIC),
        &Member::new("value", &DATAPOINT_VALUE),
    ),
);
pub(super) static DATAPOINTS: Schema =
    Schema::new("Datapoints", Kind::List(&Member::new("member", &DATAPOINT)));
pub(super) static DIMENSION: Schema = Schema::new(
    "Dimension",
    Kind::Structure(&[
        Member::new("Name", &DIMENSION_NAME).required().refused(),
        Member::new("Value", &DIMENSION_VALUE).required().refused(),
    ]),
);
pub(super) static DIMENSION_FILTER: Schema = Schema::new(
    "DimensionFilter",
    Kind::Structure(&[
        Member::new("Name", &DIMENSION_NAME).required().refused(),
        Member::new("Value", &DIMENSION_VALUE).refused(),
    ]),
);
pub(super) static DIMENSION_FILTERS: Schema = Schema::new(
    "DimensionFilters",
    Kind::List(&Member::new("member", &DIMENSION_FILTER)),
)
.max(10);
pub(super) static DIMENSION_NAME: Schema =
    Schema::new("DimensionName", Kind::String).min(1).max(255);
pub(super) static DIMENSION_VALUE: Schema =
    Schema::new("DimensionValue", Kind::String).min(1).max(1024);
pub(super) static DIMENSIONS: Schema =
    Schema::new("Dimensions", Kind::List(&Member::new("member", &DIMENSION))).max(30);
pub(super) static ENTITY: Schema = Schema::new(
    "Entity",
    Kind::Structure(&[
        Member::new("Attributes", &ENTITY_ATTRIBUTES_MAP).refused(),
        Member::new("KeyAttributes", &ENTITY_KEY_ATTRIBUTES_MAP).refused(),
    ]),
);
pub(super) static ENTITY_ATTRIBUTES_MAP: Schema = Schema::new(
    "EntityAttributesMap",
    Kind::Map(
        &Member::new("key", &ENTITY_ATTRIBUTES_MAP_KEY_STRING),
        &Member::new("value", &ENTITY_ATTRIBUTES_MAP_VALUE_STRING),
    ),
)
.min(0)
.max(10);
pub(super) static ENTITY_ATTRIBUTES_MAP_KEY_STRING: Schema =
    Schema::new("EntityAttributesMapKeyString", Kind::String)
        .min(1)
        .max(256);
pub(super) static ENTITY_ATTRIBUTES_MAP_VALUE_STRING: Schema =
    Schema::new("EntityAttributesMapValueString", Kind::String)
        .min(1)
        .max(2048);
pub(super) static ENTITY_KEY_ATTRIBUTES_MAP: Schema = Schema::new(
    "EntityKeyAttributesMap",
    Kind::Map(
        &Member::new("key", &ENTITY_KEY_ATTRIBUTES_MAP_KEY_STRING),
        &Member::new("value", &ENTITY_KEY_ATTRIBUTES_MAP_VALUE_STRING),
    ),
)
.min(2)
.max(4);
pub(super) static ENTITY_KEY_ATTRIBUTES_MAP_KEY_STRING: Schema =
    Schema::new("EntityKeyAttributesMapKeyString", Kind::String)
        .min(1)
        .max(32);
pub(super) static ENTITY_KEY_ATTRIBUTES_MAP_VALUE_STRING: Schema =
    Schema::new("EntityKeyAttributesMapValueString", Kind::String)
        .min(1)
        .max(2048);
pub(super) static ENTITY_METRIC_DATA: Schema = Schema::new(
    "EntityMetricData",
    Kind::Structure(&[
        Member::new("Entity", &ENTITY).refused(),
        Member::new("MetricData", &METRIC_DATA).refused(),
    ]),
);
pub(super) static ENTITY_METRIC_DATA_LIST: Schema = Schema::new(
    "EntityMetricDataList",
    Kind::List(&Member::new("member", &ENTITY_METRIC_DATA)),
);
pub(super) static EXTENDED_STATISTIC: Schema = Schema::new("ExtendedStatistic", Kind::String);
pub(super) static EXTENDED_STATISTICS: Schema = Schema::new(
    "ExtendedStatistics",
    Kind::List(&Member::new("member", &EXTENDED_STATISTIC)),
)
.min(1)
.max(10);
pub(super) static FAULT_DESCRIPTION: Schema = Schema::new("FaultDescription", Kind::String);
pub(super) static GET_METRIC_STATISTICS_INPUT: Schema = Schema::new(
    "GetMetricStatisticsInput",
    Kind::Structure(&[
        Member::new("Dimensions", &DIMENSIONS).refused(),
        Member::new("EndTime", &TIMESTAMP).required().refused(),
        Member::new("ExtendedStatistics", &EXTENDED_STATISTICS).refused(),
        Member::new("MetricName", &METRIC_NAME).required().refused(),
        Member::new("Namespace", &NAMESPACE).required().refused(),
        Member::new("Period", &PERIOD).required().refused(),
        Member::new("StartTime", &TIMESTAMP).required().refused(),
        Member::new("Statistics", &STATISTICS).refused(),
        Member::new("Unit", &STANDARD_UNIT).refused(),
    ]),
);
pub(super) static GET_METRIC_STATISTICS_OUTPUT: Schema = Schema::new(
    "GetMetricStatisticsOutput",
    Kind::Structure(&[
        Member::new("Datapoints", &DATAPOINTS),
        Member::new("Label", &METRIC_LABEL),
    ]),
);
pub(super) static INCLUDE_LINKED_ACCOUNTS: Schema =
    Schema::new("IncludeLinkedAccounts", Kind::Boolean);
pub(super) static INTERNAL_SERVICE_FAULT: Schema = Schema::new(
    "InternalServiceFault",
    Kind::Structure(&[Member::new("Message", &FAULT_DESCRIPTION)]),
);
pub(super) static INVALID_PARAMETER_COMBINATION_EXCEPTION: Schema = Schema::new(
    "InvalidParameterCombinationException",
    Kind::Structure(&[Member::new("message", &AWS_QUERY_ERROR_MESSAGE)]),
);
pub(super) static INVALID_PARAMETER_VALUE_EXCEPTION: Schema = Schema::new(
    "InvalidParameterValueException",
    Kind::Structure(&[Member::new("message", &AWS_QUERY_ERROR_MESSAGE)]),
);
pub(super) static LIST_METRICS_INPUT: Schema = Schema::new(
    "ListMetricsInput",
    Kind::Structure(&[
        Member::new("Dimensions", &DIMENSION_FILTERS).refused(),
        Member::new("IncludeLinkedAccounts", &INCLUDE_LINKED_ACCOUNTS).refused(),
        Member::new("MetricName", &METRIC_NAME).refused(),
        Member::new("Namespace", &NAMESPACE).refused(),
        Member::new("NextToken", &NEXT_TOKEN).refused(),
        Member::new("OwningAccount", &ACCOUNT_ID).refused(),
        Member::new("RecentlyActive", &RECENTLY_ACTIVE).refused(),
    ]),
);
pub(super) static LIST_METRICS_OUTPUT: Schema = Schema::new(
    "ListMetricsOutput",
    Kind::Structure(&[
        Member::new("Metrics", &METRICS),
        Member::new("NextToken", &NEXT_TOKEN),
        Member::new("OwningAccounts", &OWNING_ACCOUNTS),
    ]),
);
pub(super) static METRIC: Schema = Schema::new(
    "Metric",
    Kind::Structure(&[
        Member::new("Dimensions", &DIMENSIONS),
        Member::new("MetricName", &METRIC_NAME),
        Member::new("Namespace", &NAMESPACE),
    ]),
);
pub(super) static METRIC_DATA: Schema = Schema::new(
    "MetricData",
    Kind::List(&Member::new("member", &METRIC_DATUM)),
);
pub(super) static METRIC_DATUM: Schema = Schema::new(
    "MetricDatum",
    Kind::Structure(&[
        Member::new("Counts", &COUNTS).refused(),
        Member::new("Dimensions", &DIMENSIONS).refused(),
        Member::new("MetricName", &METRIC_NAME).required().refused(),
        Member::new("StatisticValues", &STATISTIC_SET).refused(),
        Member::new("StorageResolution", &STORAGE_RESOLUTION).refused(),
        Member::new("Timestamp", &TIMESTAMP).refused(),
        Member::new("Unit", &STANDARD_UNIT).refused(),
        Member::new("Value", &DATAPOINT_VALUE).refused(),
        Member::new("Values", &VALUES).refused(),
    ]),
);
pub(super) static METRIC_LABEL: Schema = Schema::new("MetricLabel", Kind::String);
pub(super) static METRIC_NAME: Schema = Schema::new("MetricName", Kind::String).min(1).max(255);
pub(super) static METRICS: Schema =
    Schema::new("Metrics", Kind::List(&Member::new("member", &METRIC)));
pub(super) static MISSING_REQUIRED_PARAMETER_EXCEPTION: Schema = Schema::new(
    "MissingRequiredParameterException",
    Kind::Structure(&[Member::new("message", &AWS_QUERY_ERROR_MESSAGE)]),
);
pub(super) static NAMESPACE: Schema = Schema::new("Namespace", Kind::String)
    .min(1)
    .max(255)
    .pattern("[^:].*");
pub(super) static NEXT_TOKEN: Schema = Schema::new("NextToken", Kind::String);
pub(super) static OWNING_ACCOUNTS: Schema = Schema::new(
    "OwningAccounts",
    Kind::List(&Member::new("member", &ACCOUNT_ID)),
);
pub(super) static PERIOD: Schema = Schema::new("Period", Kind::Integer).min(1);
pub(super) static PUT_METRIC_DATA_INPUT: Schema = Schema::new(
    "PutMetricDataInput",
    Kind::Structure(&[
        Member::new("EntityMetricData", &ENTITY_METRIC_DATA_LIST).refused(),
        Member::new("MetricData", &METRIC_DATA).refused(),
        Member::new("Namespace", &NAMESPACE).required().refused(),
        Member::new("StrictEntityValidation", &STRICT_ENTITY_VALIDATION).refused(),
    ]),
);
pub(super) static PUT_METRIC_DATA_OUTPUT: Schema =
    Schema::new("PutMetricDataOutput", Kind::Structure(&[]));
pub(super) static RECENTLY_ACTIVE: Schema =
    Schema::new("RecentlyActive", Kind::Enum(types::RecentlyActive::VALUES));
pub(super) static STANDARD_UNIT: Schema =
    Schema::new("StandardUnit", Kind::Enum(types::StandardUnit::VALUES));
pub(super) static STATISTIC: Schema =
    Schema::new("Statistic", Kind::Enum(types::Statistic::VALUES));
pub(super) static STATISTIC_SET: Schema = Schema::new(
    "StatisticSet",
    Kind::Structure(&[
        Member::new("Maximum", &DATAPOINT_VALUE)
            .required()
            .refused(),
        Member::new("Minimum", &DATAPOINT_VALUE)
            .required()
            .refused(),
        Member::new("SampleCount", &DATAPOINT_VALUE)
            .required()
            .refused(),
        Member::new("Sum", &DATAPOINT_VALUE).required().refused(),
    ]),
);
pub(super) static STATISTICS: Schema =
    Schema::new("Statistics", Kind::List(&Member::new("member", &STATISTIC)))
        .min(1)
        .max(5);
pub(super) static STORAGE_RESOLUTION: Schema =
    Schema::new("StorageResolution", Kind::Integer).min(1);
pub(super) static STRICT_ENTITY_VALIDATION: Schema =
    Schema::new("StrictEntityValidation", Kind::Boolean);
pub(super) static TIMESTAMP: Schema = Schema::new("Timestamp", Kind::Timestamp(None));
pub(super) static VALUES: Schema = Schema::new(
    "Values",
    Kind::List(&Member::new("member", &DATAPOINT_VALUE)),
);
