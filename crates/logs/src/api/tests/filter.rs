//! Filtering the events of a group, and following it.

use super::*;

#[tokio::test]
async fn filter_interleaves_streams_pages_and_matches() {
    let stand = stand();
    stand.group("g").await;
    for (stream, events) in [
        ("a/1", vec![(1, "ERROR one"), (4, "fine")]),
        ("a/2", vec![(2, "ERROR two"), (3, "WARN three")]),
        ("b", vec![(2, "quiet")]),
    ] {
        stand.stream("g", stream).await;
        stand.put(("g", stream), &events).await;
    }
    let all = stand.filter(in_group("g")).await.unwrap();
    let found = filtered(&all);
    assert_eq!(
        (found[0], found[3], found[4]),
        ("ERROR one", "WARN three", "fine")
    );
    assert_eq!(all.next_token, None);
    assert_eq!(all.searched_log_streams, Some(Vec::new()));
    let first = &all.events.as_ref().unwrap()[0];
    assert_eq!(first.log_stream_name.as_deref(), Some("a/1"));
    assert_eq!(first.event_id.as_ref().unwrap().len(), 56);
    assert_eq!(first.ingestion_time, Some(NOW));

    let by_prefix = model::FilterLogEventsRequest {
        log_stream_name_prefix: text("a/"),
        filter_pattern: text("ERROR"),
        ..in_group("g")
    };
    let found = stand.filter(by_prefix).await.unwrap();
    assert_eq!(filtered(&found), ["ERROR one", "ERROR two"]);
    let by_name = model::FilterLogEventsRequest {
        log_group_name: None,
        log_group_identifier: text("arn:aws:logs:us-east-1:123456789012:log-group:g:*"),
        log_stream_names: Some(vec!["b".to_owned(), "b".to_owned()]),
        ..in_group("g")
    };
    assert_eq!(filtered(&stand.filter(by_name).await.unwrap()), ["quiet"]);
    let newest = model::FilterLogEventsRequest {
        start_from_head: Some(false),
        limit: Some(1),
        ..in_group("g")
    };
    assert_eq!(filtered(&stand.filter(newest).await.unwrap()), ["fine"]);
    let until = model::FilterLogEventsRequest {
        start_time: Some(NOW + 3),
        end_time: Some(NOW + 3),
        ..in_group("g")
    };
    let found = stand.filter(until).await.unwrap();
    assert_eq!(filtered(&found), ["WARN three"]);

    let mut walked = Vec::new();
    let mut next = None;
    loop {
        let page = model::FilterLogEventsRequest {
            limit: Some(2),
            next_token: next,
            ..in_group("g")
        };
        let page = stand.filter(page).await.unwrap();
        walked.extend(filtered(&page).into_iter().map(str::to_owned));
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(walked, filtered(&all));
}

#[tokio::test]
async fn what_filter_cannot_be_asked_is_refused() {
    let stand = stand();
    stand.group("g").await;
    let both = model::FilterLogEventsRequest {
        log_stream_names: Some(vec!["s".to_owned()]),
        log_stream_name_prefix: text("s"),
        ..in_group("g")
    };
    let error = stand.filter(both).await.unwrap_err();
    assert_eq!(error.message(), sentences::NAMES_AND_PREFIX);
    let absent = model::FilterLogEventsRequest {
        log_stream_names: Some(vec!["s".to_owned()]),
        ..in_group("g")
    };
    let error = stand.filter(absent).await.unwrap_err();
    assert_eq!(error.message(), sentences::STREAM_NOT_FOUND);
    for (pattern, message) in [
        ("{ $.level = }", sentences::PATTERN_INVALID),
        ("{ $.level = 1", sentences::PATTERN_BRACE),
    ] {
        let input = model::FilterLogEventsRequest {
            filter_pattern: text(pattern),
            ..in_group("g")
        };
        let error = stand.filter(input).await.unwrap_err();
        assert_eq!(error.code(), "InvalidParameterException");
        assert_eq!(error.message(), message);
    }
    let foreign = model::FilterLogEventsRequest {
        log_group_name: None,
        log_group_identifier: text("arn:aws:logs:us-east-1:210987654321:log-group:g"),
        ..in_group("g")
    };
    let error = stand.filter(foreign).await.unwrap_err();
    assert!(matches!(error.common(), Some(Common::AccessDenied(_))));
    for (name, identifier, message) in [
        (text("g"), text("g"), sentences::NAME_AND_IDENTIFIER),
        (None, None, sentences::NO_NAME_NOR_IDENTIFIER),
    ] {
        let input = model::FilterLogEventsRequest {
            log_group_name: name,
            log_group_identifier: identifier,
            ..Default::default()
        };
        assert_eq!(stand.filter(input).await.unwrap_err().message(), message);
    }
}

/// `aws logs tail --follow` asks again and again from the newest time that it saw, and tells by
/// their ids which events it has shown.
#[tokio::test]
async fn a_follower_sees_each_event_once() {
    let stand = stand();
    stand.group("g").await;
    let mut start = NOW;
    let mut at_start: Vec<String> = Vec::new();
    let mut shown = Vec::new();
    for round in 0..6_i64 {
        let stream = format!("s{}", round % 2);
        if round < 2 {
            stand.stream("g", &stream).await;
        }
        // Two events a round; times repeat from round to round.
        let message = |part| format!("{round}.{part}");
        let events = [(round / 2, message(0)), (round / 2 + 1, message(1))];
        let events = events.each_ref().map(|(time, text)| (*time, text.as_str()));
        stand.put(("g", &stream), &events).await;
        let mut next = None;
        loop {
            let input = model::FilterLogEventsRequest {
                start_time: Some(start),
                next_token: next,
                interleaved: Some(true),
                limit: Some(3),
                ..in_group("g")
            };
            let page = stand.filter(input).await.unwrap();
            for event in page.events.unwrap() {
                let (id, time) = (event.event_id.unwrap(), event.timestamp.unwrap());
                if at_start.contains(&id) {
                    continue;
                }
                shown.push(event.message.unwrap());
                at_start.push(id);
                start = start.max(time - 1);
            }
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
    }
    shown.sort_unstable();
    let expected: Vec<String> = (0..6)
        .flat_map(|round| [format!("{round}.0"), format!("{round}.1")])
        .collect();
    assert_eq!(shown, expected);
}

/// Of a group of very many streams, so many are looked at for one page; nothing is shown twice or left
/// out, also where streams come meanwhile.
#[tokio::test]
async fn very_many_streams_are_filtered_some_at_a_time() {
    let stand = stand_with(Settings {
        filter_streams_max: 3,
        ..Settings::default()
    });
    stand.group("g").await;
    let mut expected = Vec::new();
    for number in 0..10 {
        let stream = format!("s{number}");
        stand.stream("g", &stream).await;
        let old = format!("old {number}");
        let new = format!("new {number}");
        // The last streams have the oldest events.
        stand
            .put(
                ("g", &stream),
                &[(100 - number, &old), (200 - number, &new)],
            )
            .await;
        expected.extend([old, new]);
    }
    expected.sort_unstable();
    for (limit, from_head) in [(1, true), (2, true), (5, false), (100, true)] {
        let mut pages: Vec<Vec<String>> = Vec::new();
        let mut next = None;
        loop {
            let input = model::FilterLogEventsRequest {
                limit: Some(limit),
                start_from_head: Some(from_head),
                log_stream_name_prefix: text("s"),
                next_token: next,
                ..in_group("g")
            };
            let page = stand.filter(input).await.unwrap();
            let shown: Vec<String> = filtered(&page).into_iter().map(str::to_owned).collect();
            if limit == 1 && pages.is_empty() {
                assert_eq!(shown, ["old 2"], "the oldest of the first three streams");
                // One that comes into a run that was begun is in it, or after it.
                stand.stream("g", "s00").await;
                stand.put(("g", "s00"), &[(300, "late")]).await;
            }
            pages.push(shown);
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        if limit == 100 {
            let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
            assert_eq!(sizes, [5, 6, 6, 4], "a page a run: {pages:?}");
        }
        let mut all = pages.concat();
        all.sort_unstable();
        all.retain(|message| message != "late");
        assert_eq!(all, expected, "{limit}");
    }
    // Names are looked up, however many streams there are.
    let named = model::FilterLogEventsRequest {
        log_stream_names: Some((0..5).map(|number| format!("s{number}")).collect()),
        ..in_group("g")
    };
    let found = stand.filter(named).await.unwrap();
    assert_eq!((filtered(&found).len(), found.next_token), (10, None));
}
