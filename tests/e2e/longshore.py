"""Starts, kills and asks a Longshore, as its users would: by its program and by stock clients."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.path.abspath(os.environ.get("LONGSHORE", ROOT / "target/debug/longshore"))
AWS = str(ROOT / ".venv/bin/aws")
# The longest wait for anything; conditions come true long before.
PATIENCE_SECONDS = int(os.environ.get("PATIENCE_SECONDS", "60"))


def clean_environment(**more):
    """The caller's environment without what would lead clients to the real AWS or to a proxy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and "proxy" not in name.lower()
    }
    kept.update(
        AWS_CONFIG_FILE="/dev/null",
        AWS_SHARED_CREDENTIALS_FILE="/dev/null",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_PAGER="",
    )
    kept["PATH"] += ":/usr/sbin:/sbin"
    kept.update(more)
    return kept


for _name in [name for name in os.environ if name.startswith("AWS_") or "proxy" in name.lower()]:
    del os.environ[_name]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def speaking(address):
    """A port at which somebody answers and closes, so that whoever reaches it can tell."""
    with socket.create_server((address, 0)) as listener:

        def speak():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(PATIENCE_SECONDS)
                    # Closed with something unread, the connection would break before the word is read.
                    connection.recv(1024)
                    connection.sendall(b"here\n")

        threading.Thread(target=speak, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Ends the wait for the next.
            listener.shutdown(socket.SHUT_RDWR)


# For a container's shell: `ask ADDRESS PORT [SECONDS]` says that it is reached when anything answers there. What is sent is held
# open for a moment, since a server may take the end for that of the connection.
ASK = r"""
    ask() {
        { busybox printf 'GET /health HTTP/1.0\r\n\r\n'; busybox sleep 1; } |
            busybox timeout "${3:-2}" busybox nc "$1" "$2" | busybox grep -q . && echo "reached $1 $2"
    } 2>/dev/null
"""


def until(condition, what, seconds=PATIENCE_SECONDS, period=0.05):
    """Waits until `condition`, asked every `period` seconds, gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(period)


def run(*command, **options):
    options.setdefault("env", clean_environment())
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}"
    return done.stdout


def build_image(layout):
    run(str(ROOT / "scripts/build-hello"), str(layout))


class Longshore:
    def __init__(self, data, runtime="auto", options=(), address="127.0.0.1"):
        self.data = Path(data)
        # Of this machine, at which it listens.
        self.listen_address = address
        self.port, self.admin_port = free_port(), free_port()
        self.runtime = runtime
        self.options = list(options)
        self.process = None
        self.log = Path(f"{data}.log")
        self.node = self.data
        self.task_ids = set()
        self.instance = None

    @property
    def endpoint(self):
        return f"http://{self.listen_address}:{self.port}"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    PROGRAM, "up", "--data-dir", str(self.data),
                    "--listen", f"{self.listen_address}:{self.port}",
                    "--admin-listen", f"127.0.0.1:{self.admin_port}",
                    "--region", "us-east-1,eu-west-1", "--runtime", self.runtime, *self.options,
                ],
                stdout=log, stderr=log, env=clean_environment(),
            )
        until(self.answers, "Longshore to answer")

    def answers(self):
        assert self.process.poll() is None, f"it ended: {self.log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{self.endpoint}/health", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def kill(self):
        """kill -9: server and agent are one process."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_SECONDS) == 0

    def processes(self):
        """Every process of this instance's, shims included."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                if str(self.data).encode() in command and b"longshore" in command.split(b"\0")[0]:
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def traces(self):
        """All that this instance has on the machine now beside its data folder. Other instances
        may come and go meanwhile; what is this one's is known by its own names."""
        for pinned in (self.node / "run/network").glob("longshore-*"):
            self.instance = pinned.name.split("-")[1]
        found = {f"mount {line.split()[1]}" for line in Path("/proc/mounts").read_text().splitlines()
                 if str(self.node) in line}
        for folder, folders, _ in os.walk("/sys/fs/cgroup"):
            found |= {f"cgroup {folder}/{name}" for name in folders if name in self.task_ids}
        if self.instance:
            links = Path("/sys/class/net").glob(f"ls-{self.instance}-*")
            found |= {f"link {path.name}" for path in links}
            tables = run("nft", "list", "tables")
            found |= {f"nft {line}" for line in tables.splitlines() if f"longshore_{self.instance}" in line}
        return found

    def keys(self):
        return json.loads((self.data / "root-credentials.json").read_text())

    def environment(self, region="us-east-1"):
        keys = self.keys()
        return clean_environment(
            AWS_ACCESS_KEY_ID=keys["accessKeyId"],
            AWS_SECRET_ACCESS_KEY=keys["secretAccessKey"],
            AWS_REGION=region,
            AWS_DEFAULT_REGION=region,
        )

    def client(self, service, region="us-east-1", **options):
        keys = self.keys()
        options.setdefault("aws_access_key_id", keys["accessKeyId"])
        options.setdefault("aws_secret_access_key", keys["secretAccessKey"])
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(retries={"mode": "standard", "max_attempts": 2}),
            **options,
        )

    def aws(self, *arguments, region="us-east-1"):
        """The stock command line; its output parsed."""
        output = run(
            AWS, "--endpoint-url", self.endpoint, "--output", "json", *arguments,
            env=self.environment(region),
        )
        return json.loads(output) if output.strip() else None

    def push(self, layout, reference):
        password = run(
            AWS, "--endpoint-url", self.endpoint, "ecr", "get-login-password", env=self.environment()
        ).strip()
        run(
            "skopeo", "copy", "--quiet", "--dest-tls-verify=false",
            "--dest-creds", f"AWS:{password}", f"oci:{layout}:latest", f"docker://{reference}",
        )
        return password

    def with_stop_signal(self, image, signal_name):
        """The sample image with another stop signal, pushed beside it."""
        layout = self.data.parent / f"layout-{self.data.name}-{signal_name}"
        build_image(layout)
        run("umoci", "config", "--image", f"{layout}:latest", "--config.stopsignal", signal_name)
        reference = f"{image.rsplit(':', 1)[0]}:{signal_name.lower()}"
        self.push(layout, reference)
        return reference

    def subnets(self):
        return [one["SubnetId"] for one in self.client("ec2").describe_subnets()["Subnets"]]

    def awslogs(self, family):
        """Where the lines of a family's tasks go: streams `t/CONTAINER/TASK`."""
        return {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/e2e/{family}",
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": "t",
                "awslogs-create-group": "true",
                "mode": "blocking",
            },
        }

    def register(self, family, image, logs=True, cpu="256", memory="512", **container):
        container = {"name": "app", "image": image, "essential": True, **container}
        if logs and "logConfiguration" not in container:
            container["logConfiguration"] = self.awslogs(family)
        return self.register_containers(family, [container], cpu, memory)

    def register_containers(self, family, containers, cpu="256", memory="512"):
        return self.client("ecs").register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu=cpu,
            memory=memory,
            executionRoleArn="ecsTaskExecutionRole",
            containerDefinitions=containers,
        )["taskDefinition"]

    def register_on_instance(self, family, image, mode, **container):
        """One that is for container instances: `mode` is bridge, host or none."""
        container = {"name": "app", "image": image, "essential": True, "memory": 64,
                     "logConfiguration": self.awslogs(family), **container}
        return self.client("ecs").register_task_definition(
            family=family, networkMode=mode, requiresCompatibilities=["EC2"],
            containerDefinitions=[container])["taskDefinition"]

    def run_task(self, cluster, family, **options):
        answer = self.client("ecs").run_task(
            cluster=cluster,
            taskDefinition=family,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": self.subnets()}},
            **options,
        )
        assert not answer["failures"]
        arn = answer["tasks"][0]["taskArn"]
        self.task_ids.add(arn.rsplit("/", 1)[1])
        return arn

    def task(self, cluster, arn):
        return self.client("ecs").describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]

    def wait_status(self, cluster, arn, status, seconds=PATIENCE_SECONDS):
        def reached():
            task = self.task(cluster, arn)
            ended = task["lastStatus"] == "STOPPED" and status != "STOPPED"
            assert not ended, f"it stopped instead: {task.get('stoppedReason')} {task['containers']}"
            if task["lastStatus"] == "RUNNING":
                assert self.traces(), "a task that runs can be seen on the machine"
            return task if task["lastStatus"] == status else None

        return until(reached, f"{arn} to be {status}", seconds)

    def run_to_end(self, cluster, family, **options):
        arn = self.run_task(cluster, family, **options)
        return self.wait_status(cluster, arn, "STOPPED")

    def host_address(self):
        """An address of this machine that is not loopback."""
        shown = json.loads(run("ip", "-json", "-4", "address", "show", "scope", "global"))
        addresses = [one["local"] for link in shown for one in link["addr_info"]]
        return next((one for one in addresses if not one.startswith("169.254.")), "127.0.0.1")

    def address(self, task):
        return task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]

    def log_lines(self, family, task):
        task_id = task["taskArn"].rsplit("/", 1)[1]
        events = []
        pages = self.client("logs").get_paginator("filter_log_events")
        for page in pages.paginate(logGroupName=f"/e2e/{family}", logStreamNames=[f"t/app/{task_id}"]):
            events += page["events"]
        return [event["message"] for event in events]

    def clusters(self):
        """The ARNs of all clusters, on however many pages."""
        pages = self.client("ecs").get_paginator("list_clusters").paginate()
        return [arn for page in pages for arn in page["clusterArns"]]

    def stop_all_tasks(self):
        ecs = self.client("ecs")
        for cluster in self.clusters():
            arns = ecs.list_tasks(cluster=cluster)["taskArns"]
            for arn in arns:
                ecs.stop_task(cluster=cluster, task=arn)
            stopping = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
            for arn in stopping:
                self.wait_status(cluster, arn, "STOPPED")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/metrics", timeout=5) as response:
            return response.read().decode()


