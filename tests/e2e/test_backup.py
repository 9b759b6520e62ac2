"""A backup is taken while Longshore runs, and what is restored from it is what was there."""

import json
import subprocess
import tarfile
import threading

import pytest

from longshore import PROGRAM, Longshore, clean_environment, error_of, run, until


SHELL = ["sh", "-c"]


def command(*arguments):
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, env=clean_environment(), check=False
    )


@pytest.fixture
def restored(workplace):
    """A place for a second Longshore; what it left on the machine is taken away at the end."""
    started = []

    def start(data):
        one = Longshore(data)
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.stop()
        assert not one.traces() and not one.processes()


def test_a_backup_is_taken_while_writes_go_on_and_is_restored_whole(
    longshore, image, cluster, workplace, restored, tmp_path
):
    longshore.register("kept", image, entryPoint=SHELL, command=["echo kept line"])
    task = longshore.run_to_end(cluster, "kept")
    assert longshore.log_lines("kept", task) == ["kept line"]
    longshore.register("busy", image, entryPoint=SHELL, command=["sleep 600"], stopTimeout=2)
    running = longshore.run_task(cluster, "busy")
    longshore.wait_status(cluster, running, "RUNNING")

    # Families are registered without a pause, and what was acknowledged before the backup is in it.
    ecs, acknowledged, stop = longshore.client("ecs"), [], threading.Event()

    def write():
        while not stop.is_set():
            name = f"written-{len(acknowledged)}"
            ecs.register_task_definition(family=name, containerDefinitions=[{"name": "a", "image": "b", "memory": 8}])
            acknowledged.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until(lambda: len(acknowledged) >= 20, "writes under way")
        before = len(acknowledged)
        file = tmp_path / "all.tar"
        done = command("backup", "--data-dir", longshore.data, file)
        assert done.returncode == 0, done.stderr
        until(lambda: len(acknowledged) > before, "writes that went on")
    finally:
        stop.set()
        writer.join()
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.unfinished"))
    longshore.client("ecs").stop_task(cluster=cluster, task=running)
    longshore.wait_status(cluster, running, "STOPPED")

    data = workplace / "restored"
    done = command("restore", "--data-dir", data, file)
    assert done.returncode == 0, done.stderr
    assert "longshore up --data-dir" in done.stderr
    other = restored(data)
    assert other.keys() == longshore.keys()
    families = set()
    for page in other.client("ecs").get_paginator("list_task_definitions").paginate():
        families |= {arn.rsplit("/", 1)[1].split(":")[0] for arn in page["taskDefinitionArns"]}
    assert set(acknowledged[:before]) <= families
    assert other.log_lines("kept", task) == ["kept line"]
    assert other.task(cluster, task["taskArn"])["containers"][0]["exitCode"] == 0
    # The task that ran is not on the new instance's node, and that is said.
    lost = other.wait_status(cluster, running, "STOPPED")
    assert lost["stoppedReason"]
    # Images came along, and tasks run of them.
    registered = other.client("ecs").describe_task_definition(taskDefinition="kept")["taskDefinition"]
    reference = registered["containerDefinitions"][0]["image"].replace(f":{longshore.port}/", f":{other.port}/")
    other.register("again", reference, entryPoint=SHELL, command=["echo from the backup"])
    again = other.run_to_end(cluster, "again")
    assert other.log_lines("again", again) == ["from the backup"]
    # Both go on by themselves.
    assert error_of(lambda: longshore.client("ecs").describe_task_definition(taskDefinition="again"))[0]


def test_a_restore_takes_only_an_empty_folder_and_a_whole_backup(longshore, cluster, tmp_path):
    file = tmp_path / "all.tar"
    assert command("backup", "--data-dir", longshore.data, file).returncode == 0
    into_used = command("restore", "--data-dir", longshore.data, file)
    assert into_used.returncode != 0 and "is not empty" in into_used.stderr

    whole = file.read_bytes()
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole[: len(whole) // 2])
    half = tmp_path / "half"
    refused = command("restore", "--data-dir", half, cut)
    assert refused.returncode != 0, refused.stderr
    assert not (half / "store/store.redb").exists()
    # What was cut off is not started as if it were whole.
    started = command("server", "--data-dir", half, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
    assert started.returncode != 0 and "was cut off" in started.stderr

    hostile = tmp_path / "hostile.tar"
    with tarfile.open(hostile, "w") as archive:
        for name, content in [("backup.json", json.dumps({"format": 1, "longshore": "0", "createdAt": 0})),
                              ("registry/../../escaped", "x")]:
            (tmp_path / "part").write_text(content)
            archive.add(tmp_path / "part", arcname=name)
    refused = command("restore", "--data-dir", tmp_path / "h", hostile)
    assert refused.returncode != 0 and "is no backup" in refused.stderr
    assert not (tmp_path / "escaped").exists()
    newer = tmp_path / "newer.tar"
    with tarfile.open(newer, "w") as archive:
        (tmp_path / "part").write_text(json.dumps({"format": 2, "longshore": "9.9", "createdAt": 0}))
        archive.add(tmp_path / "part", arcname="backup.json")
    refused = command("restore", "--data-dir", tmp_path / "n", newer)
    assert "Longshore 9.9" in refused.stderr


def test_without_a_control_plane_there_is_nothing_to_back_up(tmp_path):
    refused = command("backup", "--data-dir", tmp_path, tmp_path / "x.tar")
    assert refused.returncode != 0 and "is it running" in refused.stderr
    assert not list(tmp_path.glob("x.tar*"))
    run(PROGRAM, "restore", "--help")
