"""CloudWatch Logs from outside, against a control plane without a node."""

import subprocess
import threading
import time

import boto3
import pytest
from botocore.config import Config
from longshore import PROGRAM, ROOT, clean_environment, error_of, until
from test_apart import Apart

DAY = 24 * 60 * 60 * 1000
INVALID = "InvalidParameterException"
NO_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
NO_STREAM = ("ResourceNotFoundException", "The specified log stream does not exist.")


@pytest.fixture(scope="module")
def server(workplace):
    folder = workplace / "logs"
    folder.mkdir(mode=0o711)
    server = Apart(folder / "data")
    server.start()
    yield server
    server.stop()
    assert not server.processes(), "processes are left behind"


@pytest.fixture(scope="module")
def logs(server):
    keys = server.keys()
    with pytest.MonkeyPatch.context() as environment:
        # As `longshore env` sets it: a live tail's host would be `stream-127.0.0.1`.
        environment.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
        return boto3.client(
            "logs", region_name="us-east-1", endpoint_url=server.endpoint,
            aws_access_key_id=keys["accessKeyId"], aws_secret_access_key=keys["secretAccessKey"],
            config=Config(retries={"max_attempts": 0}))


@pytest.fixture
def group(logs, request):
    name = f"/logs/{request.node.name.replace('[', '/').replace(']', '')}"
    logs.create_log_group(logGroupName=name)
    return name


def now():
    return int(time.time() * 1000)


def put(logs, group, stream, *messages, at=None, create=True):
    if create:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    at = now() if at is None else at
    events = [{"timestamp": at + index, "message": message} for index, message in enumerate(messages)]
    return logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def filtered(logs, group, **options):
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, **options)
    return [event["message"] for page in pages for event in page["events"]]


def described(logs, group):
    (found,) = [one for one in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
                if one["logGroupName"] == group]
    return found


def files(server):
    """The sizes of all segments on the disk."""
    return {path: path.stat().st_size for path in (server.data / "logs").rglob("*.log")}


def test_a_deleted_group_is_gone_also_from_disk(server, logs, group):
    before = set(files(server))
    put(logs, group, "s", "secret-to-go")
    put(logs, group, "t", "other")
    mine = set(files(server)) - before
    assert len(mine) == 2
    logs.delete_log_stream(logGroupName=group, logStreamName="s")
    assert error_of(lambda: logs.get_log_events(logGroupName=group, logStreamName="s")) == NO_STREAM
    assert error_of(lambda: logs.delete_log_stream(logGroupName=group, logStreamName="s")) == NO_STREAM
    assert filtered(logs, group) == ["other"]
    assert len(mine & set(files(server))) == 1
    logs.delete_log_group(logGroupName=group)
    assert not mine & set(files(server))
    assert error_of(lambda: logs.delete_log_group(logGroupName=group)) == NO_GROUP
    assert error_of(lambda: filtered(logs, group)) == NO_GROUP
    logs.create_log_group(logGroupName=group)
    assert logs.describe_log_streams(logGroupName=group)["logStreams"] == []


def test_a_deletion_survives_a_kill(server, logs, group):
    for number in range(30):
        put(logs, group, f"s{number}", "x" * 1000)
    asking = threading.Thread(target=lambda: error_or_none(lambda: logs.delete_log_group(logGroupName=group)))
    asking.start()
    server.kill()
    asking.join()
    server.start()
    # It was asked for before the kill or it was not; in no case is there half of it.
    groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if groups:
        assert len(filtered(logs, group)) == 30
        logs.delete_log_group(logGroupName=group)
    logs_folder = server.data / "logs"
    until(lambda: not any(path.stat().st_size > 1000 and b"x" * 1000 in path.read_bytes()
                          for path in logs_folder.rglob("*.log")), "the events to be gone")


