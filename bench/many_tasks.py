"""Many tasks on one node: how fast those that are asked for at once come to run, and what a thousand that
do nothing cost.

The tasks are of the EC2 launch type, because Fargate's smallest would fill two cores with eight; all else is
as on Fargate but for the user namespace: an address and a network namespace each, a security group, runc.
"""

import time
from pathlib import Path

import server
from figures import median, p95
from longshore import build_image, until
from server import MeasuredLongshore
from wire import Connection, Signer

BURST_TASKS = 200
BURST_ROUNDS = 5
IDLE_TASKS = 1000
# What one RunTask, and one DescribeTasks, may name.
RUN_MAX, DESCRIBE_MAX = 10, 100
PATIENCE_SECONDS = 300
# Seldom: each look reads all tasks. When a task came to run, it tells itself.
POLL_SECONDS = 0.25
IDLE_CPU_SECONDS = 10
# An instance's own cluster, the family, the container.
CLUSTER, FAMILY, CONTAINER = "default", "many", "app"
RESERVED_MIB = 8
KIB = 1024
# What the kernel holds for all that runs, not counted for any process (proc(5), meminfo).
KERNEL_FIELDS = ("Slab:", "KernelStack:", "PageTables:", "Percpu:")


def definition(image):
    return {
        "family": FAMILY,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["EC2"],
        "containerDefinitions": [{
            "name": CONTAINER, "image": image, "essential": True, "memoryReservation": RESERVED_MIB,
            "entryPoint": ["busybox"], "command": ["sleep", "100000"], "stopTimeout": 2,
        }],
    }


def meminfo():
    """In KiB."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in lines}


def shims(data):
    """The process ids of all shims of a Longshore."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"shim" in arguments and any(str(data).encode() in one for one in arguments):
            found.append(int(entry.name))
    return found


def group_memory(task_ids):
    """What tasks' control groups are charged with in all, and the kernel's part of it, in KiB a task."""
    charged, kernel = [], []
    for task_id in task_ids:
        v1, v2 = Path("/sys/fs/cgroup/memory/longshore") / task_id, Path("/sys/fs/cgroup/longshore") / task_id
        if v1.is_dir():
            charged.append(int((v1 / "memory.usage_in_bytes").read_text()) / KIB)
            kernel.append(int((v1 / "memory.kmem.usage_in_bytes").read_text()) / KIB)
        else:
            charged.append(int((v2 / "memory.current").read_text()) / KIB)
            stat = dict(line.split() for line in (v2 / "memory.stat").read_text().splitlines())
            kernel.append(int(stat["kernel"]) / KIB)
    return charged, kernel


class Many:
    """A Longshore that runs as many tasks as it is asked for."""

    def __init__(self, workplace, name):
        self.workplace = workplace
        layout = workplace.folder / f"{name}-layout"
        build_image(layout)
        self.longshore = MeasuredLongshore(workplace, name, "runc")
        self.longshore.start()
        uri = self.longshore.client("ecr").create_repository(repositoryName="bench")["repository"]["repositoryUri"]
        self.longshore.push(layout, f"{uri}:1")
        self.longshore.client("ecs").register_task_definition(**definition(f"{uri}:1"))
        self.subnet = self.longshore.subnets()[0]
        self.signer = Signer(self.longshore.endpoint, self.longshore.keys())
        self.connection = Connection(self.longshore.port)
        self.wait(self.has_instance, "the instance")

    def has_instance(self):
        return self.ask("list_container_instances", cluster=CLUSTER)["containerInstanceArns"]

    def request(self, operation, **parameters):
        return self.signer.request("ecs", operation, **parameters)

    def send(self, request):
        status, answer = self.connection.ask(request)
        assert status == 200 and not answer.get("failures"), (status, answer)
        return answer

    def ask(self, operation, **parameters):
        return self.send(self.request(operation, **parameters))

    def wait(self, condition, what):
        return until(condition, what, PATIENCE_SECONDS, POLL_SECONDS)

    def start(self, count):
        """Asks for `count` tasks as fast as they are taken, and waits until all run. Gives their ARNs, and
        the seconds from the first request to each one's RUNNING, in order."""
        requests = [
            self.request(
                "run_task", cluster=CLUSTER, taskDefinition=FAMILY, launchType="EC2",
                count=min(RUN_MAX, count - first),
                networkConfiguration={"awsvpcConfiguration": {"subnets": [self.subnet]}},
            )
            for first in range(0, count, RUN_MAX)
        ]
        began = time.time()
        arns = [task["taskArn"] for request in requests for task in self.send(request)["tasks"]]

        def all_run():
            tasks = self.describe(arns)
            ended = [task for task in tasks if task["lastStatus"] == "STOPPED"]
            assert not ended, ended[0].get("stoppedReason")
            return tasks if all(task["lastStatus"] == "RUNNING" for task in tasks) else None

        tasks = self.wait(all_run, f"{count} tasks to run")
        for arn in arns[:1]:
            self.workplace.task(arn.rsplit("/", 1)[1], self.longshore.data)
        return arns, sorted(task["startedAt"] - began for task in tasks)

    def describe(self, arns):
        return [
            task
            for first in range(0, len(arns), DESCRIBE_MAX)
            for task in self.ask("describe_tasks", cluster=CLUSTER, tasks=arns[first:first + DESCRIBE_MAX])["tasks"]
        ]

    def stop(self, arns):
        """Seconds until all are STOPPED."""
        requests = [self.request("stop_task", cluster=CLUSTER, task=arn) for arn in arns]
        began = time.monotonic()
        for request in requests:
            self.send(request)
        self.wait(
            lambda: all(task["lastStatus"] == "STOPPED" for task in self.describe(arns)),
            f"{len(arns)} tasks to stop",
        )
        return time.monotonic() - began

    def live(self):
        """The ARNs of all tasks that are not STOPPED."""
        pages = self.longshore.client("ecs").get_paginator("list_tasks")
        arns = [
            arn
            for wanted in ("RUNNING", "STOPPED")
            for page in pages.paginate(cluster=CLUSTER, desiredStatus=wanted)
            for arn in page["taskArns"]
        ]
        return [task["taskArn"] for task in self.describe(arns) if task["lastStatus"] != "STOPPED"]

    def close(self):
        """Also after a failure, with tasks that nobody here knows of."""
        if self.longshore.process is not None and self.longshore.process.poll() is None:
            self.stop(self.live())
            self.longshore.stop()
        self.connection.close()


