"""Each field of a task definition with real containers: what it does is seen from inside the container,
on the node, or in what the API shows. On Fargate, and as EC2 where Fargate does not have the field."""

import hashlib
import json
import re
import socket
import time
from pathlib import Path

import pytest
from longshore import build_image, fetch, free_port, until

SHELL = ["sh", "-c"]
FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
EC2 = {"requiresCompatibilities": ["EC2"], "networkMode": "none"}
BRIDGE = {**EC2, "networkMode": "bridge"}
HOST = {**EC2, "networkMode": "host"}
# The cluster that a node of `longshore up` is in.
NODE_CLUSTER = "default"


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

    def run(self, family, containers, task=EC2):
        """Starts a task of shell scripts: containers by name, with their fields."""
        definitions = []
        for name, (script, fields) in containers.items():
            definition = {"name": name, "image": self.image, "entryPoint": SHELL, "command": [script], "user": "0",
                          "essential": True, "logConfiguration": logs(family), **fields}
            if "memory" not in task:
                definition.setdefault("memory", 64)
            definitions.append(definition)
        fargate = task["requiresCompatibilities"] == ["FARGATE"]
        if fargate:
            task = {**task, "executionRoleArn": "ecsTaskExecutionRole"}
        self.ecs.register_task_definition(family=family, containerDefinitions=definitions, **task)
        network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": self.longshore.subnets()}}}
        answer = self.ecs.run_task(
            cluster=self.cluster if fargate else NODE_CLUSTER, taskDefinition=family,
            launchType="FARGATE" if fargate else "EC2", **(network if fargate else {}),
        )
        assert not answer["failures"], answer["failures"]
        arn = answer["tasks"][0]["taskArn"]
        self.longshore.task_ids.add(arn.rsplit("/", 1)[1])
        return arn

    def wait(self, arn, status):
        return self.longshore.wait_status(arn.split("/")[1], arn, status)

    def stop(self, arn):
        self.ecs.stop_task(cluster=arn.split("/")[1], task=arn)
        return self.wait(arn, "STOPPED")

    def lines(self, family):
        """Every line of the family's tasks."""
        found = []
        for page in self.logs.get_paginator("filter_log_events").paginate(logGroupName=f"/fields/{family}"):
            found += [event["message"].rstrip("\r\n") for event in page["events"]]
        return found

    def said(self, family, containers, task=EC2):
        """Runs a task to its end, and gives every line."""
        arn = self.run(family, containers, task)
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
    # name: (task, container, script, a line that it prints)
    "pseudo-terminal": (FARGATE, {"pseudoTerminal": True}, "test -t 1 && echo yes", "yes"),
    "no-terminal": (FARGATE, {}, "test -t 1 || echo none", "none"),
    "interactive": (FARGATE, {"interactive": True}, "busybox timeout 1 cat; test $? -ne 0 && echo open", "open"),
    "not-interactive": (FARGATE, {}, "busybox timeout 5 cat; test $? -eq 0 && echo ended", "ended"),
    "read-only-root": (FARGATE, {"readonlyRootFilesystem": True}, "echo x > /x || echo refused", "refused"),
    "ulimits": (FARGATE, {"ulimits": [{"name": "nofile", "softLimit": 77, "hardLimit": 99}]},
                "echo $(ulimit -n) $(ulimit -Hn)", "77 99"),
    "working-directory": (FARGATE, {"workingDirectory": "/bin"}, "pwd", "/bin"),
    "tmpfs": (FARGATE, linux(tmpfs=[{"containerPath": "/cache", "size": 2, "mountOptions": ["noexec"]}]),
              "busybox awk '$2 == \"/cache\" {print $3, $4 ~ /size=2048k/, $4 ~ /noexec/}' /proc/mounts", "tmpfs 1 1"),
    "drop-capability": (FARGATE, linux(capabilities={"drop": ["CHOWN"]}),
                        "busybox touch /t; busybox chown 5 /t || echo refused", "refused"),
    "init-process": (FARGATE, linux(initProcessEnabled=True), "test $$ -ne 1 && echo beneath", "beneath"),
    "no-init-process": (FARGATE, {}, "test $$ -eq 1 && echo first", "first"),
    "user": (FARGATE, {"user": "5:6"}, "echo $(busybox id -u) $(busybox id -g)", "5 6"),
    "environment": (FARGATE, {"environment": [{"name": "A", "value": "b  c"}]}, 'echo "$A"', "b  c"),
    "command": (FARGATE, {"entryPoint": ["/bin/busybox"], "command": ["echo", "as", "told"]}, "", "as told"),
    "add-capability": (EC2, linux(capabilities={"add": ["NET_ADMIN"]}), "busybox ip link set lo down && echo may", "may"),
    "no-added-capability": (EC2, {}, "busybox ip link set lo down || echo may not", "may not"),
    "privileged": (EC2, {"privileged": True},
                   "busybox mkdir /m; busybox mount -t tmpfs none /m && echo mounted", "mounted"),
    "unprivileged": (EC2, {}, "busybox mkdir /m; busybox mount -t tmpfs none /m || echo refused", "refused"),
    "devices": (EC2, linux(devices=[{"hostPath": "/dev/full", "containerPath": "/dev/brim"}]),
                "test -c /dev/brim && ! echo x 2>/dev/null > /dev/brim && echo there", "there"),
    "device-permissions": (EC2, linux(devices=[
                               {"hostPath": "/dev/kmsg", "containerPath": "/dev/log", "permissions": ["read"]}]),
                           "(: > /dev/log) 2>/dev/null || echo refused", "refused"),
    "no-device-permissions": (EC2, linux(devices=[{"hostPath": "/dev/kmsg", "containerPath": "/dev/log"}]),
                              "(: > /dev/log) && echo opened", "opened"),
    "memory": (EC2, {"memory": 100},
               "cd /sys/fs/cgroup; busybox cat memory/memory.limit_in_bytes || busybox cat memory.max", str(100 << 20)),
    # With cgroup v2 it is a weight, of which 100 is what nobody asked for.
    "cpu": (EC2, {"cpu": 300}, "cd /sys/fs/cgroup; busybox cat cpu/cpu.shares || "
                               "(test $(busybox cat cpu.weight) -ne 100 && echo 300)", "300"),
    "empty-environment": (FARGATE, {"environment": [{"name": "A"}]}, 'echo "${A-unset}."', "."),
    "shared-memory-size": (EC2, linux(sharedMemorySize=8),
                           "busybox df -k /dev/shm | busybox awk 'END {print $2}'", "8192"),
    "hostname": (BRIDGE, {"hostname": "named"}, "echo $(busybox hostname) $HOSTNAME", "named named"),
    "extra-hosts": (BRIDGE, {"extraHosts": [{"hostname": "db", "ipAddress": "10.9.8.7"}]},
                    "busybox grep -w db /etc/hosts", "10.9.8.7 db"),
    "dns-servers": (BRIDGE, {"dnsServers": ["10.9.8.7"]}, "busybox grep nameserver /etc/resolv.conf",
                    "nameserver 10.9.8.7"),
    "dns-search-domains": (BRIDGE, {"dnsSearchDomains": ["a.test", "b.test"]},
                           "busybox grep search /etc/resolv.conf", "search a.test b.test"),
    "system-controls": (BRIDGE, {"systemControls": [{"namespace": "net.core.somaxconn", "value": "99"}]},
                        "busybox cat /proc/sys/net/core/somaxconn", "99"),
    "no-new-privileges": (EC2, {"dockerSecurityOptions": ["no-new-privileges"]},
                          "busybox awk '/NoNewPrivs/ {print $2}' /proc/self/status", "1"),
    "network-none": (EC2, {}, "echo $(busybox awk -F: 'NR > 2 {print $1}' /proc/net/dev)", "lo"),
}


