//! Groups and streams: made, described, refused.

use super::*;

#[tokio::test]
async fn groups_and_streams_are_made_once_and_missed_by_name() {
    let stand = stand();
    stand.group("/ecs/web").await;
    let again = model::CreateLogGroupRequest {
        log_group_name: text("/ecs/web"),
        ..Default::default()
    };
    let create = caller("CreateLogGroup");
    let error = stand
        .logs
        .create_log_group(&create, again)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ResourceAlreadyExistsException");
    assert_eq!(error.message(), "The specified log group already exists");

    stand.stream("/ecs/web", "web/app/1").await;
    for (group, code, message) in [
        (
            "/ecs/web",
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
        ),
        (
            "/ecs/nothing",
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        ),
    ] {
        let input = model::CreateLogStreamRequest {
            log_group_name: text(group),
            log_stream_name: text("web/app/1"),
        };
        let caller = caller("CreateLogStream");
        let error = stand
            .logs
            .create_log_stream(&caller, input)
            .await
            .unwrap_err();
        assert_eq!((error.code(), error.message()), (code, message));
    }
    let caller = caller("PutLogEvents");
    for (stream, message) in [
        (("none", "s"), sentences::GROUP_NOT_FOUND),
        (("/ecs/web", "none"), sentences::STREAM_NOT_FOUND),
    ] {
        let error = stand
            .put_as(caller.clone(), None, stream, &[(0, "x")])
            .await;
        let error = error.unwrap_err();
        assert_eq!(error.code(), "ResourceNotFoundException");
        assert_eq!(error.message(), message);
    }
}

#[tokio::test]
async fn what_would_have_no_effect_is_refused_by_name() {
    let stand = stand();
    let plain = || model::CreateLogGroupRequest {
        log_group_name: text("g"),
        ..Default::default()
    };
    for (input, named) in [
        (
            model::CreateLogGroupRequest {
                kms_key_id: text("key"),
                ..plain()
            },
            "kmsKeyId",
        ),
        (
            model::CreateLogGroupRequest {
                deletion_protection_enabled: Some(true),
                ..plain()
            },
            "deletionProtectionEnabled",
        ),
        (
            model::CreateLogGroupRequest {
                log_group_class: Some(model::LogGroupClass::InfrequentAccess),
                ..plain()
            },
            "logGroupClass INFREQUENT_ACCESS",
        ),
    ] {
        let caller = caller("CreateLogGroup");
        let error = stand
            .logs
            .create_log_group(&caller, input)
            .await
            .unwrap_err();
        match error.common() {
            Some(Common::NotSupported(text)) => assert!(text.contains(named), "{text}"),
            other => panic!("{named}: {other:?}"),
        }
    }
    let asks_for_nothing = model::CreateLogGroupRequest {
        kms_key_id: text(""),
        deletion_protection_enabled: Some(false),
        log_group_class: Some(model::LogGroupClass::Standard),
        tags: Some(BTreeMap::from([("k".to_owned(), "v".to_owned())])),
        ..plain()
    };
    let caller = caller("CreateLogGroup");
    let made = stand.logs.create_log_group(&caller, asks_for_nothing).await;
    assert!(made.is_ok());
}

