//! The handlers over a store in memory and segments in a temporary folder.

mod delete;
mod events;
mod filter;
mod groups;
mod live;
mod retention;
mod tags;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ambient::{Clock, SystemRandom, Timestamp};
use aws_api::logs as model;
use aws_api::logs::{Error, Logs as _};
use aws_core::{Arn, Authoriser, Caller, Common, Decision, Principal, ServiceError as _};
use records::Records;
use store::MemoryStore;

use crate::{Logs, Settings, sentences};

const NOW: i64 = 1_800_000_000_000;

/// Stands still, but for the milliseconds that a test lets pass; time by the wall and what has passed
/// are one, but for the milliseconds that the wall's is wrong by.
#[derive(Default)]
struct Fixed(AtomicI64, AtomicI64);
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        let wrong = self.1.load(Ordering::Relaxed);
        Timestamp::from_millis(NOW + self.0.load(Ordering::Relaxed) + wrong)
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed).unsigned_abs())
    }
}

/// Allows all but what touches the group `secret`.
struct NoSecrets;
impl Authoriser for NoSecrets {
    fn authorise(&self, principal: &Principal, _: &str, resource: Option<&Arn>) -> Decision {
        match resource {
            Some(arn) if arn.resource.starts_with("log-group:secret:") => Decision::Deny,
            Some(arn) if arn.account != principal.account().as_str() => Decision::Deny,
            _ => Decision::Allow,
        }
    }
}

struct Stand {
    logs: Logs,
    clock: Arc<Fixed>,
    folder: tempfile::TempDir,
}

fn stand() -> Stand {
    stand_with(Settings::default())
}

fn stand_with(settings: Settings) -> Stand {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Fixed::default());
    let records = Records::new(Arc::new(MemoryStore::new(clock.clone())));
    let settings = Settings {
        disk_reserve_bytes: 0,
        ..settings
    };
    let logs = Logs::open_with(
        records,
        &folder.path().join("logs"),
        clock.clone(),
        Arc::new(SystemRandom),
        settings,
    );
    Stand {
        logs: logs.unwrap(),
        clock,
        folder,
    }
}

fn caller(action: &str) -> Caller {
    let account: aws_core::AccountId = "123456789012".parse().unwrap();
    Caller {
        principal: Principal::Root {
            account: account.clone(),
        },
        account,
        region: "us-east-1".parse().unwrap(),
        request_id: "r".into(),
        host: None,
        action: format!("logs:{action}"),
        authoriser: Arc::new(NoSecrets),
    }
}

fn agent() -> Caller {
    let mut caller = caller("PutLogEvents");
    caller.principal = Principal::Instance {
        account: caller.account.clone(),
        instance_id: "n1".into(),
    };
    caller
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

impl Stand {
    async fn group(&self, name: &str) {
        let input = model::CreateLogGroupRequest {
            log_group_name: text(name),
            ..Default::default()
        };
        let caller = caller("CreateLogGroup");
        self.logs.create_log_group(&caller, input).await.unwrap();
    }

    async fn stream(&self, group: &str, name: &str) {
        self.stream_as(&caller("CreateLogStream"), group, name)
            .await;
    }

    async fn stream_as(&self, caller: &Caller, group: &str, name: &str) {
        let input = model::CreateLogStreamRequest {
            log_group_name: text(group),
            log_stream_name: text(name),
        };
        self.logs.create_log_stream(caller, input).await.unwrap();
    }

    async fn put_as(
        &self,
        caller: Caller,
        token: Option<&str>,
        stream: (&str, &str),
        events: &[(i64, &str)],
    ) -> Result<model::PutLogEventsResponse, Error> {
        let event = |(timestamp, message): &(i64, &str)| model::InputLogEvent {
            timestamp: Some(NOW + timestamp),
            message: text(message),
        };
        let input = model::PutLogEventsRequest {
            log_group_name: text(stream.0),
            log_stream_name: text(stream.1),
            log_events: Some(events.iter().map(event).collect()),
            sequence_token: token.map(str::to_owned),
            ..Default::default()
        };
        self.logs.put_log_events(&caller, input).await
    }

    async fn put(&self, stream: (&str, &str), events: &[(i64, &str)]) {
        let put = self.put_as(caller("PutLogEvents"), None, stream, events);
        let put = put.await.unwrap();
        assert_eq!(put.rejected_log_events_info, None);
        assert_eq!(put.next_sequence_token.unwrap().len(), 56);
    }

    async fn get(&self, input: model::GetLogEventsRequest) -> model::GetLogEventsResponse {
        let input = model::GetLogEventsRequest {
            log_group_name: text("g"),
            log_stream_name: text("s"),
            ..input
        };
        let caller = caller("GetLogEvents");
        self.logs.get_log_events(&caller, input).await.unwrap()
    }

    async fn filter(
        &self,
        input: model::FilterLogEventsRequest,
    ) -> Result<model::FilterLogEventsResponse, Error> {
        let caller = caller("FilterLogEvents");
        self.logs.filter_log_events(&caller, input).await
    }

    async fn groups(
        &self,
        input: model::DescribeLogGroupsRequest,
    ) -> Result<model::DescribeLogGroupsResponse, Error> {
        let caller = caller("DescribeLogGroups");
        self.logs.describe_log_groups(&caller, input).await
    }

    async fn streams(
        &self,
        input: model::DescribeLogStreamsRequest,
    ) -> Result<model::DescribeLogStreamsResponse, Error> {
        let caller = caller("DescribeLogStreams");
        self.logs.describe_log_streams(&caller, input).await
    }
}

fn in_group(name: &str) -> model::FilterLogEventsRequest {
    model::FilterLogEventsRequest {
        log_group_name: text(name),
        ..Default::default()
    }
}

fn messages(events: Option<Vec<model::OutputLogEvent>>) -> Vec<String> {
    let events = events.unwrap().into_iter();
    events.map(|event| event.message.unwrap()).collect()
}

fn filtered(response: &model::FilterLogEventsResponse) -> Vec<&str> {
    let events = response.events.as_ref().unwrap().iter();
    events
        .map(|event| event.message.as_deref().unwrap())
        .collect()
}