@pytest.mark.parametrize("name", ONE_CONTAINER)
def test_field(fields, name):
    task, container, script, line = ONE_CONTAINER[name]
    lines = fields.said(name, {"app": (script, container)}, task)
    assert line in lines, lines


def test_a_definition_says_on_which_instances_its_tasks_run(fields):
    def constrained(system):
        expression = f"attribute:ecs.os-type == {system}"
        return {**EC2, "placementConstraints": [{"type": "memberOf", "expression": expression}]}

    assert fields.said("on-linux", {"app": ("echo here", {})}, constrained("linux")) == ["here"]
    with pytest.raises(AssertionError, match="MemberOf placement constraint unsatisfied."):
        fields.run("on-windows", {"app": ("echo here", {})}, constrained("windows"))


def test_network_mode_host(fields):
    lines = fields.said("host-net", {"app": ("busybox readlink /proc/self/ns/net; busybox hostname", {})}, HOST)
    assert lines == [str(Path("/proc/self/ns/net").readlink()), Path("/proc/sys/kernel/hostname").read_text().strip()]


def test_pid_mode(fields):
    script = "busybox ps -o args | busybox grep -v grep | busybox grep -c 'sleep 4242'"
    sleeper = "busybox sleep 4242 & busybox sleep 2"
    for mode, count in [(None, "0"), ("task", "1")]:
        family = f"pid-{mode}"
        task = {**FARGATE, "pidMode": mode} if mode else FARGATE
        lines = fields.said(family, {
            "sleeper": (sleeper, {"essential": False}),
            "app": (f"busybox sleep 1; {script}; true", {"dependsOn": [{"containerName": "sleeper", "condition": "START"}]}),
        }, task)
        assert lines == [count], mode
    lines = fields.said("pid-host", {"app": ("busybox ps | busybox wc -l", {})},
                        {**EC2, "pidMode": "host"})
    assert int(lines[0]) > 10, "all processes of the host are seen"