def error_or_none(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the connection is cut
        return error
    return None


def test_retention_hides_at_once_and_frees_the_disk(server, logs, group):
    before = set(files(server))
    put(logs, group, "s", "y" * 5000, at=now() - 4 * DAY)
    (mine,) = set(files(server)) - before
    assert described(logs, group).get("retentionInDays") is None
    stored = described(logs, group)["storedBytes"]
    for days in (0, 2, 4000):
        code, message = error_of(lambda: logs.put_retention_policy(logGroupName=group, retentionInDays=days))
        assert code == INVALID and "Valid values are: [1, 3, 5, 7" in message
    logs.put_retention_policy(logGroupName=group, retentionInDays=3)
    assert described(logs, group)["retentionInDays"] == 3
    assert filtered(logs, group) == []
    assert logs.get_log_events(logGroupName=group, logStreamName="s")["events"] == []
    until(lambda: not mine.exists(), "the expired segment to go")
    until(lambda: described(logs, group)["storedBytes"] < stored / 2, "its bytes to be free")
    rejected = put(logs, group, "s", "late", at=now() - 4 * DAY, create=False)["rejectedLogEventsInfo"]
    assert rejected == {"expiredLogEventEndIndex": 1}
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in described(logs, group)
    put(logs, group, "s", "late", at=now() - 4 * DAY, create=False)
    assert filtered(logs, group) == ["late"]


def test_put_rejects_what_is_too_old_and_too_new(logs, group):
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    times = [now() - 15 * DAY, now(), now() + 3 * 60 * 60 * 1000]
    answer = logs.put_log_events(
        logGroupName=group, logStreamName="s", logEvents=[{"timestamp": at, "message": "m"} for at in times])
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2}
    assert filtered(logs, group) == ["m"]

    def refused(events):
        return error_of(lambda: logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events))

    event = {"timestamp": now(), "message": "m"}
    code, message = refused([event, {**event, "timestamp": 1 + now() - DAY // 2}])
    assert (code, "chronological" in message) == (INVALID, True)
    code, message = refused([{**event, "message": "x" * 1_048_551}])
    assert (code, message) == (INVALID, "Log event too large: 1048577 bytes exceeds limit of 1048576")


def test_tags_by_both_families(logs, group):
    arn = described(logs, group)["logGroupArn"]
    logs.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    logs.tag_log_group(logGroupName=group, tags={"c": "3"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1", "b": "2", "c": "3"}
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    logs.untag_log_group(logGroupName=group, tags=["b"])
    assert logs.list_tags_log_group(logGroupName=group)["tags"] == {"c": "3"}
    logs.create_log_group(logGroupName=f"{group}/born-with", tags={"d": "4"})
    assert logs.list_tags_log_group(logGroupName=f"{group}/born-with")["tags"] == {"d": "4"}
    many = {f"k{number}": "" for number in range(50)}
    assert error_of(lambda: logs.tag_resource(resourceArn=arn, tags=many))[0] == "TooManyTagsException"
    assert error_of(lambda: logs.list_tags_for_resource(resourceArn=arn + "-none")) == NO_GROUP


def test_groups_are_found_by_prefix_and_pattern(logs, group):
    logs.create_log_group(logGroupName=f"{group}/Inner")

    def names(**options):
        return [one["logGroupName"] for one in logs.describe_log_groups(**options)["logGroups"]]

    assert names(logGroupNamePrefix=group) == [group, f"{group}/Inner"]
    assert names(logGroupNamePattern=f"{group[6:]}/In") == [f"{group}/Inner"]
    assert names(logGroupNamePattern=f"{group[6:]}/in") == []
    assert names(logGroupIdentifiers=[described(logs, group)["logGroupArn"]]) == [group]
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    arn = described(logs, group)["logGroupArn"]
    assert logs.get_log_events(logGroupIdentifier=arn, logStreamName="s")["events"] == []
    assert error_of(lambda: logs.get_log_events(logGroupIdentifier=arn + "-none", logStreamName="s")) == NO_GROUP
    for options in ({"includeLinkedAccounts": True}, {"accountIdentifiers": ["123456789012"]}):
        code, message = error_of(lambda: logs.describe_log_groups(**options))  # noqa: B023
        assert code == "UnsupportedOperationException" and next(iter(options)) in message


MESSAGES = [
    "ERROR 404 not found",
    "WARN slow",
    '{"level": "error", "ms": 40, "user": {"id": 7}, "tags": ["a", "b"], "gone": null}',
    '{"level": "info", "ms": 4}',
    '10.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
]


@pytest.mark.parametrize(
    "pattern, wanted",
    [
        ("", [0, 1, 2, 3, 4]),
        ("ERROR", [0]),
        ("?ERROR ?WARN", [0, 1]),
        ('"not found" -WARN', [0]),
        ("-ERROR -frank -level", [1]),
        ("%4[0-9]4%", [0, 4]),
        ('{ $.level = "error" }', [2]),
        ("{ $.ms < 40.5 && ($.level = inf* || $.user.id = 7) }", [2, 3]),
        ("{ $.tags[1] = b && $.gone IS NULL }", [2]),
        ("{ $.user NOT EXISTS }", [3]),
        ("{ $.level = %^err% }", [2]),
        ("[ip, user, name, time, request = *index*, status = 4*, bytes > 1000]", [4]),
        ("[..., status = 404, bytes]", [4]),
    ],
)
def test_filter_patterns(logs, pattern, wanted):
    group = "/logs/patterns"
    if error_of_create(logs, group) is None:
        put(logs, group, "s", *MESSAGES)
    assert filtered(logs, group, filterPattern=pattern) == [MESSAGES[index] for index in wanted]


def error_of_create(logs, group):
    return error_or_none(lambda: logs.create_log_group(logGroupName=group))


def test_filter_patterns_that_are_refused(logs, group):
    for pattern, message in [
        ("{ $.a = }", "Invalid filter pattern"),
        ("%(a)%", "Invalid filter pattern"),
        ("{ $.a = 1", "If a filter pattern starts with '{' it must end with '}'"),
    ]:
        assert error_of(lambda: filtered(logs, group, filterPattern=pattern)) == (INVALID, message)  # noqa: B023


def test_a_live_tail_shows_what_comes(logs, group):
    arn = described(logs, group)["logGroupArn"]
    put(logs, group, "s", "before")
    answer = logs.start_live_tail(
        logGroupIdentifiers=[arn], logStreamNames=["s"], logEventFilterPattern="-noise")
    stream = iter(answer["responseStream"])
    start = next(stream)["sessionStart"]
    assert start["logGroupIdentifiers"] == [arn] and start["logStreamNames"] == ["s"]
    assert start["logEventFilterPattern"] == "-noise"
    assert start["sessionId"] and start["requestId"] == answer["ResponseMetadata"]["RequestId"]
    put(logs, group, "s", "one", "noise", "two", create=False)
    put(logs, group, "t", "elsewhere")
    seen = []
    while len(seen) < 2:
        update = next(stream)["sessionUpdate"]
        assert update["sessionMetadata"] == {"sampled": False}
        seen += update["sessionResults"]
    assert [event["message"] for event in seen] == ["one", "two"]
    assert {event["logStreamName"] for event in seen} == {"s"}
    assert seen[0]["logGroupIdentifier"].endswith(f":{group}")
    assert next(stream)["sessionUpdate"]["sessionResults"] == []

    put(logs, group, "s", *[f"m{number}" for number in range(1200)], create=False)
    while update["sessionMetadata"] == {"sampled": False}:
        update = next(stream)["sessionUpdate"]
    assert len(update["sessionResults"]) == 500
    answer["responseStream"].close()


def test_a_live_tail_of_prefixes(logs, group):
    arn = described(logs, group)["logGroupArn"]
    answer = logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["web/"])
    stream = iter(answer["responseStream"])
    assert next(stream)["sessionStart"]["logStreamNamePrefixes"] == ["web/"]
    for name in ("api/1", "web/1"):
        put(logs, group, name, name)
    seen = []
    while not seen:
        seen = next(stream)["sessionUpdate"]["sessionResults"]
    assert [one["message"] for one in seen] == ["web/1"]
    answer["responseStream"].close()


def test_the_command_line_tails_with_what_env_says(server, logs, group):
    arn = described(logs, group)["logGroupArn"]
    script = f'eval "$({PROGRAM} env --data-dir {server.data})"; ' \
             f"exec {ROOT}/.venv/bin/aws logs start-live-tail --log-group-identifiers {arn}"
    tail = subprocess.Popen(
        ["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_environment())
    try:
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(tail.stdout.readline, "")))
        reader.start()
        logs.create_log_stream(logGroupName=group, logStreamName="s")

        def is_seen():
            # The session may not be there yet.
            put(logs, group, "s", "hello", create=False)
            assert tail.poll() is None, lines
            return any("hello" in line for line in lines)

        until(is_seen, "the command line to show the event")
    finally:
        tail.terminate()
        tail.wait()
        reader.join()


def test_live_tails_that_are_refused(logs, group):
    arn = described(logs, group)["logGroupArn"]

    def refused(**options):
        return error_of(lambda: logs.start_live_tail(**{"logGroupIdentifiers": [arn], **options}))

    assert refused(logGroupIdentifiers=[f"{arn}-none"]) == NO_GROUP
    assert refused(logGroupIdentifiers=[f"{arn}:*"])[0] == INVALID
    assert refused(logStreamNames=["s"], logStreamNamePrefixes=["s"])[0] == INVALID
    assert refused(logGroupIdentifiers=[arn, group], logStreamNames=["s"])[0] == INVALID
    assert refused(logEventFilterPattern="{") == (
        INVALID, "If a filter pattern starts with '{' it must end with '}'")
    open_ones = [logs.start_live_tail(logGroupIdentifiers=[arn]) for _ in range(15)]
    assert refused()[0] == "LimitExceededException"
    for answer in open_ones:
        answer["responseStream"].close()

    def opened():
        answer = logs.start_live_tail(logGroupIdentifiers=[arn], logStreamNamePrefixes=["s"])
        answer["responseStream"].close()
        return True

    until(lambda: error_or_none(opened) is None, "closed sessions to make room")
