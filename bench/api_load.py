"""Requests a second, and for each second of the server's CPU: Longshore against moto_server.

One core for the server, the other for wrk, which only replays bytes. The servers stay up side by
side and take turns, so that both see the same machine. Longshore runs its mock runtime here: the
tasks that are described are records in its store, as they are in moto's memory.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config

from figures import ENOUGH, median, p5, ratio
from machine import busy_seconds
from server import REGION, MeasuredLongshore, Moto, cores, cpu_seconds
from wire import Connection, Signer

SCRIPT = Path(__file__).with_name("replay.lua")
PACED = Path(__file__).with_name("paced.py")
# How latency is told of a server that is not at its limit: at this share of what it can do, the requests
# coming whether it answers or not.
PACED_SHARE = 0.25
PACED_SECONDS = 10
PACED_RUNS = 5
# As many rounds say what it can do, with pauses in which a principal's requests are granted anew: it may have
# fewer a second for long than a server with several cores can answer.
SATURATION_ROUNDS = 5
REFILL_SECONDS = 2.5
PACED_CONNECTIONS = 64
PACED_PATIENCE_SECONDS = 60
# As many connections as serve the server best are found by trying these.
CONNECTIONS = (1, 4, 16, 64)
ROUND_SECONDS = 1
ROUNDS = ENOUGH
OPERATIONS = ("DescribeTasks", "RegisterTaskDefinition")
# Different requests of a kind; wrk goes through them in a circle.
REQUESTS = 600
FAMILIES = 100
# As many Fargate tasks of a quarter core as a node with one core (the server's) has room for.
TASKS = 4
MOTO_KEYS = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYx"}


def definition(family, number):
    return {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "ecsTaskExecutionRole",
        "containerDefinitions": [{
            "name": "app",
            "image": "registry.example/app:1",
            "essential": True,
            # moto cannot run a task whose containers do not say these.
            "cpu": 256,
            "memory": 512,
            "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
            "environment": [{"name": "NUMBER", "value": str(number)}, {"name": "STAGE", "value": "production"}],
            "command": ["serve", "--port", "8080"],
        }],
    }


class Side:
    """A server with what it is to be asked."""

    def __init__(self, name, server, keys, folder):
        self.name, self.server, self.keys = name, server, keys
        self.folder = folder
        self.files, self.connections = {}, {}

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.server.endpoint,
            aws_access_key_id=self.keys["accessKeyId"], aws_secret_access_key=self.keys["secretAccessKey"],
            config=Config(retries={"max_attempts": 1}),
        )

    def tasks(self):
        """Runs the tasks that will be described; both servers call them RUNNING."""
        ecs, ec2 = self.client("ecs"), self.client("ec2")
        ecs.create_cluster(clusterName="bench")
        ecs.register_task_definition(**definition("described", 0))
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        # moto cannot run a task without a security group.
        group = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": ["default"]}]
        )["SecurityGroups"][0]["GroupId"]
        arns = []
        for _ in range(TASKS):
            answer = ecs.run_task(
                cluster="bench", taskDefinition="described", launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
            )
            arns.append(answer["tasks"][0]["taskArn"])
        deadline = time.monotonic() + 30
        while True:
            states = {one["lastStatus"] for one in ecs.describe_tasks(cluster="bench", tasks=arns)["tasks"]}
            if states == {"RUNNING"}:
                return arns
            if time.monotonic() > deadline:
                raise AssertionError(f"tasks of {self.name} are {states}")
            time.sleep(0.05)

    def prepare(self):
        arns = self.tasks()
        signer = Signer(self.server.endpoint, self.keys)
        self.write("DescribeTasks", [
            signer.request("ecs", "describe_tasks", cluster="bench", tasks=[arns[number % TASKS]])
            for number in range(REQUESTS)
        ])
        self.write("RegisterTaskDefinition", [
            signer.request("ecs", "register_task_definition", **definition(f"family-{number % FAMILIES}", number))
            for number in range(REQUESTS)
        ])

    def write(self, operation, requests):
        path = self.folder / f"{self.name}-{operation}.requests"
        path.write_bytes(b"".join(b"%d\n%s" % (len(one), one) for one in requests))
        self.files[operation] = path
        connection = Connection(self.server.port)
        status, answer = connection.ask(requests[0])
        connection.close()
        if status != 200 or answer.get("failures"):
            raise AssertionError(f"{self.name} answers {operation} with {status}: {answer}")

    def round(self, operation, connections, core):
        """One round of load, from a core or from any."""
        pin = [] if core is None else ["taskset", "--cpu-list", str(core)]
        pid = self.server.process.pid
        before = cpu_seconds(pid)
        busy, total = busy_seconds()
        wrk = subprocess.Popen(
            [*pin, "wrk", "--threads", "1", "--connections", str(connections),
             "--duration", f"{ROUND_SECONDS}s", "--script", str(SCRIPT), self.server.endpoint,
             "--", str(self.files[operation])],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        )
        output = wrk.stdout.read()
        _, status, usage = os.wait4(wrk.pid, 0)
        wrk.returncode = os.waitstatus_to_exitcode(status)
        cpu = cpu_seconds(pid) - before
        busy_after, total_after = busy_seconds()
        lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
        if wrk.returncode != 0 or not lines:
            raise AssertionError(f"wrk failed against {self.name}: {output}")
        result = json.loads(lines[0].removeprefix("RESULT "))
        if result["refused"] or result["failed"]:
            raise AssertionError(f"{self.name} did not answer all of {operation}: {result}")
        seconds = result["microseconds"] / 1e6
        return {
            "rate": result["requests"] / seconds,
            "per_cpu": result["requests"] / cpu,
            "cpu_share": cpu / seconds,
            "p50": result["p50"] / 1e6,
            "p95": result["p95"] / 1e6,
            "generator": (usage.ru_utime + usage.ru_stime) / seconds,
            "other": max(0, busy_after - busy - cpu - usage.ru_utime - usage.ru_stime) / (total_after - total),
        }

    def paced(self, operation, rate, core):
        """How long answers take at that rate. Whoever asks is never late: whatever else wants its core waits."""
        done = subprocess.run(
            ["chrt", "--fifo", "1", "taskset", "--cpu-list", str(core),
             sys.executable, str(PACED), str(self.server.port),
             str(self.files[operation]), str(rate), str(PACED_CONNECTIONS), str(PACED_SECONDS)],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=PACED_PATIENCE_SECONDS,
        )
        if done.returncode != 0:
            raise AssertionError(f"{operation} of {self.name} at {rate:.0f} a second: {done.stderr[-2000:]}")
        found = json.loads(done.stdout)
        if found["refused"]:
            raise AssertionError(f"{self.name} did not answer all of {operation}: {found}")
        return found

    def tune(self, operation, core, pause=0):
        """Finds the number of connections with which it serves most."""
        rates = {}
        for number in (CONNECTIONS[-1], *CONNECTIONS):
            time.sleep(pause)
            # Of the first round nothing is kept: it warms up.
            rates[number] = self.round(operation, number, core)["rate"]
        self.connections[operation] = max(rates, key=rates.get)


def measure(workplace, say):
    backend, generator = cores()
    longshore = MeasuredLongshore(workplace, "api", "mock", backend)
    moto = Moto(backend)
    try:
        longshore.start()
        moto.start()
        ours = Side("longshore", longshore, longshore.keys(), workplace.folder)
        theirs = Side("moto", moto, MOTO_KEYS, workplace.folder)
        for side in (ours, theirs):
            say(f"preparing {side.name}")
            side.prepare()
        found = {operation: compare(operation, ours, theirs, generator, say) for operation in OPERATIONS}
    finally:
        for server in (longshore, moto):
            if server.process is not None and server.process.poll() is None:
                server.stop()
    tails = paced(workplace, generator, say)
    return {operation: found[operation] | {"paced": tails[operation]} for operation in OPERATIONS}


def paced(workplace, generator, say):
    """How long the answers of a server take that is at a share of its limit. It has all cores: what else runs
    on the machine takes one away now and then, and a server on one core is only as steady as that."""
    server = MeasuredLongshore(workplace, "paced", "mock")
    try:
        server.start()
        side = Side("paced", server, server.keys(), workplace.folder)
        side.prepare()
        found = {}
        for operation in OPERATIONS:
            side.tune(operation, None, REFILL_SECONDS)
            rounds = []
            for _ in range(SATURATION_ROUNDS):
                time.sleep(REFILL_SECONDS)
                rounds.append(side.round(operation, side.connections[operation], None))
            limit = median([one["rate"] for one in rounds])
            say(f"{operation}: at a quarter of {limit:.0f} a second")
            runs = [side.paced(operation, PACED_SHARE * limit, generator) for _ in range(PACED_RUNS)]
            found[operation] = {key: median([one[key] for one in runs]) for key in ("rate", "p50", "p95", "p99")}
            found[operation] |= {
                "limit": limit, "runs": PACED_RUNS,
                "p99_worst": max(one["p99"] for one in runs), "worst": max(one["worst"] for one in runs),
            }
        return found
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


def compare(operation, ours, theirs, core, say):
    rounds = {ours.name: [], theirs.name: []}
    for side in (ours, theirs):
        side.tune(operation, core)
        say(f"{operation}: {side.name} is best with {side.connections[operation]} connections")
    for number in range(ROUNDS):
        order = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        for side in order:
            found = side.round(operation, side.connections[operation], core)
            if not found["rate"]:
                raise AssertionError(f"{side.name} answered no {operation} in {ROUND_SECONDS} s")
            rounds[side.name].append(found)
    found = {}
    for side in (ours, theirs):
        mine = rounds[side.name]

        def values(key, mine=mine):
            return [one[key] for one in mine]

        found[side.name] = {
            "connections": side.connections[operation],
            "rate": median(values("rate")),
            "rate_p5": p5(values("rate")),
            "per_cpu": median(values("per_cpu")),
            "cpu_share": median(values("cpu_share")),
            "p50": median(values("p50")),
            "p95": median(values("p95")),
            "generator": median(values("generator")),
            "other": median(values("other")),
        }
    return {
        "sides": found,
        "rounds": ROUNDS,
        "rate_ratio": ratio(*([one["rate"] for one in rounds[side.name]] for side in (ours, theirs))),
        "per_cpu_ratio": ratio(*([one["per_cpu"] for one in rounds[side.name]] for side in (ours, theirs))),
    }