def test_ipc_mode(fields):
    write = "echo shared > /dev/shm/x; busybox sleep 2"
    read = "busybox sleep 1; busybox cat /dev/shm/x 2>/dev/null || echo nothing"
    for mode, line in [(None, "nothing"), ("task", "shared")]:
        task = {**EC2, "ipcMode": mode} if mode else EC2
        lines = fields.said(f"ipc-{mode}", {
            "writer": (write, {"essential": False}),
            "reader": (read, {"dependsOn": [{"containerName": "writer", "condition": "START"}]}),
        }, task)
        assert lines == [line], mode


def test_a_volume_of_the_task_is_shared_and_goes_with_it(fields):
    point = {"mountPoints": [{"sourceVolume": "scratch", "containerPath": "/s"}]}
    after = {"dependsOn": [{"containerName": "writer", "condition": "SUCCESS"}]}
    containers = {
        "writer": ("busybox ls /s; echo s > /s/file", {**point, "essential": False}),
        "follower": ("busybox cat /s/file; (echo x > /s/other) 2>/dev/null || echo read-only",
                     {"volumesFrom": [{"sourceContainer": "writer", "readOnly": True}], **after}),
    }
    for _ in range(2):
        lines = fields.said("scratch", containers, {**FARGATE, "volumes": [{"name": "scratch", "host": {}}]})
        assert "file" not in lines, "the first task's volume is there for the second"
    assert lines == ["s", "read-only"] * 2


def test_volumes_of_the_host_of_the_task_and_of_docker(fields, workplace):
    host = workplace / "host-volume"
    volumes = [
        {"name": "host", "host": {"sourcePath": str(host)}},
        {"name": "scratch", "host": {}},
        {"name": "kept", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True, "driver": "local"}},
    ]

    def points(read_only):
        return {"mountPoints": [
            {"sourceVolume": "host", "containerPath": "/h", "readOnly": read_only},
            {"sourceVolume": "scratch", "containerPath": "/s"},
            {"sourceVolume": "kept", "containerPath": "/k"},
        ]}

    first = {"dependsOn": [{"containerName": "writer", "condition": "SUCCESS"}]}
    task = {**EC2, "volumes": volumes}
    lines = fields.said("volumes", {
        "writer": ("for at in h s k; do echo $at > /$at/file; done", {**points(False), "essential": False}),
        "reader": ("busybox cat /h/file /s/file /k/file; (echo x > /h/other) 2>/dev/null || echo read-only", {**points(True), **first}),
        "follower": ("busybox cat /s/file; (echo x > /s/other) 2>/dev/null || echo follows",
                     {"volumesFrom": [{"sourceContainer": "writer", "readOnly": True}], "essential": False, **first}),
    }, task)
    assert sorted(lines) == sorted(["h", "s", "k", "read-only", "s", "follows"])
    assert (host / "file").read_text() == "h\n"
    again = fields.said("volumes-again", {"app": ("busybox cat /k/file; busybox ls /s", points(True))}, task)
    assert again == ["k"], "a shared volume stays, a task's does not"


