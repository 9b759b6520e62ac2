//! How well this node is: whether its runtime answers. The session tells it.

use std::sync::Weak;
use std::time::Duration;

use agent_wire::{CONTAINER_RUNTIME, InstanceStatus, InstanceStatuses};
use ambient::Timestamp;

use crate::engine::Inner;

/// How often it is looked.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);
/// How much of a reason is told.
const REASON_MAX_CHARS: usize = 255;
const MILLIS_PER_SECOND: f64 = 1000.0;

/// What is told after a look at the runtime, given what was told before.
fn after(before: &InstanceStatuses, trouble: Option<String>, now: Timestamp) -> InstanceStatuses {
    let status = if trouble.is_none() { "OK" } else { "IMPAIRED" };
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit a float's 53 bits"
    )]
    let now = now.as_millis() as f64 / MILLIS_PER_SECOND;
    let since = before
        .statuses
        .iter()
        .find(|one| one.status == status)
        .map_or(now, |one| one.last_status_change);
    let reason: String = trouble.unwrap_or_default();
    InstanceStatuses {
        statuses: vec![InstanceStatus {
            r#type: CONTAINER_RUNTIME.to_owned(),
            status: status.to_owned(),
            status_reason: reason.chars().take(REASON_MAX_CHARS).collect(),
            last_updated: now,
            last_status_change: since,
        }],
    }
}

/// Looks for as long as the engine is there.
pub(crate) async fn watch(engine: Weak<Inner>) {
    loop {
        {
            let Some(inner) = engine.upgrade() else {
                return;
            };
            let trouble = inner
                .runtime
                .check()
                .await
                .err()
                .map(|error| error.to_string());
            if let Some(trouble) = &trouble {
                tracing::warn!(trouble, "the runtime does not answer");
            }
            let now = inner.clock.now();
            inner
                .statuses
                .send_modify(|told| *told = after(told, trouble, now));
        }
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_change_stays_until_the_next() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut told = InstanceStatuses::default();
        for (second, trouble, status, since) in [
            (10, None, "OK", 10.0),
            (40, None, "OK", 10.0),
            (70, Some("gone"), "IMPAIRED", 70.0),
            (100, Some("still"), "IMPAIRED", 70.0),
            (130, None, "OK", 130.0),
        ] {
            told = after(&told, trouble.map(str::to_owned), at(second));
            let one = &told.statuses[0];
            assert_eq!(
                (one.status.as_str(), one.status_reason.as_str()),
                (status, trouble.unwrap_or(""))
            );
            assert!((one.last_status_change - since).abs() < 1e-6, "{one:?}");
            assert!((one.last_updated - f64::from(i32::try_from(second).unwrap())).abs() < 1e-6);
        }
    }
}
