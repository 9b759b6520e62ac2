//! CloudWatch Logs: groups, streams, events in append-only segments.
//!
//! Groups and streams are records; events are not: `segment` keeps them on disk, durable before
//! PutLogEvents answers, and whole batches or nothing after a crash. `api` is the operations, a
//! file for each that is more than a lookup; `sweep` takes off the disk what was deleted and what has
//! expired. Queries are not here yet.
//!
//! # What our own agent may count on
//!
//! A node's agent (a principal [`aws_core::Principal::Instance`]) sends each batch with the
//! `sequenceToken` `longshore:<container id>:<offset>`, the offset being that of the batch's last
//! event in the container's output. The sink remembers, with the events, the highest offset of
//! each container in the stream, and answers a batch that is not higher as if it had kept it. A
//! resend with the same ends is therefore one effect. An agent that may cut its output into other
//! batches when it sends again gives one offset for each event, rising, separated by commas:
//! then the events that are here already are left out one by one. Batches of one container are
//! to be sent one after the other.

#![forbid(unsafe_code)]

mod api;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod live;
mod pattern;
mod position;
mod segment;
mod sentences;
mod sweep;

use std::path::Path;
use std::sync::{Arc, Mutex};

use ambient::{Clock, Random, Steadiness};
use aws_api::Streamed;
use aws_api::logs as model;
use aws_core::Caller;
use records::Records;
use tokio::sync::Notify;

use segment::Segments;
pub use segment::{Counts, SegmentError, Settings};
pub use sweep::Swept;

/// The service.
pub struct Logs {
    pub(crate) records: Records,
    pub(crate) segments: Arc<Segments>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) live: Arc<live::Live>,
    /// How many streams one FilterLogEvents looks at.
    pub(crate) filter_streams_max: usize,
    /// How the clock has gone from sweep to sweep.
    pub(crate) steadiness: Mutex<Steadiness>,
    /// There is something to sweep.
    pub(crate) woken: Notify,
}

impl Logs {
    /// The service over `records`, with its events in the folder `dir`, which is made if need be
    /// and belongs to this process alone while the service lives.
    ///
    /// # Errors
    /// When the folder cannot be made, or another process has it.
    pub fn open(
        records: Records,
        dir: &Path,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SegmentError> {
        Self::open_with(records, dir, clock, random, Settings::default())
    }

    /// The same, with other sizes.
    ///
    /// # Errors
    /// As [`Logs::open`].
    pub fn open_with(
        records: Records,
        dir: &Path,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Result<Self, SegmentError> {
        // A retention that was just set is to free the disk now, also of a service that has just begun.
        let steadiness = Steadiness::believed(clock.now(), clock.monotonic());
        Ok(Self {
            records,
            segments: Arc::new(Segments::open(dir, settings)?),
            clock,
            random,
            live: Arc::default(),
            filter_streams_max: settings.filter_streams_max.max(1),
            steadiness: Mutex::new(steadiness),
            woken: Notify::new(),
        })
    }

    /// What was done with events since the service was opened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.segments.counts()
    }
}

macro_rules! operations {
    ($($name:ident: $input:ident => $output:ident, $handler:path;)*) => {
        impl model::Logs for Logs {
            $(
                async fn $name(
                    &self,
                    caller: &Caller,
                    input: model::$input,
                ) -> Result<model::$output, model::Error> {
                    Ok($handler(self, caller, input).await?)
                }
            )*

            async fn start_live_tail(
                &self,
                caller: &Caller,
                input: model::StartLiveTailRequest,
            ) -> Result<Streamed<model::StartLiveTailResponse>, model::Error> {
                Ok(api::live_tail::start(self, caller, input).await?)
            }
        }
    };
}

operations! {
    create_log_group: CreateLogGroupRequest => CreateLogGroupResponse, api::group::create;
    create_log_stream: CreateLogStreamRequest => CreateLogStreamResponse, api::stream::create;
    delete_log_group: DeleteLogGroupRequest => DeleteLogGroupResponse, api::delete::group;
    delete_log_stream: DeleteLogStreamRequest => DeleteLogStreamResponse, api::delete::stream;
    delete_retention_policy: DeleteRetentionPolicyRequest => DeleteRetentionPolicyResponse, api::retention::delete;
    describe_log_groups: DescribeLogGroupsRequest => DescribeLogGroupsResponse, api::group::describe;
    describe_log_streams: DescribeLogStreamsRequest => DescribeLogStreamsResponse, api::stream::describe;
    put_log_events: PutLogEventsRequest => PutLogEventsResponse, api::put_events::put;
    get_log_events: GetLogEventsRequest => GetLogEventsResponse, api::get_events::get;
    filter_log_events: FilterLogEventsRequest => FilterLogEventsResponse, api::filter_events::filter;
    list_tags_for_resource: ListTagsForResourceRequest => ListTagsForResourceResponse, api::tags::list_for_resource;
    list_tags_log_group: ListTagsLogGroupRequest => ListTagsLogGroupResponse, api::tags::list_log_group;
    put_retention_policy: PutRetentionPolicyRequest => PutRetentionPolicyResponse, api::retention::put;
    tag_log_group: TagLogGroupRequest => TagLogGroupResponse, api::tags::tag_log_group;
    tag_resource: TagResourceRequest => TagResourceResponse, api::tags::tag_resource;
    untag_log_group: UntagLogGroupRequest => UntagLogGroupResponse, api::tags::untag_log_group;
    untag_resource: UntagResourceRequest => UntagResourceResponse, api::tags::untag_resource;
}
