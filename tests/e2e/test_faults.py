"""A machine that runs out of something, or whose clock is wrong: a clear error, nothing lost, and all well
again without a restart once it is mended. What the store and the logs do on a failing disk is in their
crates' tests, a clock of the control plane's that jumps in `sim`, and too many requests in `gateway`."""

import os
import resource
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from longshore import PROGRAM, Longshore, build_image, clean_environment, fetch, run, until
from test_apart import Apart

# Of all descriptors of a server and agent in one; what they have open when idle is some 60.
FEW_DESCRIPTORS = 160
# Of a server and agent in one; it has some 60 MiB when idle.
LITTLE_MEMORY_BYTES = 320 * 1024 * 1024
LOAD_SECONDS = 8
# Beyond what AWS's signatures forgive (five to fifteen minutes), and what PutLogEvents takes: two hours ahead, 14
# days behind.
CLOCK_JUMPS_SECONDS = ("+10800", "-1296000")
# A node keeps 512 MiB in reserve (image::limits), so that a disk needs more.
SMALL_DISK_BYTES = 704 * 1024 * 1024


class Limited(Longshore):
    """Server and agent in one process that may not have much."""

    def __init__(self, data, limit):
        super().__init__(data)
        self.limit = limit

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "up", "--data-dir", str(self.data), "--listen", f"127.0.0.1:{self.port}",
                 "--admin-listen", f"127.0.0.1:{self.admin_port}"],
                stdout=log, stderr=log, env=clean_environment(), preexec_fn=self.limit)
        until(self.answers, "Longshore to answer")


def equip(longshore, folder, cluster="faults"):
    """A cluster and the sample image."""
    build_image(folder / "layout")
    uri = longshore.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    longshore.push(folder / "layout", f"{uri}:1")
    longshore.client("ecs").create_cluster(clusterName=cluster)
    longshore.register("web", f"{uri}:1", logs=False)
    return f"{uri}:1"


def is_well(longshore, page, clusters):
    """All that was said to be there is, the task that ran runs on, and another one comes and goes."""
    names = {arn.rsplit("/", 1)[1] for arn in longshore.clusters()}
    assert clusters <= names, (clusters, names)
    fetch(page, 5)
    arn = longshore.run_task("faults", "web")
    task = longshore.wait_status("faults", arn, "RUNNING")
    fetch(f"http://{longshore.address(task)}:8080/")
    longshore.client("ecs").stop_task(cluster="faults", task=arn)
    longshore.wait_status("faults", arn, "STOPPED")


def end(longshore):
    longshore.stop_all_tasks()
    longshore.stop()
    assert not longshore.traces() and not longshore.processes()


@pytest.fixture
def folder(workplace, request):
    made = workplace / request.node.name[:40]
    made.mkdir(mode=0o711)
    return made


@pytest.fixture
def begun():
    """What a test has started; after a failure it is ended here."""
    instances = []
    yield instances
    for one in instances:
        for process in [one.process, getattr(one, "agent", None)]:
            if process and process.poll() is None:
                process.terminate()
                process.wait(60)


@contextmanager
def small_disk(folder):
    disk = folder / "disk"
    disk.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES},mode=711", "longshore-e2e", str(disk))
    try:
        yield disk
    except BaseException:
        # What still runs there after a failure does not keep the place.
        run("umount", "--lazy", str(disk))
        raise
    run("umount", str(disk))


