"""How much disk a task may fill, with real containers. Each task here reserves 21 GiB or more: on a disk that is
itself a file with holes, so that the machine that runs the tests need not have them."""

from pathlib import Path

import pytest
from longshore import Longshore, build_image, run, until

GIB = 1024**3
SHELL = ["sh", "-c"]
DISK_BYTES = 64 * GIB


@pytest.fixture(scope="module")
def longshore(workplace):
    disk, file = workplace / "disk", workplace / "disk.img"
    disk.mkdir()
    with file.open("wb") as made:
        made.truncate(DISK_BYTES)
    run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,nodiscard", str(file))
    run("mount", "-o", "loop", str(file), str(disk))
    instance = Longshore(disk / "data")
    try:
        disk.chmod(0o711)
        instance.start()
        yield instance
        instance.stop_all_tasks()
        instance.stop()
        assert instance.instance, "no task was ever seen on the machine"
        assert not instance.traces() and not instance.processes()
    except BaseException:
        run("umount", "--lazy", str(disk))
        raise
    finally:
        if instance.process and instance.process.poll() is None:
            instance.kill()
    run("umount", str(disk))
    file.unlink()


@pytest.fixture(scope="module")
def image(longshore, workplace):
    build_image(workplace / "layout-storage")
    uri = longshore.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    longshore.push(workplace / "layout-storage", f"{uri}:1")
    return f"{uri}:1"


@pytest.fixture(scope="module")
def cluster(longshore):
    longshore.client("ecs").create_cluster(clusterName="e2e")
    return "e2e"


def fits(task_mounts="/"):
    """Takes most of 21 GiB in one place, then more than is left in another; both without writing."""
    return (f"busybox fallocate -l {19 * GIB} {task_mounts}first && echo fits; "
            f"busybox fallocate -l {3 * GIB} /second 2>&1; busybox rm -f /second {task_mounts}first; "
            "busybox df -k / | busybox awk 'END {print \"kib\", $2}'")


def loops(longshore):
    """The files of this instance that loop devices show."""
    found = []
    for path in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            found.append(path.read_text().strip())
        except OSError:
            continue
    return [one for one in found if str(longshore.data) in one]


def register(longshore, family, image, script, gib, **container):
    container = {"name": "app", "image": image, "entryPoint": SHELL, "command": [script], "user": "0",
                 "essential": True, "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
                 "logConfiguration": {"logDriver": "awslogs", "options": {
                     "awslogs-group": f"/e2e/{family}", "awslogs-region": "us-east-1",
                     "awslogs-stream-prefix": "t", "awslogs-create-group": "true", "mode": "blocking"}},
                 **container}
    storage = {"ephemeralStorage": {"sizeInGiB": gib}} if gib else {}
    return longshore.client("ecs").register_task_definition(
        family=family, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn="ecsTaskExecutionRole", containerDefinitions=[container], volumes=[{"name": "data"}],
        **storage)["taskDefinition"]


def test_a_task_writes_as_much_as_it_asked_for(longshore, image, cluster):
    shown = register(longshore, "roomy", image, fits("/data/"), 21)
    assert shown["ephemeralStorage"] == {"sizeInGiB": 21}
    task = longshore.run_to_end(cluster, "roomy")
    assert task["ephemeralStorage"] == task["fargateEphemeralStorage"] == {"sizeInGiB": 21}
    lines = longshore.log_lines("roomy", task)
    assert lines[0] == "fits" and "No space left on device" in lines[1], lines
    until(lambda: not loops(longshore), "the disk to be gone")


def test_a_run_may_ask_for_another_size(longshore, image, cluster):
    register(longshore, "roomier", image, fits(), 21)
    task = longshore.run_to_end(cluster, "roomier", overrides={"ephemeralStorage": {"sizeInGiB": 23}})
    assert task["ephemeralStorage"] == {"sizeInGiB": 23}
    lines = longshore.log_lines("roomier", task)
    assert lines[0] == "fits" and len(lines) == 2, lines
    assert 22 * GIB < int(lines[1].split()[1]) * 1024 <= 23 * GIB, lines


def test_a_task_on_a_disk_of_its_own_outlives_the_server_and_leaves_nothing(longshore, image, cluster):
    register(longshore, "lasting", image, "echo kept > /data/note; while ! test -e /data/go; do busybox usleep 20000; "
             "done; busybox cat /data/note", 21)
    arn = longshore.run_task(cluster, "lasting")
    longshore.wait_status(cluster, arn, "RUNNING")
    longshore.kill()
    longshore.start()
    assert longshore.task(cluster, arn)["lastStatus"] == "RUNNING"
    [file] = loops(longshore)
    until(lambda: (Path(file).parent / "disk/volumes/data/note").exists(), "the note")
    (Path(file).parent / "disk/volumes/data/go").touch()
    task = longshore.wait_status(cluster, arn, "STOPPED")
    assert longshore.log_lines("lasting", task) == ["kept"]
    until(lambda: not loops(longshore), "the disk to be gone")
    assert not Path(file).exists()