#[tokio::test]
async fn groups_are_described_by_prefix_pattern_name_and_page() {
    let stand = stand();
    for name in ["/ecs/web", "/ecs", "/ecs/api", "/ecs.old", "lambda"] {
        stand.group(name).await;
    }
    stand.stream("/ecs/web", "s").await;
    stand.put(("/ecs/web", "s"), &[(0, "some bytes")]).await;
    let names = |response: &model::DescribeLogGroupsResponse| -> Vec<String> {
        let groups = response.log_groups.as_ref().unwrap().iter();
        groups
            .map(|group| group.log_group_name.clone().unwrap())
            .collect()
    };
    let ask = model::DescribeLogGroupsRequest::default;
    let prefixed = |prefix: &str, limit| model::DescribeLogGroupsRequest {
        log_group_name_prefix: text(prefix),
        limit: Some(limit),
        ..ask()
    };
    let all = stand.groups(ask()).await.unwrap();
    assert_eq!(
        names(&all),
        ["/ecs", "/ecs.old", "/ecs/api", "/ecs/web", "lambda"]
    );
    let web = &all.log_groups.as_ref().unwrap()[3];
    assert_eq!(
        web.arn.as_deref(),
        Some("arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web:*")
    );
    assert_eq!(
        web.log_group_arn.as_deref(),
        Some("arn:aws:logs:us-east-1:123456789012:log-group:/ecs/web")
    );
    assert!(web.stored_bytes.unwrap() > 0);
    assert_eq!(web.creation_time, Some(NOW));

    let first = stand.groups(prefixed("/ecs", 3)).await.unwrap();
    assert_eq!(names(&first), ["/ecs", "/ecs.old", "/ecs/api"]);
    let rest = model::DescribeLogGroupsRequest {
        next_token: first.next_token.clone(),
        ..prefixed("/ecs", 3)
    };
    let rest = stand.groups(rest).await.unwrap();
    assert_eq!(names(&rest), ["/ecs/web"]);
    assert_eq!(rest.next_token, None);
    let of_another_list = model::DescribeLogGroupsRequest {
        next_token: first.next_token,
        ..prefixed("/", 3)
    };
    let error = stand.groups(of_another_list).await.unwrap_err();
    assert_eq!(error.message(), sentences::TOKEN_INVALID);

    let slash = stand.groups(prefixed("/ecs/", 50)).await.unwrap();
    assert_eq!(names(&slash), ["/ecs/api", "/ecs/web"]);
    let pattern = model::DescribeLogGroupsRequest {
        log_group_name_pattern: text("a"),
        ..ask()
    };
    assert_eq!(
        names(&stand.groups(pattern).await.unwrap()),
        ["/ecs/api", "lambda"]
    );
    let named = model::DescribeLogGroupsRequest {
        log_group_identifiers: Some(vec![
            "lambda".to_owned(),
            "arn:aws:logs:us-east-1:123456789012:log-group:/ecs".to_owned(),
        ]),
        ..ask()
    };
    assert_eq!(
        names(&stand.groups(named).await.unwrap()),
        ["/ecs", "lambda"]
    );
    let other_class = model::DescribeLogGroupsRequest {
        log_group_class: Some(model::LogGroupClass::InfrequentAccess),
        ..ask()
    };
    assert!(names(&stand.groups(other_class).await.unwrap()).is_empty());
    let both = model::DescribeLogGroupsRequest {
        log_group_name_pattern: text("a"),
        ..prefixed("/ecs", 1)
    };
    let error = stand.groups(both).await.unwrap_err();
    assert_eq!(error.message(), sentences::PREFIX_AND_PATTERN);
}