@contextmanager
def filled(disk):
    """Nothing more can be written to it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1024 * 1024)):
                pass
        except OSError:
            pass
    # The last write may have been a part.
    free = os.statvfs(disk)
    assert free.f_bavail == 0
    try:
        yield
    finally:
        ballast.unlink()


def test_no_descriptors_are_left(folder, begun):
    longshore = Limited(
        folder / "data", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, FEW_DESCRIPTORS)))
    begun.append(longshore)
    longshore.start()
    equip(longshore, folder)
    arn = longshore.run_task("faults", "web")
    page = f"http://{longshore.address(longshore.wait_status('faults', arn, 'RUNNING'))}:8080/"
    fetch(page)

    def open_files():
        return len(os.listdir(f"/proc/{longshore.process.pid}/fd"))

    ecs = longshore.client("ecs")
    ecs.list_clusters()
    held = []
    try:
        while open_files() < FEW_DESCRIPTORS - 1:
            held.append(socket.create_connection(("127.0.0.1", longshore.port)))
            assert len(held) < 2 * FEW_DESCRIPTORS
        # One more than there is room for; it waits in the kernel's queue.
        held += [socket.create_connection(("127.0.0.1", longshore.port)) for _ in range(5)]
        # Who is connected already is served, and what is written is written.
        ecs.create_cluster(clusterName="written-without-descriptors")
        fetch(page, 5)
    finally:
        for one in held:
            one.close()
    assert longshore.process.poll() is None
    is_well(longshore, page, {"faults", "written-without-descriptors"})
    end(longshore)


@contextmanager
def control_group(controller):
    """A control group of v1 or v2 that has the controller; gone at the end, as what was in it must be."""
    roots = [Path("/sys/fs/cgroup") / controller, Path("/sys/fs/cgroup")]
    group = next(root for root in roots if (root / "cgroup.procs").exists()) / f"longshore-e2e-{os.getpid()}"
    group.mkdir()
    try:
        yield group
    finally:
        until(lambda: not (group / "cgroup.procs").read_text(), "the cgroup to be empty")
        group.rmdir()


def test_no_processes_are_left(folder, begun):
    with control_group("pids") as group:
        longshore = Limited(folder / "data", lambda: (group / "cgroup.procs").write_text(str(os.getpid())))
        begun.append(longshore)
        longshore.start()
        equip(longshore, folder)
        arn = longshore.run_task("faults", "web")
        page = f"http://{longshore.address(longshore.wait_status('faults', arn, 'RUNNING'))}:8080/"
        fetch(page)
        (group / "pids.max").write_text((group / "pids.current").read_text())
        failed = longshore.run_task("faults", "web")
        task = longshore.wait_status("faults", failed, "STOPPED")
        assert task["stopCode"] == "TaskFailedToStart", task
        said = task["stoppedReason"] + str([one.get("reason") for one in task["containers"]])
        assert "esource temporarily unavailable" in said, said
        longshore.client("ecs").create_cluster(clusterName="written-without-processes")
        fetch(page, 5)
        (group / "pids.max").write_text("max")
        is_well(longshore, page, {"faults", "written-without-processes"})
        end(longshore)


def test_little_memory_is_left(folder, begun):
    """More is sent at once than the server has memory for: it says so to some, and is not ended."""
    with control_group("memory") as group:
        for name in ("memory.limit_in_bytes", "memory.max"):
            if (group / name).exists():
                (group / name).write_text(str(LITTLE_MEMORY_BYTES))
        longshore = Limited(folder / "data", lambda: (group / "cgroup.procs").write_text(str(os.getpid())))
        begun.append(longshore)
        longshore.start()
        equip(longshore, folder)
        arn = longshore.run_task("faults", "web")
        page = f"http://{longshore.address(longshore.wait_status('faults', arn, 'RUNNING'))}:8080/"
        fetch(page)
        ecr, ecs, logs = (longshore.client(name) for name in ("ecr", "ecs", "logs"))
        logs.create_log_group(logGroupName="/faults")
        logs.create_log_stream(logGroupName="/faults", logStreamName="many")
        part = os.urandom(20 * 1024 * 1024)
        end_of_load = time.monotonic() + LOAD_SECONDS
        written, refused = {"faults"}, []

        def push(number):
            upload = ecr.initiate_layer_upload(repositoryName="hello")["uploadId"]
            ecr.upload_layer_part(repositoryName="hello", uploadId=upload, partFirstByte=0,
                                  partLastByte=len(part) - 1, layerPartBlob=part)

        def log(number):
            # A byte that takes six in JSON.
            events = [{"timestamp": int(time.time() * 1000), "message": "\x01" * 200_000} for _ in range(5)]
            logs.put_log_events(logGroupName="/faults", logStreamName="many", logEvents=events)

        def write(number):
            name = f"under-load-{number}-{len(written)}"
            ecs.create_cluster(clusterName=name)
            written.add(name)

        def again_and_again(work, number):
            while time.monotonic() < end_of_load:
                try:
                    work(number)
                except (ClientError, BotoCoreError) as error:
                    refused.append(error)

        with ThreadPoolExecutor(24) as workers:
            for number, work in enumerate([push] * 12 + [log] * 8 + [write] * 4):
                workers.submit(again_and_again, work, number)
        fetch(page, 5)
        codes = {getattr(error, "response", {}).get("Error", {}).get("Code", repr(error)) for error in refused}
        assert codes == {"ThrottlingException"}, codes
        assert longshore.process.poll() is None
        told = [group / name for name in ("memory.oom_control", "memory.events") if (group / name).exists()]
        assert "oom_kill 0" in told[0].read_text(), told[0].read_text()
        is_well(longshore, page, written)
        end(longshore)


def test_no_room_is_left_on_the_disk(folder, begun):
    with small_disk(folder) as disk:
        longshore = Longshore(disk / "data")
        begun.append(longshore)
        longshore.start()
        image = equip(longshore, folder)
        arn = longshore.run_task("faults", "web")
        page = f"http://{longshore.address(longshore.wait_status('faults', arn, 'RUNNING'))}:8080/"
        fetch(page)
        ecs = longshore.client("ecs")
        written = {"faults"}
        with filled(disk):
            refused = None
            # The store's file may have some room within.
            for number in range(2000):
                name = f"cluster-{number}-" + "x" * 200
                try:
                    ecs.create_cluster(clusterName=name)
                    written.add(name)
                except ClientError as error:
                    refused = error.response["Error"]
                    break
            assert refused, "2000 clusters fit on a full disk"
            assert refused["Code"] in ("ServerException", "ServiceUnavailableException"), refused
            assert ecs.describe_clusters(clusters=["faults"])["clusters"], "reads go on"
            fetch(page, 5)
            with pytest.raises((ClientError, AssertionError, BotoCoreError, OSError)):
                longshore.push(folder / "layout", image.rsplit(":", 1)[0] + ":full")
        assert longshore.process.poll() is None

        def writes():
            try:
                return ecs.create_cluster(clusterName="after")
            except ClientError:
                return None

        until(writes, "the store to write again")
        is_well(longshore, page, written | {"after"})
        end(longshore)


def test_no_line_of_its_own_log_can_be_written(folder, begun):
    with small_disk(folder) as disk:
        longshore = Longshore(folder / "data")
        longshore.log = disk / "log"
        begun.append(longshore)
        with filled(disk):
            longshore.start()
            equip(longshore, folder)
            arn = longshore.run_task("faults", "web")
            page = f"http://{longshore.address(longshore.wait_status('faults', arn, 'RUNNING'))}:8080/"
            is_well(longshore, page, {"faults"})
            assert longshore.log.read_text() == ""
        end(longshore)


def test_no_room_is_left_on_the_nodes_disk(folder, begun):
    with small_disk(folder) as disk:
        apart = Apart(folder / "data")
        apart.node = disk / "node"
        begun.append(apart)
        apart.start()
        equip(apart, folder)
        apart.start_agent()
        arn = apart.run_task("faults", "web")
        page = f"http://{apart.address(apart.wait_status('faults', arn, 'RUNNING'))}:8080/"
        fetch(page)
        second = apart.run_task("faults", "web")
        apart.wait_status("faults", second, "RUNNING")
        with filled(disk):
            # A node starts nothing that it cannot keep, and says why; its session and what runs go on.
            sessions = apart.log.read_text().count("agent disconnected")
            refused = apart.wait_status("faults", apart.run_task("faults", "web"), "STOPPED")
            assert refused["stopCode"] == "TaskFailedToStart", refused
            assert refused["stoppedReason"].startswith("ResourceInitializationError: "), refused
            assert "No space left on device" in refused["stoppedReason"], refused
            assert apart.log.read_text().count("agent disconnected") == sessions
            # What runs can be stopped, and its end is told.
            apart.client("ecs").stop_task(cluster="faults", task=second)
            ended = apart.wait_status("faults", second, "STOPPED")
            assert ended["stopCode"] == "UserInitiated", ended
            fetch(page, 5)
        is_well(apart, page, {"faults"})
        apart.stop_all_tasks()
        apart.agent.terminate()
        assert apart.agent.wait(60) == 0
        apart.stop()
        assert not apart.traces() and not apart.processes()


def test_a_task_disk_without_room(folder, begun):
    with small_disk(folder) as disk:
        longshore = Longshore(disk / "data")
        begun.append(longshore)
        longshore.start()
        equip(longshore, folder)
        task = longshore.run_to_end("faults", "web", overrides={"ephemeralStorage": {"sizeInGiB": 200}})
        assert task["stopCode"] == "TaskFailedToStart"
        reason = task["stoppedReason"]
        assert reason.startswith("ResourceInitializationError: ") and "204800 MiB are asked for" in reason, reason
        end(longshore)


def test_the_nodes_clock_jumps_ahead_and_back(folder, begun):
    """What a node signs with a wrong time is refused, and its session and its tasks go on; once the time is
    right, what it had to say is taken, and no line was lost."""
    clock = folder / "clock"
    clock.write_text("+0")
    apart = Apart(folder / "data")
    begun.append(apart)
    library, = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    apart.agent_environment = {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    apart.start()
    image = equip(apart, folder)
    apart.start_agent()
    counts = "i=0; while :; do echo line $i; i=$((i+1)); busybox usleep 100000; done"
    apart.register("counts", image, entryPoint=["sh", "-c"], command=[counts], stopTimeout=2)
    page = f"http://{apart.address(apart.wait_status('faults', apart.run_task('faults', 'web'), 'RUNNING'))}:8080/"
    counting = apart.wait_status("faults", apart.run_task("faults", "counts"), "RUNNING")

    def lines():
        return [line for line in apart.log_lines("counts", counting) if line.startswith("line ")]

    until(lines, "the first lines")
    waiting = None
    for jump in CLOCK_JUMPS_SECONDS:
        told = apart.log.stat().st_size
        clock.write_text(jump)
        seen = len(lines())
        if waiting is None:
            waiting = apart.run_task("faults", "web")
        else:
            apart.client("ecs").stop_task(cluster="faults", task=waiting)
        until(lambda: "look at the node's clock" in apart.log.read_text()[told:], "the node to say what is wrong")
        fetch(page, 5)
        clock.write_text("+0")
        apart.wait_status("faults", waiting, "RUNNING" if jump[0] == "+" else "STOPPED")
        until(lambda: len(lines()) > seen + 5, "lines to come again")
    apart.client("ecs").stop_task(cluster="faults", task=counting["taskArn"])
    apart.wait_status("faults", counting["taskArn"], "STOPPED")
    numbers = [int(line.split()[1]) for line in lines()]
    assert sorted(numbers) == list(range(len(numbers))), numbers
    is_well(apart, page, {"faults"})
    apart.stop_all_tasks()
    apart.stop_agent()
    apart.stop()
    assert not apart.traces() and not apart.processes()
