"""How long until a container's first line: RunTask against `podman run`, bare `runc run`, and that in a network
namespace made by hand, taking turns; and what the shim that holds the container costs.

The image is there already on all sides. Our clock starts when the request leaves on a connection
that is open, theirs when their command starts: that is how each of them is asked for a container.
"""

import time
from pathlib import Path

import server
from figures import ENOUGH, median, p95, ratio
from longshore import build_image
from rivals import Apart, Podman, Runc, RuncByHand
from server import MeasuredLongshore
from spool_watch import SpoolWatch
from wire import Connection, Signer

ROUNDS = ENOUGH
# Before anything is measured: pulls the image, and warms every side's caches.
WARM_ROUNDS = 3
PATIENCE_SECONDS = 60
# Between two looks whether the line has come to the log's service, or the task has ended.
POLL_SECONDS = 0.001
GROUP = "/bench/started"
CONTAINER = "app"
SHELL = "/bin/sh"
SCRIPT = "trap 'exit 0' TERM; echo first; busybox sleep 60 & wait"


def definition(image):
    return {
        "family": "started",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "ecsTaskExecutionRole",
        "containerDefinitions": [{
            "name": CONTAINER,
            "image": image,
            "essential": True,
            "entryPoint": [SHELL],
            "command": ["-c", SCRIPT],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": GROUP,
                "awslogs-region": server.REGION,
                "awslogs-stream-prefix": "t",
                "awslogs-create-group": "true",
            }},
        }],
    }


def shim_of(task_id):
    """The process id of the shim of a task's one container."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"shim" in arguments and any(task_id.encode() in one for one in arguments):
            return int(entry.name)
    raise AssertionError(f"no process is the shim of {task_id}")


class Tasks:
    """Starts a task of a running Longshore, and sees it through."""

    def __init__(self, workplace, longshore, layout):
        self.workplace, self.longshore = workplace, longshore
        uri = longshore.client("ecr").create_repository(repositoryName="bench")["repository"]["repositoryUri"]
        longshore.push(layout, f"{uri}:1")
        longshore.client("ecs").create_cluster(clusterName="bench")
        longshore.client("ecs").register_task_definition(**definition(f"{uri}:1"))
        self.subnet = longshore.subnets()[0]
        self.signer = Signer(longshore.endpoint, longshore.keys())
        self.connection = Connection(longshore.port)
        self.watch = SpoolWatch(longshore.data / "node/tasks")

    def ask(self, request):
        status, answer = self.connection.ask(request)
        assert status == 200 and not answer.get("failures"), (status, answer)
        return answer

    def once(self):
        request = self.signer.request(
            "ecs", "run_task", cluster="bench", taskDefinition="started", launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [self.subnet]}},
        )
        sent = time.monotonic()
        arn = self.ask(request)["tasks"][0]["taskArn"]
        accepted = time.monotonic()
        task_id = arn.rsplit("/", 1)[1]
        spooled, line = self.watch.first_line(task_id, CONTAINER, PATIENCE_SECONDS)
        assert line == "first", line
        logged = self.until_logged(task_id)
        self.workplace.task(task_id, self.longshore.data)
        shim = shim_of(task_id)
        server.wait_idle(shim)
        memory = server.memory(shim)
        self.stop(arn)
        return {
            "answered": accepted - sent,
            "first_line": spooled - accepted,
            "asked_to_line": spooled - sent,
            "logged": logged - accepted,
            "shim": memory,
        }

    def until_logged(self, task_id):
        request = self.signer.request(
            "logs", "get_log_events", logGroupName=GROUP, startFromHead=True,
            logStreamName=f"t/{CONTAINER}/{task_id}",
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status, answer = self.connection.ask(request)
            now = time.monotonic()
            if status == 200 and answer["events"]:
                return now
            # The group and the stream come with the first line.
            assert status == 200 or "ResourceNotFound" in answer.get("__type", ""), (status, answer)
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"GetLogEvents shows no line of {task_id}")

    def stop(self, arn):
        self.ask(self.signer.request("ecs", "stop_task", cluster="bench", task=arn))
        request = self.signer.request("ecs", "describe_tasks", cluster="bench", tasks=[arn])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.ask(request)["tasks"][0]["lastStatus"] == "STOPPED":
                return
            time.sleep(0.02)
        raise AssertionError(f"{arn} did not stop")

    def close(self):
        self.connection.close()
        self.watch.close()


def measure(workplace, say):
    folder = workplace.folder
    layout = folder / "layout"
    build_image(layout)
    entry = [SHELL, "-c", SCRIPT]
    longshore = MeasuredLongshore(workplace, "started", "runc")
    apart = Apart(folder)
    podman = None
    try:
        podman = Podman(apart, folder, layout, entry)
        runc = Runc(apart, folder, layout, entry)
        by_hand = RuncByHand(apart, folder, layout, entry)
        longshore.start()
        tasks = Tasks(workplace, longshore, layout)
        runs = {"longshore": tasks.once, "podman": podman.first_line, "runc": runc.first_line,
                "by_hand": by_hand.first_line}
        for _ in range(WARM_ROUNDS):
            for run in runs.values():
                run()
        say(f"measuring {ROUNDS} rounds")
        found = {name: [] for name in runs}
        names = list(runs)
        for number in range(ROUNDS):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                found[name].append(runs[name]())
        tasks.close()
        return summary(found)
    finally:
        if longshore.process is not None and longshore.process.poll() is None:
            longshore.stop_all_tasks()
            longshore.stop()
        if podman is not None:
            podman.close()
        apart.close()


def summary(found):
    ours = found["longshore"]

    def both(values):
        return {"median": median(values), "p95": p95(values)}

    def values(key):
        return [one[key] for one in ours]

    return {
        "rounds": len(ours),
        "answered": both(values("answered")),
        "first_line": both(values("first_line")),
        "asked_to_line": both(values("asked_to_line")),
        "logged": both(values("logged")),
        "podman": both(found["podman"]),
        "runc": both(found["runc"]),
        "by_hand": both(found["by_hand"]),
        "to_podman": ratio(values("asked_to_line"), found["podman"]),
        "to_runc": ratio(values("asked_to_line"), found["runc"]),
        "behind_by_hand": median([
            our - their for our, their in zip(values("first_line"), found["by_hand"], strict=True)
        ]),
        "accepted_to_podman": ratio(values("first_line"), found["podman"]),
        "shim": {key: both([one["shim"][key] for one in ours]) for key in ("rss", "pss", "private")},
        "raw": found,
    }
