//! StartLiveTail.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ambient::{BoxFuture, Clock};
use aws_api::Streamed;
use aws_api::logs as model;
use aws_core::{Caller, Events};
use aws_schema::Shape;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{find_group, name_of_identifier, resource};
use crate::Logs;
use crate::error::{Failure, invalid};
use crate::live::{Wanted, Watcher};
use crate::pattern::Pattern;
use crate::sentences;

/// AWS: "Every second, a LiveTailSessionUpdate object is sent."
const UPDATE_PERIOD: Duration = Duration::from_secs(1);
/// AWS: "Live Tail sessions time out after three hours."
const SESSION_MAX: Duration = Duration::from_secs(3 * 60 * 60);

pub(crate) async fn start(
    logs: &Logs,
    caller: &Caller,
    input: model::StartLiveTailRequest,
) -> Result<Streamed<model::StartLiveTailResponse>, Failure> {
    let identifiers = input.log_group_identifiers.unwrap_or_default();
    let streams = input.log_stream_names.unwrap_or_default();
    let prefixes = input.log_stream_name_prefixes.unwrap_or_default();
    if !streams.is_empty() && !prefixes.is_empty() {
        return Err(invalid(sentences::TAIL_NAMES_AND_PREFIXES));
    }
    if identifiers.len() > 1 && !(streams.is_empty() && prefixes.is_empty()) {
        return Err(invalid(sentences::TAIL_STREAMS_OF_MANY));
    }
    let pattern = input.log_event_filter_pattern.unwrap_or_default();
    let parsed = Pattern::parse(&pattern).map_err(|wrong| invalid(wrong.sentence()))?;
    let mut groups = BTreeMap::new();
    for identifier in &identifiers {
        // AWS: "If you specify an ARN, the ARN can't end with an asterisk (*)."
        if identifier.ends_with('*') {
            return Err(invalid(sentences::TAIL_ASTERISK));
        }
        let name = name_of_identifier(caller, identifier)?;
        caller.authorise(&resource(caller, &name, ""))?;
        let group = find_group(logs, caller, &name)?;
        // As AWS shows it: the account and the name.
        let shown = format!("{}:{}", caller.account.as_str(), group.name);
        groups.insert(group.id, shown);
    }
    let wanted = Wanted {
        groups,
        streams: streams.clone(),
        prefixes: prefixes.clone(),
        pattern: parsed,
    };
    let watcher = logs.live.open(wanted).ok_or_else(|| {
        Failure(model::Error::limit_exceeded_exception(
            sentences::TAIL_SESSIONS,
        ))
    })?;
    let begun = model::LiveTailSessionStart {
        log_event_filter_pattern: Some(pattern),
        log_group_identifiers: Some(identifiers),
        log_stream_name_prefixes: Some(prefixes),
        log_stream_names: Some(streams),
        request_id: Some(caller.request_id.clone()),
        session_id: Some(logs.random.uuid()),
    };
    let mut ticks = interval(UPDATE_PERIOD);
    // Not at once: the first update tells of the first second.
    ticks.reset();
    // A slow client gets one update for the seconds that it missed.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Streamed {
        output: model::StartLiveTailResponse::default(),
        events: Box::new(Session {
            begun: Some(begun),
            ticks,
            ends: logs.clock.monotonic().saturating_add(SESSION_MAX),
            clock: Arc::clone(&logs.clock),
            watcher: Some(watcher),
        }),
    })
}

/// A session's events: its beginning, updates, and its end.
struct Session {
    begun: Option<model::LiveTailSessionStart>,
    ticks: Interval,
    /// When it ends, on the monotonic clock.
    ends: Duration,
    clock: Arc<dyn Clock>,
    /// There until it has ended.
    watcher: Option<Watcher>,
}

impl Events for Session {
    fn next(&mut self) -> BoxFuture<'_, Option<Box<dyn Shape>>> {
        Box::pin(async move {
            let mut event = model::StartLiveTailResponseStream::default();
            if let Some(begun) = self.begun.take() {
                event.session_start = Some(begun);
                return Some(Box::new(event) as Box<dyn Shape>);
            }
            let watcher = self.watcher.as_ref()?;
            self.ticks.tick().await;
            if self.clock.monotonic() >= self.ends {
                event.session_timeout_exception = Some(model::SessionTimeoutException {
                    message: Some(sentences::TAIL_TIMEOUT.to_owned()),
                });
                self.watcher = None;
            } else {
                event.session_update = Some(watcher.update());
            }
            Some(Box::new(event))
        })
    }
}
