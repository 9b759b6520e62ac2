"""Fields of a task definition with real containers, as Fargate has them: what a field does is seen from
inside the container, or in what the API shows."""

import time

import pytest
from longshore import until

SHELL = ["sh", "-c"]


def logs(family, **options):
    options = {
        "awslogs-group": f"/fields/{family}", "awslogs-region": "us-east-1", "awslogs-create-group": "true",
        "awslogs-stream-prefix": "t", "mode": "blocking",
        **{name.replace("_", "-"): value for name, value in options.items()},
    }
    return {"logDriver": "awslogs", "options": {name: value for name, value in options.items() if value}}


class Fields:
    """Registers and runs tasks, and reads what they said."""

    def __init__(self, longshore, image, cluster):
        self.longshore, self.image, self.cluster = longshore, image, cluster
        self.ecs, self.logs = longshore.client("ecs"), longshore.client("logs")

    def run(self, family, containers, **task):
        """Starts a task of shell scripts: containers by name, with their fields."""
        definitions = [
            {"name": name, "image": self.image, "entryPoint": SHELL, "command": [script], "user": "0",
             "essential": True, "logConfiguration": logs(family), **fields}
            for name, (script, fields) in containers.items()
        ]
        self.ecs.register_task_definition(
            family=family, containerDefinitions=definitions, requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc", cpu="256", memory="512", executionRoleArn="ecsTaskExecutionRole", **task,
        )
        return self.longshore.run_task(self.cluster, family)

    def wait(self, arn, status):
        return self.longshore.wait_status(self.cluster, arn, status)

    def stop(self, arn):
        self.ecs.stop_task(cluster=self.cluster, task=arn)
        return self.wait(arn, "STOPPED")

    def lines(self, family):
        """Every line of the family's tasks."""
        found = []
        for page in self.logs.get_paginator("filter_log_events").paginate(logGroupName=f"/fields/{family}"):
            found += [event["message"].rstrip("\r\n") for event in page["events"]]
        return found

    def said(self, family, containers, **task):
        """Runs a task to its end, and gives every line."""
        arn = self.run(family, containers, **task)
        ended = self.wait(arn, "STOPPED")
        essential = [name for name, (_, fields) in containers.items() if fields.get("essential", True)]
        codes = [(one["name"], one.get("exitCode"), one.get("reason"))
                 for one in ended["containers"] if one["name"] in essential]
        lines = self.lines(family)
        assert all(code == 0 for _, code, _ in codes), (codes, ended.get("stoppedReason"), lines)
        return lines


@pytest.fixture(scope="session")
def fields(longshore, image, cluster):
    return Fields(longshore, image, cluster)


def linux(**parameters):
    return {"linuxParameters": parameters}


ONE_CONTAINER = {
    # name: (container, script, a line that it prints)
    "pseudo-terminal": ({"pseudoTerminal": True}, "test -t 1 && echo yes", "yes"),
    "no-terminal": ({}, "test -t 1 || echo none", "none"),
    "interactive": ({"interactive": True}, "busybox timeout 1 cat; test $? -ne 0 && echo open", "open"),
    "not-interactive": ({}, "busybox timeout 5 cat; test $? -eq 0 && echo ended", "ended"),
    "read-only-root": ({"readonlyRootFilesystem": True}, "echo x > /x || echo refused", "refused"),
    "ulimits": ({"ulimits": [{"name": "nofile", "softLimit": 77, "hardLimit": 99}]},
                "echo $(ulimit -n) $(ulimit -Hn)", "77 99"),
    "working-directory": ({"workingDirectory": "/bin"}, "pwd", "/bin"),
    "tmpfs": (linux(tmpfs=[{"containerPath": "/cache", "size": 2, "mountOptions": ["noexec"]}]),
              "busybox awk '$2 == \"/cache\" {print $3, $4 ~ /size=2048k/, $4 ~ /noexec/}' /proc/mounts", "tmpfs 1 1"),
    "drop-capability": (linux(capabilities={"drop": ["CHOWN"]}),
                        "busybox touch /t; busybox chown 5 /t || echo refused", "refused"),
}


@pytest.mark.parametrize("name", ONE_CONTAINER)
def test_field(fields, name):
    container, script, line = ONE_CONTAINER[name]
    lines = fields.said(name, {"app": (script, container)})
    assert line in lines, lines