#[tokio::test]
async fn streams_are_described_by_name_and_by_time() {
    let stand = stand();
    stand.group("g").await;
    for (name, at) in [("web/2", 10), ("web/1", 30), ("api", 20), ("web", 5)] {
        stand.stream("g", name).await;
        stand.put(("g", name), &[(at, "x"), (at + 1, "y")]).await;
    }
    stand.stream("g", "empty").await;
    let names = |response: &model::DescribeLogStreamsResponse| -> Vec<String> {
        let streams = response.log_streams.as_ref().unwrap().iter();
        streams
            .map(|one| one.log_stream_name.clone().unwrap())
            .collect()
    };
    for (prefix, by_time, descending, expected) in [
        (
            "",
            false,
            false,
            vec!["api", "empty", "web", "web/1", "web/2"],
        ),
        (
            "",
            false,
            true,
            vec!["web/2", "web/1", "web", "empty", "api"],
        ),
        ("web", false, false, vec!["web", "web/1", "web/2"]),
        ("web/", false, true, vec!["web/2", "web/1"]),
        (
            "",
            true,
            false,
            vec!["empty", "web", "web/2", "api", "web/1"],
        ),
        (
            "",
            true,
            true,
            vec!["web/1", "api", "web/2", "web", "empty"],
        ),
    ] {
        for limit in [1, 2, 50] {
            let mut walked = Vec::new();
            let mut next = None;
            loop {
                let input = model::DescribeLogStreamsRequest {
                    log_group_name: text("g"),
                    log_stream_name_prefix: Some(prefix.to_owned()).filter(|it| !it.is_empty()),
                    order_by: by_time.then_some(model::OrderBy::LastEventTime),
                    descending: Some(descending),
                    limit: Some(limit),
                    next_token: next,
                    ..Default::default()
                };
                let page = stand.streams(input).await.unwrap();
                walked.extend(names(&page));
                next = page.next_token;
                if next.is_none() {
                    break;
                }
            }
            assert_eq!(walked, expected, "{prefix} {by_time} {descending} {limit}");
        }
    }
    // The index follows what comes after it was made, and what goes.
    stand.stream("g", "late").await;
    stand.put(("g", "empty"), &[(50, "x")]).await;
    stand.put(("g", "late"), &[(40, "x")]).await;
    stand.delete_stream("g", "web/1").await.unwrap();
    let by_time = model::DescribeLogStreamsRequest {
        log_group_name: text("g"),
        order_by: Some(model::OrderBy::LastEventTime),
        descending: Some(true),
        ..Default::default()
    };
    let page = stand.streams(by_time).await.unwrap();
    assert_eq!(names(&page), ["empty", "late", "api", "web/2", "web"]);
    stand.stream("g", "web/1").await;
    stand.put(("g", "web/1"), &[(30, "x"), (31, "y")]).await;
    let one = model::DescribeLogStreamsRequest {
        log_group_identifier: text("g"),
        log_stream_name_prefix: text("web/1"),
        ..Default::default()
    };
    let one = stand.streams(one).await.unwrap();
    let one = &one.log_streams.unwrap()[0];
    assert_eq!(one.first_event_timestamp, Some(NOW + 30));
    assert_eq!(one.last_event_timestamp, Some(NOW + 31));
    assert_eq!(one.last_ingestion_time, Some(NOW));
    assert_eq!(one.stored_bytes, Some(0));
    assert_eq!(
        one.arn.as_deref(),
        Some("arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:web/1")
    );
    let both = model::DescribeLogStreamsRequest {
        log_group_name: text("g"),
        log_stream_name_prefix: text("web"),
        order_by: Some(model::OrderBy::LastEventTime),
        ..Default::default()
    };
    let error = stand.streams(both).await.unwrap_err();
    assert_eq!(error.message(), sentences::PREFIX_WITH_TIME_ORDER);
}

#[tokio::test]
async fn every_operation_asks_the_authoriser() {
    let stand = stand();
    let group = || text("secret");
    let denied = |error: Error| matches!(error.common(), Some(Common::AccessDenied(_)));
    let logs = &stand.logs;
    let at = caller("Any");
    let create_group = model::CreateLogGroupRequest {
        log_group_name: group(),
        ..Default::default()
    };
    assert!(denied(
        logs.create_log_group(&at, create_group).await.unwrap_err()
    ));
    let create_stream = model::CreateLogStreamRequest {
        log_group_name: group(),
        log_stream_name: text("s"),
    };
    assert!(denied(
        logs.create_log_stream(&at, create_stream)
            .await
            .unwrap_err()
    ));
    let put = stand
        .put_as(at.clone(), None, ("secret", "s"), &[(0, "x")])
        .await;
    assert!(denied(put.unwrap_err()));
    let get = model::GetLogEventsRequest {
        log_group_name: group(),
        log_stream_name: text("s"),
        ..Default::default()
    };
    assert!(denied(logs.get_log_events(&at, get).await.unwrap_err()));
    assert!(denied(stand.filter(in_group("secret")).await.unwrap_err()));
    let describe = model::DescribeLogStreamsRequest {
        log_group_name: group(),
        ..Default::default()
    };
    assert!(denied(stand.streams(describe).await.unwrap_err()));
    let mut stranger = caller("DescribeLogGroups");
    stranger.account = "210987654321".parse().unwrap();
    let describe = model::DescribeLogGroupsRequest::default();
    let error = logs
        .describe_log_groups(&stranger, describe)
        .await
        .unwrap_err();
    assert!(denied(error));
}
