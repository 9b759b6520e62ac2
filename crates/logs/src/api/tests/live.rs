//! Live Tail, with a clock that is turned by hand: time passes for the sessions' ticks (tokio's) and for
//! their end (the stand's).

use aws_core::Events;
use aws_schema::{Protocol, Shape};

use super::*;

/// Three hours, after which AWS ends a session.
const SESSION: Duration = Duration::from_secs(3 * 60 * 60);

async fn tail(stand: &Stand) -> Box<dyn Events> {
    let input = model::StartLiveTailRequest {
        log_group_identifiers: Some(vec![
            "arn:aws:logs:us-east-1:123456789012:log-group:g".to_owned(),
        ]),
        ..Default::default()
    };
    let caller = caller("StartLiveTail");
    stand
        .logs
        .start_live_tail(&caller, input)
        .await
        .unwrap()
        .events
}

/// The event as its JSON, by the name of its kind.
async fn next(session: &mut dyn Events) -> Option<serde_json::Value> {
    let event = session.next().await?;
    Some(shown(&*event))
}

fn shown(event: &dyn Shape) -> serde_json::Value {
    let encoded = aws_wire::encode(
        Protocol::AwsJson11,
        &model::SERVICE,
        model::SERVICE.operations[0],
        event,
        "",
    );
    serde_json::from_slice(&encoded.body).unwrap()
}

impl Stand {
    fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.clock.0.fetch_add(millis, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_after_three_hours_and_not_before() {
    let stand = stand();
    stand.group("g").await;
    let mut session = tail(&stand).await;
    assert!(
        next(&mut *session)
            .await
            .unwrap()
            .get("sessionStart")
            .is_some()
    );
    stand.pass(SESSION - Duration::from_millis(1));
    assert!(
        next(&mut *session)
            .await
            .unwrap()
            .get("sessionUpdate")
            .is_some()
    );
    stand.pass(Duration::from_millis(1));
    let last = next(&mut *session).await.unwrap();
    assert_eq!(
        last["SessionTimeoutException"]["message"],
        sentences::TAIL_TIMEOUT
    );
    assert_eq!(next(&mut *session).await, None);
    // It counts for nothing any more, though its reader still holds it.
    let mut others = Vec::new();
    for _ in 0..crate::live::SESSIONS_MAX {
        others.push(tail(&stand).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stalls_gets_one_update_for_all_that_it_missed() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    let mut session = tail(&stand).await;
    next(&mut *session).await.unwrap();
    for number in 0..600 {
        // A second passes, and nobody reads.
        tokio::time::advance(Duration::from_secs(1)).await;
        stand.pass(Duration::from_secs(1));
        let message = format!("line {number}");
        stand.put(("g", "s"), &[(number, &message)]).await;
    }
    stand.logs.live.settle();
    let first = next(&mut *session).await.unwrap();
    let update = &first["sessionUpdate"];
    assert_eq!(update["sessionMetadata"]["sampled"], true);
    assert_eq!(update["sessionResults"].as_array().unwrap().len(), 500);
    // The next has nothing, and takes its second: missed seconds are not made up for.
    let before = tokio::time::Instant::now();
    let second = next(&mut *session).await.unwrap();
    assert_eq!(
        second["sessionUpdate"]["sessionResults"],
        serde_json::json!([])
    );
    assert!(before.elapsed() >= Duration::from_secs(1));
}
