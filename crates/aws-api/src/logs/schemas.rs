//! The schemas of `logs`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

use aws_schema::{Kind, Member, Schema};

use super::types;

pub(super) static ACCESS_DENIED_EXCEPTION: Schema = Schema::new(
    "AccessDeniedException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static ACCOUNT_ID: Schema = Schema::new("AccountId", Kind::String)
    .min(12)
    .max(12)
    .pattern(r"^\d{12}$");
pub(super) static ACCOUNT_IDS: Schema = Schema::new(
    "AccountIds",
    Kind::List(&Member::new("member", &ACCOUNT_ID)),
)
.min(0)
.max(20);
pub(super) static AMAZON_RESOURCE_NAME: Schema = Schema::new("AmazonResourceName", Kind::String)
    .min(1)
    .max(1011)
    .pattern(r"[\w+=/:,.@-]*");
pub(super) static ARN: Schema = Schema::new("Arn", Kind::String);
pub(super) static BEARER_TOKEN_AUTHENTICATION_ENABLED: Schema =
    Schema::new("BearerTokenAuthenticationEnabled", Kind::Boolean);
pub(super) static CREATE_LOG_GROUP_REQUEST: Schema = Schema::new(
    "CreateLogGroupRequest",
    Kind::Structure(&[
        Member::new("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED).refused(),
        Member::new("kmsKeyId", &KMS_KEY_ID).refused(),
        Member::new("logGroupClass", &LOG_GROUP_CLASS).refused_unless(&["STANDARD"]),
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("tags", &TAGS),
    ]),
);
pub(super) static CREATE_LOG_GROUP_RESPONSE: Schema =
    Schema::new("CreateLogGroupResponse", Kind::Structure(&[]));
pub(super) static CREATE_LOG_STREAM_REQUEST: Schema = Schema::new(
    "CreateLogStreamRequest",
    Kind::Structure(&[
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("logStreamName", &LOG_STREAM_NAME).required(),
    ]),
);
pub(super) static CREATE_LOG_STREAM_RESPONSE: Schema =
    Schema::new("CreateLogStreamResponse", Kind::Structure(&[]));
pub(super) static DATA_ALREADY_ACCEPTED_EXCEPTION: Schema = Schema::new(
    "DataAlreadyAcceptedException",
    Kind::Structure(&[
        Member::new("expectedSequenceToken", &SEQUENCE_TOKEN),
        Member::new("message", &ERROR_MESSAGE),
    ]),
);
pub(super) static DATA_PROTECTION_STATUS: Schema = Schema::new(
    "DataProtectionStatus",
    Kind::Enum(types::DataProtectionStatus::VALUES),
);
pub(super) static DAYS: Schema = Schema::new("Days", Kind::Integer);
pub(super) static DELETE_LOG_GROUP_REQUEST: Schema = Schema::new(
    "DeleteLogGroupRequest",
    Kind::Structure(&[Member::new("logGroupName", &LOG_GROUP_NAME).required()]),
);
pub(super) static DELETE_LOG_GROUP_RESPONSE: Schema =
    Schema::new("DeleteLogGroupResponse", Kind::Structure(&[]));
pub(super) static DELETE_LOG_STREAM_REQUEST: Schema = Schema::new(
    "DeleteLogStreamRequest",
    Kind::Structure(&[
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("logStreamName", &LOG_STREAM_NAME).required(),
    ]),
);
pub(super) static DELETE_LOG_STREAM_RESPONSE: Schema =
    Schema::new("DeleteLogStreamResponse", Kind::Structure(&[]));
pub(super) static DELETE_RETENTION_POLICY_REQUEST: Schema = Schema::new(
    "DeleteRetentionPolicyRequest",
    Kind::Structure(&[Member::new("logGroupName", &LOG_GROUP_NAME).required()]),
);
pub(super) static DELETE_RETENTION_POLICY_RESPONSE: Schema =
    Schema::new("DeleteRetentionPolicyResponse", Kind::Structure(&[]));
pub(super) static DELETION_PROTECTION_ENABLED: Schema =
    Schema::new("DeletionProtectionEnabled", Kind::Boolean);
pub(super) static DESCENDING: Schema = Schema::new("Descending", Kind::Boolean);
pub(super) static DESCRIBE_LIMIT: Schema =
    Schema::new("DescribeLimit", Kind::Integer).min(1).max(50);
pub(super) static DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS: Schema = Schema::new(
    "DescribeLogGroupsLogGroupIdentifiers",
    Kind::List(&Member::new("member", &LOG_GROUP_IDENTIFIER)),
)
.min(1)
.max(50);
pub(super) static DESCRIBE_LOG_GROUPS_REQUEST: Schema = Schema::new(
    "DescribeLogGroupsRequest",
    Kind::Structure(&[
        Member::new("accountIdentifiers", &ACCOUNT_IDS).refused(),
        Member::new("includeLinkedAccounts", &INCLUDE_LINKED_ACCOUNTS).refused(),
        Member::new("limit", &DESCRIBE_LIMIT),
        Member::new("logGroupClass", &LOG_GROUP_CLASS),
        Member::new(
            "logGroupIdentifiers",
            &DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS,
        ),
        Member::new("logGroupNamePattern", &LOG_GROUP_NAME_PATTERN),
        Member::new("logGroupNamePrefix", &LOG_GROUP_NAME),
        Member::new("nextToken", &NEXT_TOKEN),
    ]),
);
pub(super) static DESCRIBE_LOG_GROUPS_RESPONSE: Schema = Schema::new(
    "DescribeLogGroupsResponse",
    Kind::Structure(&[
        Member::new("logGroups", &LOG_GROUPS),
        Member::new("nextToken", &NEXT_TOKEN),
    ]),
);
pub(super) static DESCRIBE_LOG_STREAMS_REQUEST: Schema = Schema::new(
    "DescribeLogStreamsRequest",
    Kind::Structure(&[
        Member::new("descending", &DESCENDING),
        Member::new("limit", &DESCRIBE_LIMIT),
        Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        Member::new("logGroupName", &LOG_GROUP_NAME),
        Member::new("logStreamNamePrefix", &LOG_STREAM_NAME),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("orderBy", &ORDER_BY),
    ]),
);
pub(super) static DESCRIBE_LOG_STREAMS_RESPONSE: Schema = Schema::new(
    "DescribeLogStreamsResponse",
    Kind::Structure(&[
        Member::new("logStreams", &LOG_STREAMS),
        Member::new("nextToken", &NEXT_TOKEN),
    ]),
);
pub(super) static ENTITY: Schema = Schema::new(
    "Entity",
    Kind::Structure(&[
        Member::new("attributes", &ENTITY_ATTRIBUTES).refused(),
        Member::new("keyAttributes", &ENTITY_KEY_ATTRIBUTES).refused(),
    ]),
);
pub(super) static ENTITY_ATTRIBUTES: Schema = Schema::new(
    "EntityAttributes",
    Kind::Map(
        &Member::new("key", &ENTITY_ATTRIBUTES_KEY),
        &Member::new("value", &ENTITY_ATTRIBUTES_VALUE),
    ),
)
.min(0)
.max(10);
pub(super) static ENTITY_ATTRIBUTES_KEY: Schema = Schema::new("EntityAttributesKey", Kind::String)
    .min(1)
    .max(256);
pub(super) static ENTITY_ATTRIBUTES_VALUE: Schema =
    Schema::new("EntityAttributesValue", Kind::String)
        .min(1)
        .max(512);
pub(super) static ENTITY_KEY_ATTRIBUTES: Schema = Schema::new(
    "EntityKeyAttributes",
    Kind::Map(
        &Member::new("key", &ENTITY_KEY_ATTRIBUTES_KEY),
        &Member::new("value", &ENTITY_KEY_ATTRIBUTES_VALUE),
    ),
)
.min(2)
.max(4);
pub(super) static ENTITY_KEY_ATTRIBUTES_KEY: Schema =
    Schema::new("EntityKeyAttributesKey", Kind::String)
        .min(1)
        .max(32);
pub(super) static ENTITY_KEY_ATTRIBUTES_VALUE: Schema =
    Schema::new("EntityKeyAttributesValue", Kind::String)
        .min(1)
        .max(512);
pub(super) static ENTITY_REJECTION_ERROR_TYPE: Schema = Schema::new(
    "EntityRejectionErrorType",
    Kind::Enum(types::EntityRejectionErrorType::VALUES),
);
pub(super) static ERROR_MESSAGE: Schema = Schema::new("ErrorMessage", Kind::String);
pub(super) static EVENT_ID: Schema = Schema::new("EventId", Kind::String);
pub(super) static EVENT_MESSAGE: Schema = Schema::new("EventMessage", Kind::String).min(1);
pub(super) static EVENTS_LIMIT: Schema =
    Schema::new("EventsLimit", Kind::Integer).min(1).max(10000);
pub(super) static FILTER_COUNT: Schema = Schema::new("FilterCount", Kind::Integer);
pub(super) static FILTER_LOG_EVENTS_REQUEST: Schema = Schema::new(
    "FilterLogEventsRequest",
    Kind::Structure(&[
        Member::new("endTime", &TIMESTAMP),
        Member::new("filterPattern", &FILTER_PATTERN),
        Member::new("interleaved", &INTERLEAVED),
        Member::new("limit", &EVENTS_LIMIT),
        Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        Member::new("logGroupName", &LOG_GROUP_NAME),
        Member::new("logStreamNamePrefix", &LOG_STREAM_NAME),
        Member::new("logStreamNames", &INPUT_LOG_STREAM_NAMES),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("startFromHead", &START_FROM_HEAD),
        Member::new("startTime", &TIMESTAMP),
        Member::new("unmask", &UNMASK),
    ]),
);
pub(super) static FILTER_LOG_EVENTS_RESPONSE: Schema = Schema::new(
    "FilterLogEventsResponse",
    Kind::Structure(&[
        Member::new("events", &FILTERED_LOG_EVENTS),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("searchedLogStreams", &SEARCHED_LOG_STREAMS),
    ]),
);
pub(super) static FILTER_PATTERN: Schema =
    Schema::new("FilterPattern", Kind::String).min(0).max(1024);
pub(super) static FILTERED_LOG_EVENT: Schema = Schema::new(
    "FilteredLogEvent",
    Kind::Structure(&[
        Member::new("eventId", &EVENT_ID),
        Member::new("ingestionTime", &TIMESTAMP),
        Member::new("logStreamName", &LOG_STREAM_NAME),
        Member::new("message", &EVENT_MESSAGE),
        Member::new("timestamp", &TIMESTAMP),
    ]),
);
pub(super) static FILTERED_LOG_EVENTS: Schema = Schema::new(
    "FilteredLogEvents",
    Kind::List(&Member::new("member", &FILTERED_LOG_EVENT)),
);
pub(super) static GET_LOG_EVENTS_REQUEST: Schema = Schema::new(
    "GetLogEventsRequest",
    Kind::Structure(&[
        Member::new("endTime", &TIMESTAMP),
        Member::new("limit", &EVENTS_LIMIT),
        Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        Member::new("logGroupName", &LOG_GROUP_NAME),
        Member::new("logStreamName", &LOG_STREAM_NAME).required(),
        Member::new("nextToken", &NEXT_TOKEN),
        Member::new("startFromHead", &START_FROM_HEAD),
        Member::new("startTime", &TIMESTAMP),
        Member::new("unmask", &UNMASK),
    ]),
);
pub(super) static GET_LOG_EVENTS_RESPONSE: Schema = Schema::new(
    "GetLogEventsResponse",
    Kind::Structure(&[
        Member::new("events", &OUTPUT_LOG_EVENTS),
        Member::new("nextBackwardToken", &NEXT_TOKEN),
        Member::new("nextForwardToken", &NEXT_TOKEN),
    ]),
);
pub(super) static INCLUDE_LINKED_ACCOUNTS: Schema =
    Schema::new("IncludeLinkedAccounts", Kind::Boolean);
pub(super) static INHERITED_PROPERTIES: Schema = Schema::new(
    "InheritedProperties",
    Kind::List(&Member::new("member", &INHERITED_PROPERTY)),
);
pub(super) static INHERITED_PROPERTY: Schema = Schema::new(
    "InheritedProperty",
    Kind::Enum(types::InheritedProperty::VALUES),
);
pub(super) static INPUT_LOG_EVENT: Schema = Schema::new(
    "InputLogEvent",
    Kind::Structure(&[
        Member::new("message", &EVENT_MESSAGE).required(),
        Member::new("timestamp", &TIMESTAMP).required(),
    ]),
);
pub(super) static INPUT_LOG_EVENTS: Schema = Schema::new(
    "InputLogEvents",
    Kind::List(&Member::new("member", &INPUT_LOG_EVENT)),
)
.min(1)
.max(10000);
pub(super) static INPUT_LOG_STREAM_NAMES: Schema = Schema::new(
    "InputLogStreamNames",
    Kind::List(&Member::new("member", &LOG_STREAM_NAME)),
)
.min(1)
.max(100);
pub(super) static INTERLEAVED: Schema = Schema::new("Interleaved", Kind::Boolean);
pub(super) static INVALID_OPERATION_EXCEPTION: Schema = Schema::new(
    "InvalidOperationException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static INVALID_PARAMETER_EXCEPTION: Schema = Schema::new(
    "InvalidParameterException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static INVALID_SEQUENCE_TOKEN_EXCEPTION: Schema = Schema::new(
    "InvalidSequenceTokenException",
    Kind::Structure(&[
        Member::new("expectedSequenceToken", &SEQUENCE_TOKEN),
        Member::new("message", &ERROR_MESSAGE),
    ]),
);
pub(super) static IS_SAMPLED: Schema = Schema::new("IsSampled", Kind::Boolean);
pub(super) static KMS_KEY_ID: Schema = Schema::new("KmsKeyId", Kind::String).max(256);
pub(super) static LIMIT_EXCEEDED_EXCEPTION: Schema = Schema::new(
    "LimitExceededException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static LIST_TAGS_FOR_RESOURCE_REQUEST: Schema = Schema::new(
    "ListTagsForResourceRequest",
    Kind::Structure(&[Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required()]),
);
pub(super) static LIST_TAGS_FOR_RESOURCE_RESPONSE: Schema = Schema::new(
    "ListTagsForResourceResponse",
    Kind::Structure(&[Member::new("tags", &TAGS)]),
);
pub(super) static LIST_TAGS_LOG_GROUP_REQUEST: Schema = Schema::new(
    "ListTagsLogGroupRequest",
    Kind::Structure(&[Member::new("logGroupName", &LOG_GROUP_NAME).required()]),
);
pub(super) static LIST_TAGS_LOG_GROUP_RESPONSE: Schema = Schema::new(
    "ListTagsLogGroupResponse",
    Kind::Structure(&[Member::new("tags", &TAGS)]),
);
pub(super) static LIVE_TAIL_SESSION_LOG_EVENT: Schema = Schema::new(
    "LiveTailSessionLogEvent",
    Kind::Structure(&[
        Member::new("ingestionTime", &TIMESTAMP),
        Member::new("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
        Member::new("logStreamName", &LOG_STREAM_NAME),
        Member::new("message", &EVENT_MESSAGE),
        Member::new("timestamp", &TIMESTAMP),
    ]),
);
pub(super) static LIVE_TAIL_SESSION_METADATA: Schema = Schema::new(
    "LiveTailSessionMetadata",
    Kind::Structure(&[Member::new("sampled", &IS_SAMPLED)]),
);
pub(super) static LIVE_TAIL_SESSION_RESULTS: Schema = Schema::new(
    "LiveTailSessionResults",
    Kind::List(&Member::new("member", &LIVE_TAIL_SESSION_LOG_EVENT)),
);
pub(super) static LIVE_TAIL_SESSION_START: Schema = Schema::new(
    "LiveTailSessionStart",
    Kind::Structure(&[
        Member::new("logEventFilterPattern", &FILTER_PATTERN),
        Member::new(
            "logGroupIdentifiers",
            &START_LIVE_TAIL_LOG_GROUP_IDENTIFIERS,
        ),
        Member::new("logStreamNamePrefixes", &INPUT_LOG_STREAM_NAMES),
        Member::new("logStreamNames", &INPUT_LOG_STREAM_NAMES),
        Member::new("requestId", &REQUEST_ID),
        Member::new("sessionId", &SESSION_ID),
    ]),
);
pub(super) static LIVE_TAIL_SESSION_UPDATE: Schema = Schema::new(
    "LiveTailSessionUpdate",
    Kind::Structure(&[
        Member::new("sessionMetadata", &LIVE_TAIL_SESSION_METADATA),
        Member::new("sessionResults", &LIVE_TAIL_SESSION_RESULTS),
    ]),
);
pub(super) static LOG_EVENT_INDEX: Schema = Schema::new("LogEventIndex", Kind::Integer);
pub(super) static LOG_GROUP: Schema = Schema::new(
    "LogGroup",
    Kind::Structure(&[
        Member::new("arn", &ARN),
        Member::new(
            "bearerTokenAuthenticationEnabled",
            &BEARER_TOKEN_AUTHENTICATION_ENABLED,
        ),
        Member::new("creationTime", &TIMESTAMP),
        Member::new("dataProtectionStatus", &DATA_PROTECTION_STATUS),
        Member::new("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED),
        Member::new("inheritedProperties", &INHERITED_PROPERTIES),
        Member::new("kmsKeyId", &KMS_KEY_ID),
        Member::new("logGroupArn", &ARN),
        Member::new("logGroupClass", &LOG_GROUP_CLASS),
        Member::new("logGroupName", &LOG_GROUP_NAME),
        Member::new("metricFilterCount", &FILTER_COUNT),
        Member::new("retentionInDays", &DAYS),
        Member::new("retentionPolicyName", &POLICY_NAME),
        Member::new("storedBytes", &STORED_BYTES),
    ]),
);
pub(super) static LOG_GROUP_CLASS: Schema =
    Schema::new("LogGroupClass", Kind::Enum(types::LogGroupClass::VALUES));
pub(super) static LOG_GROUP_IDENTIFIER: Schema = Schema::new("LogGroupIdentifier", Kind::String)
    .min(1)
    .max(2048)
    .pattern(r"[\w#+=/:,.@-]*");
pub(super) static LOG_GROUP_NAME: Schema = Schema::new("LogGroupName", Kind::String)
    .min(1)
    .max(512)
    .pattern(r"[\.\-_/#A-Za-z0-9]+");
pub(super) static LOG_GROUP_NAME_PATTERN: Schema = Schema::new("LogGroupNamePattern", Kind::String)
    .min(0)
    .max(512)
    .pattern(r"[\.\-_/#A-Za-z0-9]*");
pub(super) static LOG_GROUPS: Schema =
    Schema::new("LogGroups", Kind::List(&Member::new("member", &LOG_GROUP)));
pub(super) static LOG_STREAM: Schema = Schema::new(
    "LogStream",
    Kind::Structure(&[
        Member::new("arn", &ARN),
        Member::new("creationTime", &TIMESTAMP),
        Member::new("firstEventTimestamp", &TIMESTAMP),
        Member::new("lastEventTimestamp", &TIMESTAMP),
        Member::new("lastIngestionTime", &TIMESTAMP),
        Member::new("logStreamName", &LOG_STREAM_NAME),
        Member::new("storedBytes", &STORED_BYTES),
        Member::new("uploadSequenceToken", &SEQUENCE_TOKEN),
    ]),
);
pub(super) static LOG_STREAM_NAME: Schema = Schema::new("LogStreamName", Kind::String)
    .min(1)
    .max(512)
    .pattern("[^:*]*");
pub(super) static LOG_STREAM_SEARCHED_COMPLETELY: Schema =
    Schema::new("LogStreamSearchedCompletely", Kind::Boolean);
pub(super) static LOG_STREAMS: Schema = Schema::new(
    "LogStreams",
    Kind::List(&Member::new("member", &LOG_STREAM)),
);
pub(super) static MESSAGE: Schema = Schema::new("Message", Kind::String);
pub(super) static NEXT_TOKEN: Schema = Schema::new("NextToken", Kind::String).min(1);
pub(super) static OPERATION_ABORTED_EXCEPTION: Schema = Schema::new(
    "OperationAbortedException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static ORDER_BY: Schema = Schema::new("OrderBy", Kind::Enum(types::OrderBy::VALUES));
pub(super) static OUTPUT_LOG_EVENT: Schema = Schema::new(
    "OutputLogEvent",
    Kind::Structure(&[
        Member::new("ingestionTime", &TIMESTAMP),
        Member::new("message", &EVENT_MESSAGE),
        Member::new("timestamp", &TIMESTAMP),
    ]),
);
pub(super) static OUTPUT_LOG_EVENTS: Schema = Schema::new(
    "OutputLogEvents",
    Kind::List(&Member::new("member", &OUTPUT_LOG_EVENT)),
);
pub(super) static POLICY_NAME: Schema = Schema::new("PolicyName", Kind::String);
pub(super) static PUT_LOG_EVENTS_REQUEST: Schema = Schema::new(
    "PutLogEventsRequest",
    Kind::Structure(&[
        Member::new("entity", &ENTITY).refused(),
        Member::new("logEvents", &INPUT_LOG_EVENTS).required(),
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("logStreamName", &LOG_STREAM_NAME).required(),
        Member::new("sequenceToken", &SEQUENCE_TOKEN),
    ]),
);
pub(super) static PUT_LOG_EVENTS_RESPONSE: Schema = Schema::new(
    "PutLogEventsResponse",
    Kind::Structure(&[
        Member::new("nextSequenceToken", &SEQUENCE_TOKEN),
        Member::new("rejectedEntityInfo", &REJECTED_ENTITY_INFO),
        Member::new("rejectedLogEventsInfo", &REJECTED_LOG_EVENTS_INFO),
    ]),
);
pub(super) static PUT_RETENTION_POLICY_REQUEST: Schema = Schema::new(
    "PutRetentionPolicyRequest",
    Kind::Structure(&[
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("retentionInDays", &DAYS).required(),
    ]),
);
pub(super) static PUT_RETENTION_POLICY_RESPONSE: Schema =
    Schema::new("PutRetentionPolicyResponse", Kind::Structure(&[]));
pub(super) static REJECTED_ENTITY_INFO: Schema = Schema::new(
    "RejectedEntityInfo",
    Kind::Structure(&[Member::new("errorType", &ENTITY_REJECTION_ERROR_TYPE).required()]),
);
pub(super) static REJECTED_LOG_EVENTS_INFO: Schema = Schema::new(
    "RejectedLogEventsInfo",
    Kind::Structure(&[
        Member::new("expiredLogEventEndIndex", &LOG_EVENT_INDEX),
        Member::new("tooNewLogEventStartIndex", &LOG_EVENT_INDEX),
        Member::new("tooOldLogEventEndIndex", &LOG_EVENT_INDEX),
    ]),
);
pub(super) static REQUEST_ID: Schema = Schema::new("RequestId", Kind::String).min(0).max(256);
pub(super) static RESOURCE_ALREADY_EXISTS_EXCEPTION: Schema = Schema::new(
    "ResourceAlreadyExistsException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static RESOURCE_NOT_FOUND_EXCEPTION: Schema = Schema::new(
    "ResourceNotFoundException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static SEARCHED_LOG_STREAM: Schema = Schema::new(
    "SearchedLogStream",
    Kind::Structure(&[
        Member::new("logStreamName", &LOG_STREAM_NAME),
        Member::new("searchedCompletely", &LOG_STREAM_SEARCHED_COMPLETELY),
    ]),
);
pub(super) static SEARCHED_LOG_STREAMS: Schema = Schema::new(
    "SearchedLogStreams",
    Kind::List(&Member::new("member", &SEARCHED_LOG_STREAM)),
);
pub(super) static SEQUENCE_TOKEN: Schema = Schema::new("SequenceToken", Kind::String).min(1);
pub(super) static SERVICE_UNAVAILABLE_EXCEPTION: Schema = Schema::new(
    "ServiceUnavailableException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static SESSION_ID: Schema = Schema::new("SessionId", Kind::String).min(0).max(256);
pub(super) static SESSION_STREAMING_EXCEPTION: Schema = Schema::new(
    "SessionStreamingException",
    Kind::Structure(&[Member::new("message", &MESSAGE)]),
);
pub(super) static SESSION_TIMEOUT_EXCEPTION: Schema = Schema::new(
    "SessionTimeoutException",
    Kind::Structure(&[Member::new("message", &MESSAGE)]),
);
pub(super) static START_FROM_HEAD: Schema = Schema::new("StartFromHead", Kind::Boolean);
pub(super) static START_LIVE_TAIL_LOG_GROUP_IDENTIFIERS: Schema = Schema::new(
    "StartLiveTailLogGroupIdentifiers",
    Kind::List(&Member::new("member", &LOG_GROUP_IDENTIFIER)),
)
.min(1)
.max(10);
pub(super) static START_LIVE_TAIL_REQUEST: Schema = Schema::new(
    "StartLiveTailRequest",
    Kind::Structure(&[
        Member::new("logEventFilterPattern", &FILTER_PATTERN),
        Member::new(
            "logGroupIdentifiers",
            &START_LIVE_TAIL_LOG_GROUP_IDENTIFIERS,
        )
        .required(),
        Member::new("logStreamNamePrefixes", &INPUT_LOG_STREAM_NAMES),
        Member::new("logStreamNames", &INPUT_LOG_STREAM_NAMES),
    ]),
);
pub(super) static START_LIVE_TAIL_RESPONSE: Schema = Schema::new(
    "StartLiveTailResponse",
    Kind::Structure(&[Member::new(
        "responseStream",
        &START_LIVE_TAIL_RESPONSE_STREAM,
    )]),
);
pub(super) static START_LIVE_TAIL_RESPONSE_STREAM: Schema = Schema::new(
    "StartLiveTailResponseStream",
    Kind::Structure(&[
        Member::new("SessionStreamingException", &SESSION_STREAMING_EXCEPTION).exception(),
        Member::new("SessionTimeoutException", &SESSION_TIMEOUT_EXCEPTION).exception(),
        Member::new("sessionStart", &LIVE_TAIL_SESSION_START),
        Member::new("sessionUpdate", &LIVE_TAIL_SESSION_UPDATE),
    ]),
);
pub(super) static STORED_BYTES: Schema = Schema::new("StoredBytes", Kind::Long).min(0);
pub(super) static TAG_KEY: Schema = Schema::new("TagKey", Kind::String)
    .min(1)
    .max(128)
    .pattern(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$");
pub(super) static TAG_KEY_LIST: Schema =
    Schema::new("TagKeyList", Kind::List(&Member::new("member", &TAG_KEY)))
        .min(0)
        .max(50);
pub(super) static TAG_LIST: Schema =
    Schema::new("TagList", Kind::List(&Member::new("member", &TAG_KEY))).min(1);
pub(super) static TAG_LOG_GROUP_REQUEST: Schema = Schema::new(
    "TagLogGroupRequest",
    Kind::Structure(&[
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("tags", &TAGS).required(),
    ]),
);
pub(super) static TAG_LOG_GROUP_RESPONSE: Schema =
    Schema::new("TagLogGroupResponse", Kind::Structure(&[]));
pub(super) static TAG_RESOURCE_REQUEST: Schema = Schema::new(
    "TagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required(),
        Member::new("tags", &TAGS).required(),
    ]),
);
pub(super) static TAG_RESOURCE_RESPONSE: Schema =
    Schema::new("TagResourceResponse", Kind::Structure(&[]));
pub(super) static TAG_VALUE: Schema = Schema::new("TagValue", Kind::String)
    .max(256)
    .pattern(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$");
pub(super) static TAGS: Schema = Schema::new(
    "Tags",
    Kind::Map(
        &Member::new("key", &TAG_KEY),
        &Member::new("value", &TAG_VALUE),
    ),
)
.min(1)
.max(50);
pub(super) static TIMESTAMP: Schema = Schema::new("Timestamp", Kind::Long).min(0);
pub(super) static TOO_MANY_TAGS_EXCEPTION: Schema = Schema::new(
    "TooManyTagsException",
    Kind::Structure(&[
        Member::new("message", &MESSAGE),
        Member::new("resourceName", &AMAZON_RESOURCE_NAME),
    ]),
);
pub(super) static UNMASK: Schema = Schema::new("Unmask", Kind::Boolean);
pub(super) static UNRECOGNIZED_CLIENT_EXCEPTION: Schema = Schema::new(
    "UnrecognizedClientException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
pub(super) static UNTAG_LOG_GROUP_REQUEST: Schema = Schema::new(
    "UntagLogGroupRequest",
    Kind::Structure(&[
        Member::new("logGroupName", &LOG_GROUP_NAME).required(),
        Member::new("tags", &TAG_LIST).required(),
    ]),
);
pub(super) static UNTAG_LOG_GROUP_RESPONSE: Schema =
    Schema::new("UntagLogGroupResponse", Kind::Structure(&[]));
pub(super) static UNTAG_RESOURCE_REQUEST: Schema = Schema::new(
    "UntagResourceRequest",
    Kind::Structure(&[
        Member::new("resourceArn", &AMAZON_RESOURCE_NAME).required(),
        Member::new("tagKeys", &TAG_KEY_LIST).required(),
    ]),
);
pub(super) static UNTAG_RESOURCE_RESPONSE: Schema =
    Schema::new("UntagResourceResponse", Kind::Structure(&[]));
pub(super) static VALIDATION_EXCEPTION: Schema = Schema::new(
    "ValidationException",
    Kind::Structure(&[Member::new("message", &ERROR_MESSAGE)]),
);