class Apart(Longshore):
    """A control plane and a node of their own."""

    def __init__(self, data):
        super().__init__(data)
        self.node = data.parent / "node"
        self.agent = None
        # Where the server listens, and where it is asked.
        self.listen = self.host = "127.0.0.1"
        # The machine that the agent is on, where it is another than this.
        self.machine = None
        # What the agent alone has in its environment.
        self.agent_environment = {}

    @property
    def endpoint(self):
        return f"http://{self.host}:{self.port}"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "server", "--data-dir", str(self.data), "--listen", f"{self.listen}:{self.port}",
                 "--admin-listen", f"127.0.0.1:{self.admin_port}", *self.options],
                stdout=log, stderr=log, env=clean_environment())
        until(self.answers, "the server to answer")

    def start_agent(self):
        with self.log.open("ab") as log:
            self.agent = subprocess.Popen(
                [*(self.machine.prefix if self.machine else []),
                 PROGRAM, "agent", "--data-dir", str(self.node), "--endpoint", self.endpoint,
                 "--key-file", str(self.data / "node-key.json")],
                stdout=log, stderr=log, env=clean_environment(**self.agent_environment))

    def kill_agent(self):
        """kill -9 of the node's agent; its containers go on."""
        self.agent.kill()
        self.agent.wait()

    def stop_agent(self):
        self.agent.send_signal(signal.SIGTERM)
        assert self.agent.wait(PATIENCE_SECONDS) == 0


def fetch(url, seconds=PATIENCE_SECONDS):
    """A page, once it is served."""

    def got():
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.read().decode()
        except OSError:
            return None

    return until(got, url, seconds)


def error_of(call):
    """The code and the message with which `call` is refused."""
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 - botocore makes its classes at run time
        refused = error.response["Error"]
        return refused["Code"], refused["Message"]
    raise AssertionError(f"it was not refused: {answer}")


def matches(pattern, text):
    return re.search(pattern, text) is not None