def test_pid_mode(fields):
    script = "busybox ps -o args | busybox grep -v grep | busybox grep -c 'sleep 4242'"
    sleeper = "busybox sleep 4242 & busybox sleep 2"
    for task, count in [({}, "0"), ({"pidMode": "task"}, "1")]:
        family = f"pid-{count}"
        lines = fields.said(family, {
            "sleeper": (sleeper, {"essential": False}),
            "app": (f"busybox sleep 1; {script}; true", {"dependsOn": [{"containerName": "sleeper", "condition": "START"}]}),
        }, **task)
        assert lines == [count], task


def check(command, **more):
    return {"healthCheck": {"command": command, "interval": 5, "timeout": 2, "retries": 1, **more}}


def test_what_depends_on_a_healthy_container_waits_for_it(fields):
    arn = fields.run("waits", {
        "db": ("busybox sleep 6; echo ready; busybox touch /ok; busybox sleep 600",
               {**check(["CMD-SHELL", "test -e /ok"], startPeriod=30), "stopTimeout": 2}),
        "app": ("echo app; busybox sleep 600",
                {"dependsOn": [{"containerName": "db", "condition": "HEALTHY"}], "stopTimeout": 2}),
    })
    fields.wait(arn, "RUNNING")
    until(lambda: fields.lines("waits") == ["ready", "app"], "both to have said something")
    fields.stop(arn)


def test_start_timeout(fields):
    arn = fields.run("late", {
        "db": ("busybox sleep 600", {"startTimeout": 2, "essential": False, "stopTimeout": 2}),
        "app": ("echo never", {"dependsOn": [{"containerName": "db", "condition": "SUCCESS"}]}),
    })
    task = fields.wait(arn, "STOPPED")
    app = next(one for one in task["containers"] if one["name"] == "app")
    assert "startTimeout" in app["reason"], app


def test_stop_timeout(fields):
    arn = fields.run("deaf", {"app": ("trap '' TERM; while :; do busybox sleep 1; done", {"stopTimeout": 2})})
    fields.wait(arn, "RUNNING")
    began = time.monotonic()
    task = fields.stop(arn)
    assert 2 <= time.monotonic() - began < 20
    assert task["containers"][0]["exitCode"] == 137


def test_restart_policy_keeps_the_root_file_system(fields):
    # It ends once after the shortest period that ECS has, and then with a code that is ignored.
    script = "test -e /been && exit 3; busybox touch /been; busybox sleep 61; exit 1"
    policy = {"restartPolicy": {"enabled": True, "ignoredExitCodes": [3], "restartAttemptPeriod": 60}}
    arn = fields.run("restarts", {"app": (f"echo round; {script}", policy)})
    fields.wait(arn, "RUNNING")
    task = fields.longshore.wait_status(fields.cluster, arn, "STOPPED", seconds=120)
    assert task["containers"][0]["exitCode"] == 3
    assert fields.lines("restarts") == ["round", "round"]


def test_a_volume_of_the_task_is_shared_and_goes_with_it(fields):
    point = {"mountPoints": [{"sourceVolume": "scratch", "containerPath": "/s"}]}
    after = {"dependsOn": [{"containerName": "writer", "condition": "SUCCESS"}]}
    containers = {
        "writer": ("busybox ls /s; echo s > /s/file", {**point, "essential": False}),
        "follower": ("busybox cat /s/file; (echo x > /s/other) 2>/dev/null || echo read-only",
                     {"volumesFrom": [{"sourceContainer": "writer", "readOnly": True}], **after}),
    }
    for _ in range(2):
        lines = fields.said("scratch", containers, volumes=[{"name": "scratch", "host": {}}])
        assert "file" not in lines, "the first task's volume is there for the second"
    assert lines == ["s", "read-only"] * 2


def test_awslogs_puts_lines_together(fields):
    lines = "echo '2026-01-02 a'; echo ' at b'; echo '2026-01-03 c'"
    driver = logs("several", awslogs_datetime_format="%Y-%m-%d")
    assert fields.said("several", {"app": (lines, {"logConfiguration": driver})}) == [
        "2026-01-02 a\n at b", "2026-01-03 c",
    ]
