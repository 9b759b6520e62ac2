"""The servers that are measured: Longshore, moto_server and docker-registry, started, pinned, looked into."""

import base64
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

from longshore import PATIENCE_SECONDS, PROGRAM, ROOT, Longshore, clean_environment, free_port

REGION = "us-east-1"
# moto's own account, so that names are equally long on both sides.
ACCOUNT = "123456789012"
# A process is idle when it used no more than this of a core for as long.
IDLE_SECONDS = 0.5
IDLE_SHARE = 0.02


def cpu_seconds(pid):
    """What a process has used of all cores, its ended threads too, to the nanosecond: its CPU
    clock, whose number clock_getcpuclockid(3) makes this way."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def memory(pid):
    """RSS, PSS and private memory of a process, in KiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        fields = {line.split()[0]: int(line.split()[1]) for line in file.readlines()[1:]}
    private = fields["Private_Clean:"] + fields["Private_Dirty:"]
    return {"rss": fields["Rss:"], "pss": fields["Pss:"], "private": private}


def reset_peak(pid):
    """From here on `peak_memory` counts anew (proc(5), clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def peak_memory(pid):
    """The largest RSS since `reset_peak`, in KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmHWM:")).split()[1])


def wait_idle(pid):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        before = cpu_seconds(pid)
        time.sleep(IDLE_SECONDS)
        if cpu_seconds(pid) - before < IDLE_SHARE * IDLE_SECONDS:
            return
    raise AssertionError(f"process {pid} was never idle")


def healthy(port):
    """Whether GET /health is answered with 200; the raw way, since this is done every millisecond."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class MeasuredLongshore(Longshore):
    """A Longshore on a core of its choice, whose standard error this process can read."""

    def __init__(self, workplace, name, runtime, core=None):
        super().__init__(workplace.folder / name, runtime)
        workplace.instance(self.data)
        self.core = core

    def launch(self, stderr):
        """Starts it, without waiting for anything."""
        pin = [] if self.core is None else ["taskset", "--cpu-list", str(self.core)]
        self.process = subprocess.Popen(
            [
                *pin, PROGRAM, "up", "--data-dir", str(self.data),
                "--listen", f"127.0.0.1:{self.port}",
                "--admin-listen", f"127.0.0.1:{self.admin_port}",
                "--region", REGION, "--account-id", ACCOUNT, "--runtime", self.runtime,
            ],
            stdout=subprocess.DEVNULL, stderr=stderr, stdin=subprocess.DEVNULL,
            # As it is run in production; what every request says at `debug` is nobody's default.
            env=clean_environment(LONGSHORE_LOG="warn"),
        )

    def start(self):
        with self.log.open("ab") as log:
            self.launch(log)
        wait_answers(lambda: healthy(self.port), self.process, self.log)

    def registry_password(self):
        """What pushes and pulls of its registry prove themselves with."""
        token = self.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
        return base64.b64decode(token).decode().split(":", 1)[1]


class Moto:
    """moto_server as it is meant to be run, its request log thrown away: it writes a line for
    each request, which is not what we measure."""

    def __init__(self, core):
        self.port = free_port()
        self.core = core
        self.process = None

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            ["taskset", "--cpu-list", str(self.core), str(ROOT / ".venv/bin/moto_server"),
             "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            env=clean_environment(MOTO_ACCOUNT_ID=ACCOUNT),
        )
        wait_answers(lambda: accepts(self.port), self.process, None)
        self.keep_tasks()

    def keep_tasks(self):
        """Tasks stay RUNNING, so that every answer is of one size: moto's go on to their end as they
        are described."""
        order = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 10**12}}
        request = urllib.request.Request(
            f"{self.endpoint}/moto-api/state-manager/set-transition",
            data=json.dumps(order).encode(), headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
            assert response.status in (200, 201), response.status

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)


class DockerRegistry:
    """Debian's docker-registry with its blobs in a folder: descriptors cached, no log of requests, no
    passwords."""

    def __init__(self, folder, core):
        self.folder, self.core = folder, core
        self.port = free_port()
        self.process = None
        self.log = folder.with_suffix(".log")

    def start(self):
        self.folder.mkdir()
        settings = self.folder / "config.json"
        # YAML, of which JSON is a part.
        settings.write_text(json.dumps({
            "version": 0.1,
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self.folder / "storage")},
                "cache": {"blobdescriptor": "inmemory"},
            },
            "http": {"addr": f"127.0.0.1:{self.port}"},
        }))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["taskset", "--cpu-list", str(self.core), "docker-registry", "serve", str(settings)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=clean_environment(),
            )
        wait_answers(lambda: accepts(self.port), self.process, self.log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)


def accepts(port):
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def wait_answers(condition, process, log):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if process.poll() is not None:
            raise AssertionError(f"it ended: {log.read_text()[-2000:] if log else process.args}")
        if time.monotonic() > deadline:
            raise AssertionError(f"{process.args} does not answer")
        time.sleep(0.001)


def cores():
    """Two cores to keep load and backend apart: (the backend's, the generator's)."""
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        raise AssertionError("one core cannot hold load and backend apart; two are needed")
    return mine[0], mine[1]