def test_a_docker_volume_is_bound_to_a_folder_of_the_node(fields, workplace):
    folder = workplace / "bound"
    folder.mkdir()
    options = {"type": "none", "o": "bind", "device": str(folder)}
    volumes = [{"name": "bound", "dockerVolumeConfiguration": {"driver": "local", "driverOpts": options}}]
    points = {"mountPoints": [{"sourceVolume": "bound", "containerPath": "/b"}]}
    fields.said("bound", {"app": ("echo here > /b/file", points)}, {**EC2, "volumes": volumes})
    assert (folder / "file").read_text() == "here\n"


def test_bridge_mode_publishes_ports_and_links(fields, longshore):
    ports = {"portMappings": [{"containerPort": 8080}, {"containerPortRange": "9000-9002"}]}
    web = {"entryPoint": ["/bin/serve"], "command": [], "user": "65534", **ports}
    asks = ("until busybox wget -q -O- http://site:8080/ > /dev/null; do busybox sleep 1; done; echo linked;"
            " echo port $SITE_PORT_8080_TCP_PORT; busybox sleep 600")
    arn = fields.run("bridged", {"web": ("", web), "app": (asks, {"links": ["web:site"], "stopTimeout": 2})}, BRIDGE)
    task = fields.wait(arn, "RUNNING")
    shown = next(one for one in task["containers"] if one["name"] == "web")["networkBindings"]
    single = next(one for one in shown if one.get("containerPort") == 8080)
    assert single["bindIP"] == "0.0.0.0" and 32768 <= single["hostPort"] <= 60999, shown
    ranged = next(one for one in shown if "containerPortRange" in one)
    first, last = map(int, ranged["hostPortRange"].split("-"))
    assert ranged["containerPortRange"] == "9000-9002" and last - first == 2
    assert "hello" in fetch(f"http://127.0.0.1:{single['hostPort']}/").lower()
    assert "hello" in fetch(f"http://{longshore.host_address()}:{single['hostPort']}/").lower()
    until(lambda: {"port 8080", "linked"} <= set(fields.lines("bridged")), "the linked container's answer")
    fields.stop(arn)


def test_ports_of_the_host_may_be_fixed(fields, longshore):
    """A datagram has come where the container's kernel has counted one that nobody took."""
    page, datagrams = free_port(), free_port()
    web = {"entryPoint": ["/bin/serve"], "command": [], "user": "65534",
           "portMappings": [{"containerPort": 8080, "hostPort": page}]}
    counts = ("until busybox awk '$1 == \"Udp:\" && $3 + 0 {came = 1} END {exit !came}' /proc/net/snmp;"
              " do busybox usleep 50000; done; echo came; busybox sleep 600")
    both = [{"containerPort": 53, "hostPort": datagrams, "protocol": protocol} for protocol in ("tcp", "udp")]
    app = {"stopTimeout": 2, "portMappings": both}
    arn = fields.run("fixed-ports", {"web": ("", web), "app": (counts, app)}, BRIDGE)
    task = fields.wait(arn, "RUNNING")
    shown = {one["name"]: one["networkBindings"] for one in task["containers"]}
    assert shown == {
        "web": [{"bindIP": "0.0.0.0", "containerPort": 8080, "hostPort": page, "protocol": "tcp"}],
        "app": [{"bindIP": "0.0.0.0", **one} for one in both],
    }
    assert "hello" in fetch(f"http://127.0.0.1:{page}/").lower()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        def came():
            sender.sendto(b"x", (longshore.host_address(), datagrams))
            return "came" in fields.lines("fixed-ports")

        until(came, "the datagram in the container")
    second = fields.ecs.run_task(cluster=NODE_CLUSTER, taskDefinition="fixed-ports", launchType="EC2")
    assert [one["reason"] for one in second["failures"]] == ["RESOURCE:PORTS"]
    fields.stop(arn)


def test_memory_reservation(fields):
    arn = fields.run("reserves", {"app": ("busybox sleep 600", {"memoryReservation": 32, "stopTimeout": 2})})
    fields.wait(arn, "RUNNING")
    files = [file for name in ("memory.soft_limit_in_bytes", "memory.low")
             for file in Path("/sys/fs/cgroup").rglob(name) if arn.rsplit("/", 1)[1] in str(file)]
    assert str(32 << 20) in {file.read_text().strip() for file in files}, files
    fields.stop(arn)


