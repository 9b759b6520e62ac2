//! Putting events and getting those of one stream.

use super::*;

#[tokio::test]
async fn an_acknowledged_event_is_in_the_next_read() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    for number in 0..20 {
        let message = number.to_string();
        stand.put(("g", "s"), &[(number, &message)]).await;
        let got = stand.get(model::GetLogEventsRequest::default()).await;
        let got = messages(got.events);
        assert_eq!(got.last(), Some(&message));
        assert_eq!(got.len(), usize::try_from(number).unwrap() + 1);
    }
}

#[tokio::test]
async fn get_walks_forward_and_back_and_stays_at_the_ends() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    let from = |token: Option<String>, head| model::GetLogEventsRequest {
        next_token: token,
        start_from_head: Some(head),
        limit: Some(2),
        ..Default::default()
    };
    // An empty stream has tokens that work once events come.
    let empty = stand.get(from(None, false)).await;
    assert!(messages(empty.events).is_empty());
    stand
        .put(
            ("g", "s"),
            &[(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")],
        )
        .await;
    let polled = stand.get(from(empty.next_forward_token, true)).await;
    assert_eq!(messages(polled.events), ["a", "b"]);

    let tail = stand.get(from(None, false)).await;
    assert_eq!(messages(tail.events), ["d", "e"]);
    let end = tail.next_forward_token.unwrap();
    assert!(end.starts_with("f/") && end.ends_with("/s") && end.len() == 60);
    let at_end = stand.get(from(Some(end.clone()), true)).await;
    assert_eq!(at_end.next_forward_token, Some(end.clone()));
    assert!(messages(at_end.events).is_empty());
    let back = stand.get(from(at_end.next_backward_token, true)).await;
    assert_eq!(messages(back.events), ["d", "e"]);

    let back = stand.get(from(tail.next_backward_token, false)).await;
    assert_eq!(messages(back.events), ["b", "c"]);
    let back = stand.get(from(back.next_backward_token, false)).await;
    assert_eq!(messages(back.events), ["a"]);
    let begin = back.next_backward_token.unwrap();
    let at_begin = stand.get(from(Some(begin.clone()), false)).await;
    assert_eq!(at_begin.next_backward_token, Some(begin));
    let forth = stand.get(from(at_begin.next_forward_token, true)).await;
    assert_eq!(messages(forth.events), ["a", "b"]);

    stand.put(("g", "s"), &[(6, "f")]).await;
    let news = stand.get(from(Some(end), true)).await;
    assert_eq!(messages(news.events), ["f"]);

    let within = model::GetLogEventsRequest {
        start_time: Some(NOW + 2),
        end_time: Some(NOW + 4),
        ..Default::default()
    };
    assert_eq!(messages(stand.get(within).await.events), ["b", "c"]);
    for wrong in ["x", "f/", "g/1/s", "f/12x/s"] {
        let input = model::GetLogEventsRequest {
            log_group_name: text("g"),
            log_stream_name: text("s"),
            next_token: text(wrong),
            ..Default::default()
        };
        let caller = caller("GetLogEvents");
        let error = stand.logs.get_log_events(&caller, input).await.unwrap_err();
        assert_eq!(error.message(), sentences::TOKEN_INVALID, "{wrong}");
    }
}

#[tokio::test]
async fn a_node_writes_to_what_it_has_made_alone() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "a user's").await;
    let mut other = agent();
    other.principal = Principal::Instance {
        account: other.account.clone(),
        instance_id: "n2".into(),
    };
    stand.stream_as(&other, "g", "another node's").await;
    stand.stream_as(&agent(), "g", "its own").await;
    let put = async |stream| {
        let put = stand.put_as(agent(), None, ("g", stream), &[(1, "m")]);
        put.await
            .map(drop)
            .map_err(|error| error.message().to_owned())
    };
    for stream in ["a user's", "another node's"] {
        let refused = put(stream).await.unwrap_err();
        let expected = format!(
            "is not authorized to perform: logs:PutLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:{stream}"
        );
        assert!(refused.ends_with(&expected), "{refused}");
    }
    assert_eq!(put("its own").await, Ok(()));
    stand.put(("g", "its own"), &[(2, "from a user")]).await;
}

#[tokio::test]
async fn an_agent_s_resend_is_one_effect_and_other_tokens_say_nothing() {
    let stand = stand();
    stand.group("g").await;
    stand.stream_as(&agent(), "g", "s").await;
    let at = ("g", "s");
    for _ in 0..3 {
        let put = stand.put_as(agent(), Some("longshore:c1:70"), at, &[(1, "once")]);
        put.await.unwrap();
    }
    for _ in 0..2 {
        let put = stand.put_as(
            caller("P"),
            Some("longshore:c1:70"),
            at,
            &[(2, "not an agent")],
        );
        put.await.unwrap();
        let put = stand.put_as(agent(), Some("4966"), at, &[(3, "another token")]);
        put.await.unwrap();
    }
    let wrong = stand.put_as(agent(), Some("longshore:c1"), at, &[(4, "wrong")]);
    assert_eq!(
        wrong.await.unwrap_err().message(),
        sentences::SOURCE_INVALID
    );
    let got = stand.get(model::GetLogEventsRequest::default()).await;
    assert_eq!(
        messages(got.events),
        [
            "once",
            "not an agent",
            "not an agent",
            "another token",
            "another token"
        ]
    );
}

#[tokio::test]
async fn what_was_too_new_of_an_agent_s_is_taken_with_another_time() {
    let stand = stand();
    stand.group("g").await;
    stand.stream_as(&agent(), "g", "s").await;
    let day = 24 * 60 * 60 * 1000;
    let token = Some("longshore:c1:60,70");
    let put = async |second| {
        let events = [(0, "first"), (second, "second")];
        let put = stand.put_as(agent(), token, ("g", "s"), &events);
        put.await.unwrap().rejected_log_events_info
    };
    let rejected = put(day).await.unwrap();
    assert_eq!(rejected.too_new_log_event_start_index, Some(1));
    for _ in 0..2 {
        assert_eq!(put(1).await, None);
    }
    let got = stand.get(model::GetLogEventsRequest::default()).await;
    assert_eq!(messages(got.events), ["first", "second"]);
}

#[tokio::test]
async fn rejected_events_are_told_and_the_rest_is_kept() {
    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    let day = 24 * 60 * 60 * 1000;
    let events = [(-15 * day, "old"), (0, "good"), (day, "new")];
    let put = stand.put_as(caller("P"), None, ("g", "s"), &events);
    let rejected = put.await.unwrap().rejected_log_events_info.unwrap();
    assert_eq!(rejected.too_old_log_event_end_index, Some(1));
    assert_eq!(rejected.too_new_log_event_start_index, Some(2));
    let got = stand.get(model::GetLogEventsRequest::default()).await;
    assert_eq!(messages(got.events), ["good"]);
    let old = [(-15 * day, "old")];
    let all_old = stand.put_as(caller("P"), None, ("g", "s"), &old);
    assert!(all_old.await.is_ok());
}
