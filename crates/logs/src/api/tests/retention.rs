//! Events that have expired are not shown, and go from the disk.

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

impl Stand {
    async fn keep_for(&self, group: &str, days: i32) -> Result<(), Error> {
        let input = model::PutRetentionPolicyRequest {
            log_group_name: text(group),
            retention_in_days: Some(days),
        };
        let caller = caller("PutRetentionPolicy");
        let kept = self.logs.put_retention_policy(&caller, input).await;
        kept.map(|_| ())
    }

    async fn shown_retention(&self) -> Option<i32> {
        let page = self.groups(Default::default()).await.unwrap();
        page.log_groups.unwrap()[0].retention_in_days
    }
}

#[tokio::test]
async fn only_the_days_that_aws_lists_are_taken() {
    let stand = stand();
    stand.group("g").await;
    for days in [1, 14, 731, 3653] {
        stand.keep_for("g", days).await.unwrap();
        assert_eq!(stand.shown_retention().await, Some(days));
    }
    for days in [-1, 0, 2, 3654, 65_537] {
        let error = stand.keep_for("g", days).await.unwrap_err();
        assert_eq!(error.code(), "InvalidParameterException", "{days}");
        assert_eq!(error.message(), sentences::RETENTION_INVALID);
    }
    let input = model::DeleteRetentionPolicyRequest {
        log_group_name: text("g"),
    };
    let asking = caller("DeleteRetentionPolicy");
    let deleted = stand.logs.delete_retention_policy(&asking, input.clone());
    deleted.await.unwrap();
    assert_eq!(stand.shown_retention().await, None);
    stand.delete_group("g").await.unwrap();
    let deleted = stand.logs.delete_retention_policy(&asking, input).await;
    assert_eq!(deleted.unwrap_err().code(), "ResourceNotFoundException");
    let error = stand.keep_for("g", 1).await.unwrap_err();
    assert_eq!(error.message(), sentences::GROUP_NOT_FOUND);
    let error = stand.keep_for("secret", 1).await.unwrap_err();
    assert!(matches!(error, Error::Common(Common::AccessDenied(_))));
}

#[tokio::test]
async fn expired_events_are_hidden_at_once_and_then_gone_from_disk() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    let big = "x".repeat(100_000);
    stand.put(("g", "s"), &[(-4 * DAY, &big)]).await;
    stand.keep_for("g", 3).await.unwrap();
    assert_eq!(
        filtered(&stand.filter(in_group("g")).await.unwrap()).len(),
        0
    );
    let page = stand.get(Default::default()).await;
    assert_eq!(page.events, Some(Vec::new()));
    let swept = stand.logs.sweep().await.unwrap();
    assert!(swept.expired_bytes > 100_000, "{swept:?}");
    assert_eq!(stand.logs.sweep().await.unwrap(), crate::Swept::default());
    let group = stand.groups(Default::default()).await.unwrap().log_groups;
    assert!(group.unwrap()[0].stored_bytes.unwrap() < 1000);

    // Without a policy again, nothing comes back, and the stream goes on where it was.
    stand.put(("g", "s"), &[(0, "new")]).await;
    stand.keep_for("g", 1).await.unwrap();
    assert_eq!(stand.logs.sweep().await.unwrap().expired_bytes, 0);
    assert_eq!(
        filtered(&stand.filter(in_group("g")).await.unwrap()),
        ["new"]
    );
    stand.clock.0.store(DAY + 1, Ordering::Relaxed);
    assert_eq!(
        filtered(&stand.filter(in_group("g")).await.unwrap()).len(),
        0
    );
    assert!(stand.logs.sweep().await.unwrap().expired_bytes > 0);
}

#[tokio::test]
async fn a_clock_that_is_wrong_for_a_while_expires_nothing() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    stand.put(("g", "s"), &[(0, "m")]).await;
    stand.keep_for("g", 1).await.unwrap();
    let swept_at = async |passed: i64, wrong: i64| {
        stand.clock.0.store(passed, Ordering::Relaxed);
        stand.clock.1.store(wrong, Ordering::Relaxed);
        stand.logs.sweep().await.unwrap().expired_bytes
    };
    let minute = 60_000;
    assert_eq!(swept_at(0, 2 * DAY).await, 0, "it has jumped");
    assert_eq!(swept_at(minute, 2 * DAY).await, 0, "and is not mended yet");
    assert_eq!(swept_at(2 * minute, 0).await, 0);
    let shown = stand.filter(in_group("g")).await.unwrap();
    assert_eq!(filtered(&shown), ["m"]);
    assert_eq!(swept_at(DAY - minute, 0).await, 0);
    assert!(swept_at(DAY + minute, 0).await > 0);
}

/// Segments go as a whole, so one takes no more than a day.
#[tokio::test]
async fn a_stream_that_goes_on_keeps_no_more_than_a_day_too_much() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    stand.keep_for("g", 3).await.unwrap();
    let mut segments = 0;
    for hour in 0..240 {
        let now = hour * DAY / 24;
        stand.clock.0.store(now, Ordering::Relaxed);
        stand.put(("g", "s"), &[(now, "m")]).await;
        stand.logs.sweep().await.unwrap();
        segments = stand.on_disk().0 - 1;
        assert!(segments <= 5, "{segments} segments after {hour} hours");
    }
    assert!(segments >= 3, "{segments}");
    let shown = stand.filter(in_group("g")).await.unwrap();
    assert_eq!(filtered(&shown).len(), 73);
}

#[tokio::test]
async fn what_has_expired_when_it_comes_is_rejected_and_said_so() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    stand.keep_for("g", 1).await.unwrap();
    let events = [(-15 * DAY, "old"), (-DAY - 1, "expired"), (-DAY, "kept")];
    let put = stand.put_as(caller("PutLogEvents"), None, ("g", "s"), &events);
    let rejected = put.await.unwrap().rejected_log_events_info.unwrap();
    assert_eq!(rejected.too_old_log_event_end_index, Some(1));
    assert_eq!(rejected.expired_log_event_end_index, Some(2));
    assert_eq!(rejected.too_new_log_event_start_index, None);
    assert_eq!(
        filtered(&stand.filter(in_group("g")).await.unwrap()),
        ["kept"]
    );
}
