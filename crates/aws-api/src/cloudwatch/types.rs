//! The structures and enumerations of `cloudwatch`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use std::collections::BTreeMap;

use aws_schema::Timestamp;

#[derive(Clone, Default, PartialEq)]
pub struct Datapoint {
    pub average: Option<f64>,
    pub extended_statistics: Option<BTreeMap<String, f64>>,
    pub maximum: Option<f64>,
    pub minimum: Option<f64>,
    pub sample_count: Option<f64>,
    pub sum: Option<f64>,
    pub timestamp: Option<Timestamp>,
    pub unit: Option<StandardUnit>,
}
structure!(Datapoint, DATAPOINT, [
    0 average, 1 extended_statistics, 2 maximum, 3 minimum, 4 sample_count, 5 sum, 6 timestamp,
    7 unit,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Dimension {
    pub name: Option<String>,
    pub value: Option<String>,
}
structure!(Dimension, DIMENSION, [0 name, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct DimensionFilter {
    pub name: Option<String>,
    pub value: Option<String>,
}
structure!(DimensionFilter, DIMENSION_FILTER, [0 name, 1 value]);

#[derive(Clone, Default, PartialEq)]
pub struct Entity {
    pub attributes: Option<BTreeMap<String, String>>,
    pub key_attributes: Option<BTreeMap<String, String>>,
}
structure!(Entity, ENTITY, [0 attributes, 1 key_attributes]);

#[derive(Clone, Default, PartialEq)]
pub struct EntityMetricData {
    pub entity: Option<Entity>,
    pub metric_data: Option<Vec<MetricDatum>>,
}
structure!(EntityMetricData, ENTITY_METRIC_DATA, [0 entity, 1 metric_data]);

#[derive(Clone, Default, PartialEq)]
pub struct GetMetricStatisticsInput {
    pub dimensions: Option<Vec<Dimension>>,
    pub end_time: Option<Timestamp>,
    pub extended_statistics: Option<Vec<String>>,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    pub period: Option<i32>,
    pub start_time: Option<Timestamp>,
    pub statistics: Option<Vec<Statistic>>,
    pub unit: Option<StandardUnit>,
}
structure!(GetMetricStatisticsInput, GET_METRIC_STATISTICS_INPUT, [
    0 dimensions, 1 end_time, 2 extended_statistics, 3 metric_name, 4 namespace, 5 period,
    6 start_time, 7 statistics, 8 unit,
]);

#[derive(Clone, Default, PartialEq)]
pub struct GetMetricStatisticsOutput {
    pub datapoints: Option<Vec<Datapoint>>,
    pub label: Option<String>,
}
structure!(GetMetricStatisticsOutput, GET_METRIC_STATISTICS_OUTPUT, [0 datapoints, 1 label]);

#[derive(Clone, Default, PartialEq)]
pub struct InternalServiceFault {
    pub message: Option<String>,
}
structure!(InternalServiceFault, INTERNAL_SERVICE_FAULT, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidParameterCombinationException {
    pub message: Option<String>,
}
structure!(InvalidParameterCombinationException, INVALID_PARAMETER_COMBINATION_EXCEPTION, [
    0 message,
]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidParameterValueException {
    pub message: Option<String>,
}
structure!(InvalidParameterValueException, INVALID_PARAMETER_VALUE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ListMetricsInput {
    pub dimensions: Option<Vec<DimensionFilter>>,
    pub include_linked_accounts: Option<bool>,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    pub next_token: Option<String>,
    pub owning_account: Option<String>,
    pub recently_active: Option<RecentlyActive>,
}
structure!(ListMetricsInput, LIST_METRICS_INPUT, [
    0 dimensions, 1 include_linked_accounts, 2 metric_name, 3 namespace, 4 next_token,
    5 owning_account, 6 recently_active,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ListMetricsOutput {
    pub metrics: Option<Vec<Metric>>,
    pub next_token: Option<String>,
    pub owning_accounts: Option<Vec<String>>,
}
structure!(ListMetricsOutput, LIST_METRICS_OUTPUT, [0 metrics, 1 next_token, 2 owning_accounts]);

#[derive(Clone, Default, PartialEq)]
pub struct Metric {
    pub dimensions: Option<Vec<Dimension>>,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
}
structure!(Metric, METRIC, [0 dimensions, 1 metric_name, 2 namespace]);

#[derive(Clone, Default, PartialEq)]
pub struct MetricDatum {
    pub counts: Option<Vec<f64>>,
    pub dimensions: Option<Vec<Dimension>>,
    pub metric_name: Option<String>,
    pub statistic_values: Option<StatisticSet>,
    pub storage_resolution: Option<i32>,
    pub timestamp: Option<Timestamp>,
    pub unit: Option<StandardUnit>,
    pub value: Option<f64>,
    pub values: Option<Vec<f64>>,
}
structure!(MetricDatum, METRIC_DATUM, [
    0 counts, 1 dimensions, 2 metric_name, 3 statistic_values, 4 storage_resolution, 5 timestamp,
    6 unit, 7 value, 8 values,
]);

#[derive(Clone, Default, PartialEq)]
pub struct MissingRequiredParameterException {
    pub message: Option<String>,
}
structure!(MissingRequiredParameterException, MISSING_REQUIRED_PARAMETER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct PutMetricDataInput {
    pub entity_metric_data: Option<Vec<EntityMetricData>>,
    pub metric_data: Option<Vec<MetricDatum>>,
    pub namespace: Option<String>,
    pub strict_entity_validation: Option<bool>,
}
structure!(PutMetricDataInput, PUT_METRIC_DATA_INPUT, [
    0 entity_metric_data, 1 metric_data, 2 namespace, 3 strict_entity_validation,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutMetricDataOutput {}
structure!(PutMetricDataOutput, PUT_METRIC_DATA_OUTPUT, []);

enumeration!(RecentlyActive {
    Pt3H = "PT3H",
});

enumeration!(StandardUnit {
    Seconds = "Seconds", Microseconds = "Microseconds", Milliseconds = "Milliseconds",
    Bytes = "Bytes", Kilobytes = "Kilobytes", Megabytes = "Megabytes", Gigabytes = "Gigabytes",
    Terabytes = "Terabytes", Bits = "Bits", Kilobits = "Kilobits", Megabits = "Megabits",
    Gigabits = "Gigabits", Terabits = "Terabits", Percent = "Percent", Count = "Count",
    BytesSecond = "Bytes/Second", KilobytesSecond = "Kilobytes/Second",
    MegabytesSecond = "Megabytes/Second", GigabytesSecond = "Gigabytes/Second",
    TerabytesSecond = "Terabytes/Second", BitsSecond = "Bits/Second",
    KilobitsSecond = "Kilobits/Second", MegabitsSecond = "Megabits/Second",
    GigabitsSecond = "Gigabits/Second", TerabitsSecond = "Terabits/Second",
    CountSecond = "Count/Second", None = "None",
});

enumeration!(Statistic {
    SampleCount = "SampleCount", Average = "Average", Sum = "Sum", Minimum = "Minimum",
    Maximum = "Maximum",
});

#[derive(Clone, Default, PartialEq)]
pub struct StatisticSet {
    pub maximum: Option<f64>,
    pub minimum: Option<f64>,
    pub sample_count: Option<f64>,
    pub sum: Option<f64>,
}
structure!(StatisticSet, STATISTIC_SET, [0 maximum, 1 minimum, 2 sample_count, 3 sum]);