def check(command, **more):
    return {"healthCheck": {"command": command, "interval": 5, "timeout": 2, "retries": 1, **more}}


def test_what_depends_on_a_healthy_container_waits_for_it(fields):
    arn = fields.run("waits", {
        "db": ("busybox sleep 6; echo ready; busybox touch /ok; busybox sleep 600",
               {**check(["CMD-SHELL", "test -e /ok"], startPeriod=30), "stopTimeout": 2}),
        "app": ("echo app; busybox sleep 600",
                {"dependsOn": [{"containerName": "db", "condition": "HEALTHY"}], "stopTimeout": 2}),
    }, FARGATE)
    fields.wait(arn, "RUNNING")
    until(lambda: fields.lines("waits") == ["ready", "app"], "both to have said something")
    fields.stop(arn)


def test_what_depends_on_a_container_that_never_becomes_healthy_ends(fields):
    # Its check fails after 5 s; what is unhealthy may still become healthy, for 12 s.
    for family, db, why in [
        ("unwell", "busybox sleep 600", "container ordering dependency [db] for target [app] has timed out."),
        ("gone", "busybox sleep 1", "as dependency ended before it was healthy."),
    ]:
        arn = fields.run(family, {
            "db": (db, {**check(["CMD", "false"]), "startTimeout": 12, "stopTimeout": 2, "essential": False}),
            "app": ("echo never", {"dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]}),
        }, FARGATE)
        task = fields.wait(arn, "STOPPED")
        assert task["stopCode"] == "TaskFailedToStart" and task["stoppedReason"] == "Task failed to start", task
        [app] = [one for one in task["containers"] if one["name"] == "app"]
        assert app["reason"].startswith("CannotStartContainerError: dependency graph: "), app
        assert app["reason"].endswith(why) and "exitCode" not in app, app


def test_the_health_check_of_an_image_is_ignored(fields, longshore, workplace):
    layout = workplace / "layout-checked"
    build_image(layout)
    give_health_check(layout, {"Test": ["CMD", "false"], "Interval": 100_000_000, "Timeout": 1_000_000_000, "Retries": 1})
    checked = f"{fields.image.rsplit(':', 1)[0]}:checked"
    longshore.push(layout, checked)
    arn = fields.run("image-check", {"app": ("busybox sleep 4", {"image": checked})}, FARGATE)
    task = fields.wait(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 0
    assert (task["healthStatus"], task["containers"][0]["healthStatus"]) == ("UNKNOWN", "UNKNOWN")


def give_health_check(layout, check):
    """Writes a health check into the configuration of the image of a layout."""
    blobs = layout / "blobs/sha256"

    def rewrite(descriptor, change):
        document = json.loads((blobs / descriptor["digest"].split(":")[1]).read_text())
        change(document)
        data = json.dumps(document).encode()
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        descriptor.update(digest=f"sha256:{digest}", size=len(data))

    index = json.loads((layout / "index.json").read_text())
    set_check = lambda image: image["config"].update(Healthcheck=check)  # noqa: E731
    rewrite(index["manifests"][0], lambda manifest: rewrite(manifest["config"], set_check))
    (layout / "index.json").write_text(json.dumps(index))


def test_start_timeout(fields):
    arn = fields.run("late", {
        "db": ("busybox sleep 600", {"startTimeout": 2, "essential": False, "stopTimeout": 2}),
        "app": ("echo never", {"dependsOn": [{"containerName": "db", "condition": "SUCCESS"}]}),
    }, FARGATE)
    task = fields.wait(arn, "STOPPED")
    app = next(one for one in task["containers"] if one["name"] == "app")
    assert app["reason"].endswith("has timed out."), app


def test_stop_timeout(fields):
    arn = fields.run("deaf", {"app": ("trap '' TERM; while :; do busybox sleep 1; done", {"stopTimeout": 2})}, FARGATE)
    fields.wait(arn, "RUNNING")
    began = time.monotonic()
    task = fields.stop(arn)
    assert 2 <= time.monotonic() - began < 20
    assert task["containers"][0]["exitCode"] == 137


def test_restart_policy_keeps_the_root_file_system(fields):
    # It ends once after the shortest period that ECS has, and then with a code that is ignored.
    script = "test -e /been && exit 3; busybox touch /been; busybox sleep 61; exit 1"
    policy = {"restartPolicy": {"enabled": True, "ignoredExitCodes": [3], "restartAttemptPeriod": 60}}
    arn = fields.run("restarts", {"app": (f"echo round; {script}", policy)}, FARGATE)
    fields.wait(arn, "RUNNING")
    task = fields.longshore.wait_status(arn.split("/")[1], arn, "STOPPED", seconds=120)
    assert task["containers"][0]["exitCode"] == 3
    assert fields.lines("restarts") == ["round", "round"]


@pytest.mark.parametrize("option", [
    {"awslogs_datetime_format": "%Y-%m-%d"},
    # The usual one: what is not indented begins an event.
    {"awslogs_multiline_pattern": r"^\S"},
])
def test_awslogs_puts_lines_together(fields, option):
    lines = "echo '2026-01-02 a'; echo ' at b'; echo '2026-01-03 c'"
    driver = logs("several", awslogs_stream_prefix=None, **option)
    arn = fields.run("several", {"app": (lines, {"logConfiguration": driver})})
    task = fields.wait(arn, "STOPPED")
    events = fields.logs.get_log_events(
        logGroupName="/fields/several", logStreamName=task["containers"][0]["runtimeId"], startFromHead=True,
    )["events"]
    assert [event["message"] for event in events] == ["2026-01-02 a\n at b\n", "2026-01-03 c\n"]


def test_json_file_is_on_the_node_with_labels_and_is_turned_over(fields, longshore):
    driver = {"logDriver": "json-file", "options": {"max-size": "1k", "max-file": "2", "labels": "team"}}
    script = "for i in $(busybox seq 40); do echo line $i; done"
    container = {"logConfiguration": driver, "dockerLabels": {"team": "blue", "other": "x"}}
    arn = fields.run("files", {"app": (script, container)})
    runtime_id = fields.wait(arn, "STOPPED")["containers"][0]["runtimeId"]
    folder = next(longshore.data.rglob(f"container-logs/{arn.rsplit('/', 1)[1]}"))
    path = folder / f"{runtime_id}-json.log"
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert entries[-1]["log"] == "line 40\n" and entries[-1]["stream"] == "stdout"
    assert entries[-1]["attrs"] == {"team": "blue"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", entries[-1]["time"])
    older = [json.loads(line)["log"] for line in Path(f"{path}.1").read_text().splitlines()]
    both = [*older, *(entry["log"] for entry in entries)]
    assert both == [f"line {number}\n" for number in range(41 - len(both), 41)]
    assert sorted(one.name for one in folder.glob("*.log*") if "position" not in one.name) == [path.name, f"{path.name}.1"]


def test_log_driver_none(fields, longshore):
    # Far more than waits for a reader: what nobody hears holds nobody up, and is kept nowhere.
    arn = fields.run("unheard", {
        "app": ("busybox yes unheard | busybox head -c 30000000", {"logConfiguration": {"logDriver": "none"}})})
    assert fields.wait(arn, "STOPPED")["containers"][0]["exitCode"] == 0
    assert not list(longshore.data.rglob(f"container-logs/{arn.rsplit('/', 1)[1]}"))
    groups = longshore.client("logs").describe_log_groups()["logGroups"]
    assert not [group for group in groups if "unheard" in group["logGroupName"]]


def test_awslogs_in_a_region_that_is_not_served(fields, longshore):
    blamed = "look at the node's clock"
    before = longshore.log.read_text().count(blamed)
    driver = logs("elsewhere", awslogs_region="ap-south-1")
    task = fields.wait(fields.run("elsewhere", {"app": ("true", {"logConfiguration": driver})}), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    said = f"{task['stoppedReason']} {task['containers'][0].get('reason')}"
    assert "ResourceInitializationError" in said and "awslogs-region: " in said, said
    assert "not 'ap-south-1'. Served here: us-east-1, eu-west-1." in said, said
    assert longshore.log.read_text().count(blamed) == before
    told = [line for line in longshore.log.read_text().splitlines() if "does not serve this region" in line]
    assert len(told) == 1 and "ap-south-1" in told[0]
