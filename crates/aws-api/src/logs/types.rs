//! The structures and enumerations of `logs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

#![allow(
    missing_docs,
    reason = "the words of the models' documentation are not taken"
)]

use std::collections::BTreeMap;

#[derive(Clone, Default, PartialEq)]
pub struct AccessDeniedException {
    pub message: Option<String>,
}
structure!(AccessDeniedException, ACCESS_DENIED_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateLogGroupRequest {
    pub deletion_protection_enabled: Option<bool>,
    pub kms_key_id: Option<String>,
    pub log_group_class: Option<LogGroupClass>,
    pub log_group_name: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
}
structure!(CreateLogGroupRequest, CREATE_LOG_GROUP_REQUEST, [
    0 deletion_protection_enabled, 1 kms_key_id, 2 log_group_class, 3 log_group_name, 4 tags,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateLogGroupResponse {}
structure!(CreateLogGroupResponse, CREATE_LOG_GROUP_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct CreateLogStreamRequest {
    pub log_group_name: Option<String>,
    pub log_stream_name: Option<String>,
}
structure!(CreateLogStreamRequest, CREATE_LOG_STREAM_REQUEST, [
    0 log_group_name, 1 log_stream_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct CreateLogStreamResponse {}
structure!(CreateLogStreamResponse, CREATE_LOG_STREAM_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct DataAlreadyAcceptedException {
    pub expected_sequence_token: Option<String>,
    pub message: Option<String>,
}
structure!(DataAlreadyAcceptedException, DATA_ALREADY_ACCEPTED_EXCEPTION, [
    0 expected_sequence_token, 1 message,
]);

enumeration!(DataProtectionStatus {
    Activated = "ACTIVATED", Deleted = "DELETED", Archived = "ARCHIVED", Disabled = "DISABLED",
});

#[derive(Clone, Default, PartialEq)]
pub struct DeleteLogGroupRequest {
    pub log_group_name: Option<String>,
}
structure!(DeleteLogGroupRequest, DELETE_LOG_GROUP_REQUEST, [0 log_group_name]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteLogGroupResponse {}
structure!(DeleteLogGroupResponse, DELETE_LOG_GROUP_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteLogStreamRequest {
    pub log_group_name: Option<String>,
    pub log_stream_name: Option<String>,
}
structure!(DeleteLogStreamRequest, DELETE_LOG_STREAM_REQUEST, [
    0 log_group_name, 1 log_stream_name,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteLogStreamResponse {}
structure!(DeleteLogStreamResponse, DELETE_LOG_STREAM_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteRetentionPolicyRequest {
    pub log_group_name: Option<String>,
}
structure!(DeleteRetentionPolicyRequest, DELETE_RETENTION_POLICY_REQUEST, [0 log_group_name]);

#[derive(Clone, Default, PartialEq)]
pub struct DeleteRetentionPolicyResponse {}
structure!(
    DeleteRetentionPolicyResponse,
    DELETE_RETENTION_POLICY_RESPONSE,
    []
);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeLogGroupsRequest {
    pub account_identifiers: Option<Vec<String>>,
    pub include_linked_accounts: Option<bool>,
    pub limit: Option<i32>,
    pub log_group_class: Option<LogGroupClass>,
    pub log_group_identifiers: Option<Vec<String>>,
    pub log_group_name_pattern: Option<String>,
    pub log_group_name_prefix: Option<String>,
    pub next_token: Option<String>,
}
structure!(DescribeLogGroupsRequest, DESCRIBE_LOG_GROUPS_REQUEST, [
    0 account_identifiers, 1 include_linked_accounts, 2 limit, 3 log_group_class,
    4 log_group_identifiers, 5 log_group_name_pattern, 6 log_group_name_prefix, 7 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeLogGroupsResponse {
    pub log_groups: Option<Vec<LogGroup>>,
    pub next_token: Option<String>,
}
structure!(DescribeLogGroupsResponse, DESCRIBE_LOG_GROUPS_RESPONSE, [0 log_groups, 1 next_token]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeLogStreamsRequest {
    pub descending: Option<bool>,
    pub limit: Option<i32>,
    pub log_group_identifier: Option<String>,
    pub log_group_name: Option<String>,
    pub log_stream_name_prefix: Option<String>,
    pub next_token: Option<String>,
    pub order_by: Option<OrderBy>,
}
structure!(DescribeLogStreamsRequest, DESCRIBE_LOG_STREAMS_REQUEST, [
    0 descending, 1 limit, 2 log_group_identifier, 3 log_group_name, 4 log_stream_name_prefix,
    5 next_token, 6 order_by,
]);

#[derive(Clone, Default, PartialEq)]
pub struct DescribeLogStreamsResponse {
    pub log_streams: Option<Vec<LogStream>>,
    pub next_token: Option<String>,
}
structure!(DescribeLogStreamsResponse, DESCRIBE_LOG_STREAMS_RESPONSE, [
    0 log_streams, 1 next_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct Entity {
    pub attributes: Option<BTreeMap<String, String>>,
    pub key_attributes: Option<BTreeMap<String, String>>,
}
structure!(Entity, ENTITY, [0 attributes, 1 key_attributes]);

enumeration!(EntityRejectionErrorType {
    InvalidEntity = "InvalidEntity", InvalidTypeValue = "InvalidTypeValue",
    InvalidKeyAttributes = "InvalidKeyAttributes", InvalidAttributes = "InvalidAttributes",
    EntitySizeTooLarge = "EntitySizeTooLarge", UnsupportedLogGroupType = "UnsupportedLogGroupType",
    MissingRequiredFields = "MissingRequiredFields",
});

#[derive(Clone, Default, PartialEq)]
pub struct FilterLogEventsRequest {
    pub end_time: Option<i64>,
    pub filter_pattern: Option<String>,
    pub interleaved: Option<bool>,
    pub limit: Option<i32>,
    pub log_group_identifier: Option<String>,
    pub log_group_name: Option<String>,
    pub log_stream_name_prefix: Option<String>,
    pub log_stream_names: Option<Vec<String>>,
    pub next_token: Option<String>,
    pub start_from_head: Option<bool>,
    pub start_time: Option<i64>,
    pub unmask: Option<bool>,
}
structure!(FilterLogEventsRequest, FILTER_LOG_EVENTS_REQUEST, [
    0 end_time, 1 filter_pattern, 2 interleaved, 3 limit, 4 log_group_identifier, 5 log_group_name,
    6 log_stream_name_prefix, 7 log_stream_names, 8 next_token, 9 start_from_head, 10 start_time,
    11 unmask,
]);

#[derive(Clone, Default, PartialEq)]
pub struct FilterLogEventsResponse {
    pub events: Option<Vec<FilteredLogEvent>>,
    pub next_token: Option<String>,
    pub searched_log_streams: Option<Vec<SearchedLogStream>>,
}
structure!(FilterLogEventsResponse, FILTER_LOG_EVENTS_RESPONSE, [
    0 events, 1 next_token, 2 searched_log_streams,
]);

#[derive(Clone, Default, PartialEq)]
pub struct FilteredLogEvent {
    pub event_id: Option<String>,
    pub ingestion_time: Option<i64>,
    pub log_stream_name: Option<String>,
    pub message: Option<String>,
    pub timestamp: Option<i64>,
}
structure!(FilteredLogEvent, FILTERED_LOG_EVENT, [
    0 event_id, 1 ingestion_time, 2 log_stream_name, 3 message, 4 timestamp,
]);

#[derive(Clone, Default, PartialEq)]
pub struct GetLogEventsRequest {
    pub end_time: Option<i64>,
    pub limit: Option<i32>,
    pub log_group_identifier: Option<String>,
    pub log_group_name: Option<String>,
    pub log_stream_name: Option<String>,
    pub next_token: Option<String>,
    pub start_from_head: Option<bool>,
    pub start_time: Option<i64>,
    pub unmask: Option<bool>,
}
structure!(GetLogEventsRequest, GET_LOG_EVENTS_REQUEST, [
    0 end_time, 1 limit, 2 log_group_identifier, 3 log_group_name, 4 log_stream_name, 5 next_token,
    6 start_from_head, 7 start_time, 8 unmask,
]);

#[derive(Clone, Default, PartialEq)]
pub struct GetLogEventsResponse {
    pub events: Option<Vec<OutputLogEvent>>,
    pub next_backward_token: Option<String>,
    pub next_forward_token: Option<String>,
}
structure!(GetLogEventsResponse, GET_LOG_EVENTS_RESPONSE, [
    0 events, 1 next_backward_token, 2 next_forward_token,
]);

enumeration!(InheritedProperty {
    AccountDataProtection = "ACCOUNT_DATA_PROTECTION",
});

#[derive(Clone, Default, PartialEq)]
pub struct InputLogEvent {
    pub message: Option<String>,
    pub timestamp: Option<i64>,
}
structure!(InputLogEvent, INPUT_LOG_EVENT, [0 message, 1 timestamp]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidOperationException {
    pub message: Option<String>,
}
structure!(InvalidOperationException, INVALID_OPERATION_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidParameterException {
    pub message: Option<String>,
}
structure!(InvalidParameterException, INVALID_PARAMETER_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct InvalidSequenceTokenException {
    pub expected_sequence_token: Option<String>,
    pub message: Option<String>,
}
structure!(InvalidSequenceTokenException, INVALID_SEQUENCE_TOKEN_EXCEPTION, [
    0 expected_sequence_token, 1 message,
]);

#[derive(Clone, Default, PartialEq)]
pub struct LimitExceededException {
    pub message: Option<String>,
}
structure!(LimitExceededException, LIMIT_EXCEEDED_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceRequest {
    pub resource_arn: Option<String>,
}
structure!(ListTagsForResourceRequest, LIST_TAGS_FOR_RESOURCE_REQUEST, [0 resource_arn]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsForResourceResponse {
    pub tags: Option<BTreeMap<String, String>>,
}
structure!(ListTagsForResourceResponse, LIST_TAGS_FOR_RESOURCE_RESPONSE, [0 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsLogGroupRequest {
    pub log_group_name: Option<String>,
}
structure!(ListTagsLogGroupRequest, LIST_TAGS_LOG_GROUP_REQUEST, [0 log_group_name]);

#[derive(Clone, Default, PartialEq)]
pub struct ListTagsLogGroupResponse {
    pub tags: Option<BTreeMap<String, String>>,
}
structure!(ListTagsLogGroupResponse, LIST_TAGS_LOG_GROUP_RESPONSE, [0 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct LiveTailSessionLogEvent {
    pub ingestion_time: Option<i64>,
    pub log_group_identifier: Option<String>,
    pub log_stream_name: Option<String>,
    pub message: Option<String>,
    pub timestamp: Option<i64>,
}
structure!(LiveTailSessionLogEvent, LIVE_TAIL_SESSION_LOG_EVENT, [
    0 ingestion_time, 1 log_group_identifier, 2 log_stream_name, 3 message, 4 timestamp,
]);

#[derive(Clone, Default, PartialEq)]
pub struct LiveTailSessionMetadata {
    pub sampled: Option<bool>,
}
structure!(LiveTailSessionMetadata, LIVE_TAIL_SESSION_METADATA, [0 sampled]);

#[derive(Clone, Default, PartialEq)]
pub struct LiveTailSessionStart {
    pub log_event_filter_pattern: Option<String>,
    pub log_group_identifiers: Option<Vec<String>>,
    pub log_stream_name_prefixes: Option<Vec<String>>,
    pub log_stream_names: Option<Vec<String>>,
    pub request_id: Option<String>,
    pub session_id: Option<String>,
}
structure!(LiveTailSessionStart, LIVE_TAIL_SESSION_START, [
    0 log_event_filter_pattern, 1 log_group_identifiers, 2 log_stream_name_prefixes,
    3 log_stream_names, 4 request_id, 5 session_id,
]);

#[derive(Clone, Default, PartialEq)]
pub struct LiveTailSessionUpdate {
    pub session_metadata: Option<LiveTailSessionMetadata>,
    pub session_results: Option<Vec<LiveTailSessionLogEvent>>,
}
structure!(LiveTailSessionUpdate, LIVE_TAIL_SESSION_UPDATE, [
    0 session_metadata, 1 session_results,
]);

#[derive(Clone, Default, PartialEq)]
pub struct LogGroup {
    pub arn: Option<String>,
    pub bearer_token_authentication_enabled: Option<bool>,
    pub creation_time: Option<i64>,
    pub data_protection_status: Option<DataProtectionStatus>,
    pub deletion_protection_enabled: Option<bool>,
    pub inherited_properties: Option<Vec<InheritedProperty>>,
    pub kms_key_id: Option<String>,
    pub log_group_arn: Option<String>,
    pub log_group_class: Option<LogGroupClass>,
    pub log_group_name: Option<String>,
    pub metric_filter_count: Option<i32>,
    pub retention_in_days: Option<i32>,
    pub retention_policy_name: Option<String>,
    pub stored_bytes: Option<i64>,
}
structure!(LogGroup, LOG_GROUP, [
    0 arn, 1 bearer_token_authentication_enabled, 2 creation_time, 3 data_protection_status,
    4 deletion_protection_enabled, 5 inherited_properties, 6 kms_key_id, 7 log_group_arn,
    8 log_group_class, 9 log_group_name, 10 metric_filter_count, 11 retention_in_days,
    12 retention_policy_name, 13 stored_bytes,
]);

enumeration!(LogGroupClass {
    Standard = "STANDARD", InfrequentAccess = "INFREQUENT_ACCESS", Delivery = "DELIVERY",
    Essentials = "ESSENTIALS",
});

#[derive(Clone, Default, PartialEq)]
pub struct LogStream {
    pub arn: Option<String>,
    pub creation_time: Option<i64>,
    pub first_event_timestamp: Option<i64>,
    pub last_event_timestamp: Option<i64>,
    pub last_ingestion_time: Option<i64>,
    pub log_stream_name: Option<String>,
    pub stored_bytes: Option<i64>,
    pub upload_sequence_token: Option<String>,
}
structure!(LogStream, LOG_STREAM, [
    0 arn, 1 creation_time, 2 first_event_timestamp, 3 last_event_timestamp, 4 last_ingestion_time,
    5 log_stream_name, 6 stored_bytes, 7 upload_sequence_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct OperationAbortedException {
    pub message: Option<String>,
}
structure!(OperationAbortedException, OPERATION_ABORTED_EXCEPTION, [0 message]);

enumeration!(OrderBy {
    LogStreamName = "LogStreamName", LastEventTime = "LastEventTime",
});

#[derive(Clone, Default, PartialEq)]
pub struct OutputLogEvent {
    pub ingestion_time: Option<i64>,
    pub message: Option<String>,
    pub timestamp: Option<i64>,
}
structure!(OutputLogEvent, OUTPUT_LOG_EVENT, [0 ingestion_time, 1 message, 2 timestamp]);

#[derive(Clone, Default, PartialEq)]
pub struct PutLogEventsRequest {
    pub entity: Option<Entity>,
    pub log_events: Option<Vec<InputLogEvent>>,
    pub log_group_name: Option<String>,
    pub log_stream_name: Option<String>,
    pub sequence_token: Option<String>,
}
structure!(PutLogEventsRequest, PUT_LOG_EVENTS_REQUEST, [
    0 entity, 1 log_events, 2 log_group_name, 3 log_stream_name, 4 sequence_token,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutLogEventsResponse {
    pub next_sequence_token: Option<String>,
    pub rejected_entity_info: Option<RejectedEntityInfo>,
    pub rejected_log_events_info: Option<RejectedLogEventsInfo>,
}
structure!(PutLogEventsResponse, PUT_LOG_EVENTS_RESPONSE, [
    0 next_sequence_token, 1 rejected_entity_info, 2 rejected_log_events_info,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutRetentionPolicyRequest {
    pub log_group_name: Option<String>,
    pub retention_in_days: Option<i32>,
}
structure!(PutRetentionPolicyRequest, PUT_RETENTION_POLICY_REQUEST, [
    0 log_group_name, 1 retention_in_days,
]);

#[derive(Clone, Default, PartialEq)]
pub struct PutRetentionPolicyResponse {}
structure!(
    PutRetentionPolicyResponse,
    PUT_RETENTION_POLICY_RESPONSE,
    []
);

#[derive(Clone, Default, PartialEq)]
pub struct RejectedEntityInfo {
    pub error_type: Option<EntityRejectionErrorType>,
}
structure!(RejectedEntityInfo, REJECTED_ENTITY_INFO, [0 error_type]);

#[derive(Clone, Default, PartialEq)]
pub struct RejectedLogEventsInfo {
    pub expired_log_event_end_index: Option<i32>,
    pub too_new_log_event_start_index: Option<i32>,
    pub too_old_log_event_end_index: Option<i32>,
}
structure!(RejectedLogEventsInfo, REJECTED_LOG_EVENTS_INFO, [
    0 expired_log_event_end_index, 1 too_new_log_event_start_index, 2 too_old_log_event_end_index,
]);

#[derive(Clone, Default, PartialEq)]
pub struct ResourceAlreadyExistsException {
    pub message: Option<String>,
}
structure!(ResourceAlreadyExistsException, RESOURCE_ALREADY_EXISTS_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct ResourceNotFoundException {
    pub message: Option<String>,
}
structure!(ResourceNotFoundException, RESOURCE_NOT_FOUND_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct SearchedLogStream {
    pub log_stream_name: Option<String>,
    pub searched_completely: Option<bool>,
}
structure!(SearchedLogStream, SEARCHED_LOG_STREAM, [0 log_stream_name, 1 searched_completely]);

#[derive(Clone, Default, PartialEq)]
pub struct ServiceUnavailableException {
    pub message: Option<String>,
}
structure!(ServiceUnavailableException, SERVICE_UNAVAILABLE_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct SessionStreamingException {
    pub message: Option<String>,
}
structure!(SessionStreamingException, SESSION_STREAMING_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct SessionTimeoutException {
    pub message: Option<String>,
}
structure!(SessionTimeoutException, SESSION_TIMEOUT_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct StartLiveTailRequest {
    pub log_event_filter_pattern: Option<String>,
    pub log_group_identifiers: Option<Vec<String>>,
    pub log_stream_name_prefixes: Option<Vec<String>>,
    pub log_stream_names: Option<Vec<String>>,
}
structure!(StartLiveTailRequest, START_LIVE_TAIL_REQUEST, [
    0 log_event_filter_pattern, 1 log_group_identifiers, 2 log_stream_name_prefixes,
    3 log_stream_names,
]);

#[derive(Clone, Default, PartialEq)]
pub struct StartLiveTailResponse {
    pub response_stream: Option<StartLiveTailResponseStream>,
}
structure!(StartLiveTailResponse, START_LIVE_TAIL_RESPONSE, [0 response_stream]);

#[derive(Clone, Default, PartialEq)]
pub struct StartLiveTailResponseStream {
    pub session_streaming_exception: Option<SessionStreamingException>,
    pub session_timeout_exception: Option<SessionTimeoutException>,
    pub session_start: Option<LiveTailSessionStart>,
    pub session_update: Option<LiveTailSessionUpdate>,
}
structure!(StartLiveTailResponseStream, START_LIVE_TAIL_RESPONSE_STREAM, [
    0 session_streaming_exception, 1 session_timeout_exception, 2 session_start, 3 session_update,
]);

#[derive(Clone, Default, PartialEq)]
pub struct TagLogGroupRequest {
    pub log_group_name: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
}
structure!(TagLogGroupRequest, TAG_LOG_GROUP_REQUEST, [0 log_group_name, 1 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct TagLogGroupResponse {}
structure!(TagLogGroupResponse, TAG_LOG_GROUP_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceRequest {
    pub resource_arn: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
}
structure!(TagResourceRequest, TAG_RESOURCE_REQUEST, [0 resource_arn, 1 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct TagResourceResponse {}
structure!(TagResourceResponse, TAG_RESOURCE_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct TooManyTagsException {
    pub message: Option<String>,
    pub resource_name: Option<String>,
}
structure!(TooManyTagsException, TOO_MANY_TAGS_EXCEPTION, [0 message, 1 resource_name]);

#[derive(Clone, Default, PartialEq)]
pub struct UnrecognizedClientException {
    pub message: Option<String>,
}
structure!(UnrecognizedClientException, UNRECOGNIZED_CLIENT_EXCEPTION, [0 message]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagLogGroupRequest {
    pub log_group_name: Option<String>,
    pub tags: Option<Vec<String>>,
}
structure!(UntagLogGroupRequest, UNTAG_LOG_GROUP_REQUEST, [0 log_group_name, 1 tags]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagLogGroupResponse {}
structure!(UntagLogGroupResponse, UNTAG_LOG_GROUP_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceRequest {
    pub resource_arn: Option<String>,
    pub tag_keys: Option<Vec<String>>,
}
structure!(UntagResourceRequest, UNTAG_RESOURCE_REQUEST, [0 resource_arn, 1 tag_keys]);

#[derive(Clone, Default, PartialEq)]
pub struct UntagResourceResponse {}
structure!(UntagResourceResponse, UNTAG_RESOURCE_RESPONSE, []);

#[derive(Clone, Default, PartialEq)]
pub struct ValidationException {
    pub message: Option<String>,
}
structure!(ValidationException, VALIDATION_EXCEPTION, [0 message]);