def measure_burst(workplace, say):
    many = Many(workplace, "burst")
    try:
        # Pulls the image, makes the router.
        arns, _ = many.start(RUN_MAX)
        many.stop(arns)
        rounds = []
        say(f"measuring {BURST_ROUNDS} rounds of {BURST_TASKS} tasks")
        for _ in range(BURST_ROUNDS):
            arns, running = many.start(BURST_TASKS)
            stopped = many.stop(arns)
            rounds.append({"running": running, "stopped": stopped})
    finally:
        many.close()
    rates = [len(one["running"]) / one["running"][-1] for one in rounds]
    return {
        "tasks": BURST_TASKS,
        "rounds": BURST_ROUNDS,
        "rate": median(rates),
        "worst": min(rates),
        "half": median([one["running"][len(one["running"]) // 2] for one in rounds]),
        "all": median([one["running"][-1] for one in rounds]),
        "stop_rate": median([BURST_TASKS / one["stopped"] for one in rounds]),
        "raw": rounds,
    }


def measure_idle(workplace, say):
    many = Many(workplace, "thousand")
    try:
        # The first task's costs are not a task's.
        arns, _ = many.start(RUN_MAX)
        pid = many.longshore.process.pid
        server.wait_idle(pid)
        up, before = server.memory(pid), meminfo()
        more, running = many.start(IDLE_TASKS)
        say(f"{IDLE_TASKS} tasks run after {running[-1]:.0f} s")
        used = server.cpu_seconds(pid)
        time.sleep(IDLE_CPU_SECONDS)
        used = server.cpu_seconds(pid) - used
        up_after, after = server.memory(pid), meminfo()
        held = [server.memory(shim) for shim in shims(many.longshore.data)]
        charged, kernel = group_memory([arn.rsplit("/", 1)[1] for arn in more])
        assert all(task["lastStatus"] == "RUNNING" for task in many.describe(more))
        stopped = many.stop(arns + more)
    finally:
        many.close()

    def growth(fields):
        return sum(after[field] - before[field] for field in fields) / IDLE_TASKS

    return {
        "tasks": IDLE_TASKS,
        "rate": IDLE_TASKS / running[-1],
        "stop_rate": (IDLE_TASKS + RUN_MAX) / stopped,
        "shims": len(held),
        "shim": {key: {"median": median([one[key] for one in held]), "p95": p95([one[key] for one in held])}
                 for key in ("rss", "pss", "private")},
        "up": {key: (up_after[key] - up[key]) / IDLE_TASKS for key in ("rss", "pss", "private")},
        "charged": median(charged),
        "charged_kernel": median(kernel),
        "kernel": growth(KERNEL_FIELDS),
        "machine": (before["MemAvailable:"] - after["MemAvailable:"]) / IDLE_TASKS,
        "cpu_share": used / IDLE_CPU_SECONDS,
    }
