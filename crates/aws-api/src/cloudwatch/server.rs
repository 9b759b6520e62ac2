//! What an implementation of `cloudwatch` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    GetMetricStatisticsInput, GetMetricStatisticsOutput, ListMetricsInput, ListMetricsOutput,
    PutMetricDataInput, PutMetricDataOutput,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Cloudwatch: Send + Sync + 'static {
    /// `GetMetricStatistics`.
    fn get_metric_statistics(
        &self,
        caller: &Caller,
        input: GetMetricStatisticsInput,
    ) -> impl Future<Output = Result<GetMetricStatisticsOutput, Error>> + Send;

    /// `ListMetrics`.
    fn list_metrics(
        &self,
        caller: &Caller,
        input: ListMetricsInput,
    ) -> impl Future<Output = Result<ListMetricsOutput, Error>> + Send;

    /// `PutMetricData`.
    fn put_metric_data(
        &self,
        caller: &Caller,
        input: PutMetricDataInput,
    ) -> impl Future<Output = Result<PutMetricDataOutput, Error>> + Send;
}

server!(Cloudwatch {
    "GetMetricStatistics" => get_metric_statistics,
    "ListMetrics" => list_metrics,
    "PutMetricData" => put_metric_data,
});

shape_reader! {
    "GetMetricStatisticsInput" => GetMetricStatisticsInput,
    "GetMetricStatisticsOutput" => GetMetricStatisticsOutput,
    "InternalServiceFault" => InternalServiceFault,
    "InvalidParameterCombinationException" => InvalidParameterCombinationException,
    "InvalidParameterValueException" => InvalidParameterValueException,
    "ListMetricsInput" => ListMetricsInput,
    "ListMetricsOutput" => ListMetricsOutput,
    "MissingRequiredParameterException" => MissingRequiredParameterException,
    "PutMetricDataInput" => PutMetricDataInput,
    "PutMetricDataOutput" => PutMetricDataOutput,
}
