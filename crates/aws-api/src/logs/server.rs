//! What an implementation of `logs` provides, and the way from the gateway to it.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_core::Caller;

use super::error::Error;
use super::types::{
    CreateLogGroupRequest, CreateLogGroupResponse, CreateLogStreamRequest, CreateLogStreamResponse,
    DescribeLogGroupsRequest, DescribeLogGroupsResponse, DescribeLogStreamsRequest,
    DescribeLogStreamsResponse, FilterLogEventsRequest, FilterLogEventsResponse,
    GetLogEventsRequest, GetLogEventsResponse, PutLogEventsRequest, PutLogEventsResponse,
};

/// The typed operations of the service, one method each.
///
/// # Errors
/// What the model declares for the operation, or an error common to all services.
pub trait Logs: Send + Sync + 'static {
    /// `CreateLogGroup`.
    fn create_log_group(
        &self,
        caller: &Caller,
        input: CreateLogGroupRequest,
    ) -> impl Future<Output = Result<CreateLogGroupResponse, Error>> + Send;

    /// `CreateLogStream`.
    fn create_log_stream(
        &self,
        caller: &Caller,
        input: CreateLogStreamRequest,
    ) -> impl Future<Output = Result<CreateLogStreamResponse, Error>> + Send;

    /// `DescribeLogGroups`.
    fn describe_log_groups(
        &self,
        caller: &Caller,
        input: DescribeLogGroupsRequest,
    ) -> impl Future<Output = Result<DescribeLogGroupsResponse, Error>> + Send;

    /// `DescribeLogStreams`.
    fn describe_log_streams(
        &self,
        caller: &Caller,
        input: DescribeLogStreamsRequest,
    ) -> impl Future<Output = Result<DescribeLogStreamsResponse, Error>> + Send;

    /// `FilterLogEvents`.
    fn filter_log_events(
        &self,
        caller: &Caller,
        input: FilterLogEventsRequest,
    ) -> impl Future<Output = Result<FilterLogEventsResponse, Error>> + Send;

    /// `GetLogEvents`.
    fn get_log_events(
        &self,
        caller: &Caller,
        input: GetLogEventsRequest,
    ) -> impl Future<Output = Result<GetLogEventsResponse, Error>> + Send;

    /// `PutLogEvents`.
    fn put_log_events(
        &self,
        caller: &Caller,
        input: PutLogEventsRequest,
    ) -> impl Future<Output = Result<PutLogEventsResponse, Error>> + Send;
}

server!(Logs {
    "CreateLogGroup" => create_log_group,
    "CreateLogStream" => create_log_stream,
    "DescribeLogGroups" => describe_log_groups,
    "DescribeLogStreams" => describe_log_streams,
    "FilterLogEvents" => filter_log_events,
    "GetLogEvents" => get_log_events,
    "PutLogEvents" => put_log_events,
});

shape_reader! {
    "CreateLogGroupRequest" => CreateLogGroupRequest,
    "CreateLogGroupResponse" => CreateLogGroupResponse,
    "CreateLogStreamRequest" => CreateLogStreamRequest,
    "CreateLogStreamResponse" => CreateLogStreamResponse,
    "DataAlreadyAcceptedException" => DataAlreadyAcceptedException,
    "DescribeLogGroupsRequest" => DescribeLogGroupsRequest,
    "DescribeLogGroupsResponse" => DescribeLogGroupsResponse,
    "DescribeLogStreamsRequest" => DescribeLogStreamsRequest,
    "DescribeLogStreamsResponse" => DescribeLogStreamsResponse,
    "FilterLogEventsRequest" => FilterLogEventsRequest,
    "FilterLogEventsResponse" => FilterLogEventsResponse,
    "GetLogEventsRequest" => GetLogEventsRequest,
    "GetLogEventsResponse" => GetLogEventsResponse,
    "InvalidParameterException" => InvalidParameterException,
    "InvalidSequenceTokenException" => InvalidSequenceTokenException,
    "LimitExceededException" => LimitExceededException,
    "OperationAbortedException" => OperationAbortedException,
    "PutLogEventsRequest" => PutLogEventsRequest,
    "PutLogEventsResponse" => PutLogEventsResponse,
    "ResourceAlreadyExistsException" => ResourceAlreadyExistsException,
    "ResourceNotFoundException" => ResourceNotFoundException,
    "ServiceUnavailableException" => ServiceUnavailableException,
    "UnrecognizedClientException" => UnrecognizedClientException,
}
