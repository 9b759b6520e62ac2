"""What a task tries to reach that is not its own: as it is asked for over the API, on Fargate and on a
container instance. The table of what is tried of the kernel belongs to `runtime::root` (`isolation`), which
tries it without an agent; what raw frames reach is in `network::root`."""

import json
import os
import shutil
import socket
from pathlib import Path

import pytest
from longshore import ASK, PROGRAM, ROOT, build_image, fetch, run, speaking, until

SHELL = ["sh", "-c"]
# Of processes of one task (agent::task::start, TASK_PIDS_MAX).
TASK_PIDS_MAX = 4096


def logs(family):
    return {"logDriver": "awslogs", "options": {
        "awslogs-group": f"/e2e/{family}", "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "t", "awslogs-create-group": "true", "mode": "blocking"}}


def run_in(mode, longshore, cluster, family, containers, **fields):
    """Runs a task to its end: on Fargate, or on a container instance with that network mode."""
    for container in containers:
        container.setdefault("logConfiguration", logs(family))
    if mode == "fargate":
        fields.update(networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
                      executionRoleArn="ecsTaskExecutionRole")
        options = {"cluster": cluster, "launchType": "FARGATE"}
    else:
        fields.update(networkMode=mode, requiresCompatibilities=["EC2"], memory="128")
        options = {"cluster": "default", "launchType": "EC2"}
    if fields["networkMode"] == "awsvpc":
        options["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": longshore.subnets()}}
    ecs = longshore.client("ecs")
    ecs.register_task_definition(family=family, containerDefinitions=containers, **fields)
    answer = ecs.run_task(taskDefinition=family, **options)
    assert not answer["failures"], answer["failures"]
    arn = answer["tasks"][0]["taskArn"]
    longshore.task_ids.add(arn.rsplit("/", 1)[1])
    task = longshore.wait_status(options["cluster"], arn, "STOPPED")
    codes = {one["name"]: one.get("exitCode") for one in task["containers"]}
    lines = longshore.log_lines(family, task)
    assert codes == {one["name"]: 0 for one in containers}, (task, lines)
    return lines


@pytest.mark.parametrize("mode", ["fargate", "bridge"])
def test_the_hosts_loopback_sockets_and_metadata_are_out_of_reach(longshore, image, cluster, mode):
    with speaking("127.0.0.1") as port, speaking("0.0.0.0") as open_port, socket.socket(socket.AF_UNIX) as abstract:
        name = f"longshore-e2e-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        assert f"@{name}" in open("/proc/net/unix").read()
        script = f"""{ASK}
            exec 2>/dev/null
            host=${{AWS_ENDPOINT_URL#http://}}; host=${{host%:*}}
            [ -n "$host" ] || echo "does not know its host"
            # The one port that it may reach, by the same means as all that it may not.
            ask $host {longshore.port} >/dev/null && echo api
            for address in 127.0.0.1 $host {longshore.host_address()}; do
                for port in {port} {open_port} {longshore.admin_port}; do ask $address $port; done; done
            ask 127.0.0.1 {longshore.port}
            ask 169.254.169.254 80; ask 169.254.169.253 53
            busybox grep -q '{name}' /proc/net/unix && echo "sees sockets of the host"
            busybox find / -xdev -type s | busybox sed 's/^/socket /'
            echo end
        """
        lines = run_in(mode, longshore, cluster, f"apart-{mode}", [
            {"name": "app", "image": image, "entryPoint": SHELL, "command": [script], "user": "0"}])
    assert lines == ["api", "end"]


def test_another_tasks_loopback_and_addresses_are_out_of_reach(longshore, image, cluster):
    longshore.register("target", image)
    arn = longshore.run_task(cluster, "target")
    target = longshore.wait_status(cluster, arn, "RUNNING")
    address = longshore.address(target)
    fetch(f"http://{address}:8080/")
    # One that listens on its loopback alone.
    longshore.register("private", image, entryPoint=SHELL,
                       command=["busybox httpd -f -p 127.0.0.1:8081 -h /www"])
    private = longshore.run_task(cluster, "private")
    inner = longshore.address(longshore.wait_status(cluster, private, "RUNNING"))
    script = f"""
        exec 2>/dev/null
        busybox timeout 5 busybox wget -q -O- http://{address}:8080/ >/dev/null && echo neighbour
        busybox timeout 3 busybox wget -q -O- http://{inner}:8081/ >/dev/null && echo loopback
        busybox timeout 3 busybox wget -q -O- http://127.0.0.1:8080/ >/dev/null && echo own
        busybox ip link add x type dummy && echo link
        busybox ip address add {inner}/32 dev eth0 && echo address
        busybox ip route add 192.0.2.0/24 dev eth0 && echo route
        echo end
    """
    longshore.register("reacher", image, entryPoint=SHELL, command=[script], user="0")
    task = longshore.run_to_end(cluster, "reacher")
    # The first is let in by the group that both are in: the way is there, and the rest is shut.
    assert longshore.log_lines("reacher", task) == ["neighbour", "end"]
    for one in [arn, private]:
        longshore.client("ecs").stop_task(cluster=cluster, task=one)
        longshore.wait_status(cluster, one, "STOPPED")


@pytest.mark.parametrize("mode", ["fargate", "bridge", "host"])
def test_no_secret_of_the_node_and_no_file_of_the_host_is_in_a_task(longshore, image, cluster, mode):
    secrets = [longshore.keys()["secretAccessKey"]]
    for path in longshore.data.glob("*.json"):
        found = json.loads(path.read_text())
        if isinstance(found, dict) and "secretAccessKey" in found:
            secrets.append(found["secretAccessKey"])
    data = longshore.data.resolve()
    kept = " ".join(f"{place}{data}" for place in
                    ["", "/proc/1/root", "/proc/self/root", "/proc/1/cwd/../..", "/shared/link", "/shared/up/../.."])
    first = f"""
        busybox ln -s {data} /shared/link; busybox ln -s / /shared/up
        busybox mknod /shared/disk b 254 0 2>/dev/null && echo "a node of a disk"
        echo linked
    """
    second = f"""
        for place in {kept}; do busybox ls $place 2>/dev/null && echo "listed $place"; done
        busybox cat /shared/link/root-credentials.json 2>/dev/null
        busybox env; busybox cat /proc/1/environ /proc/self/mountinfo | busybox tr '\\0' '\\n'
        echo end
    """
    container = {"image": image, "user": "0", "entryPoint": SHELL,
                 "mountPoints": [{"sourceVolume": "shared", "containerPath": "/shared"}]}
    lines = run_in(mode, longshore, cluster, f"files-{mode}", [
        {"name": "first", "essential": False, "command": [first], **container},
        {"name": "app", "essential": True, "command": [second],
         "dependsOn": [{"containerName": "first", "condition": "SUCCESS"}], **container},
    ], volumes=[{"name": "shared"}])
    assert lines[-1] == "end"
    assert not [line for line in lines if line.startswith("listed")], lines
    text = "\n".join(lines)
    for secret in secrets:
        assert secret not in text
    # The links themselves are there: it was the way that was missing.
    assert "/shared" in text


def test_a_task_that_takes_all_it_can_harms_nobody_else(longshore, image, cluster):
    """Processes, descriptors and memory, each to its limit, beside a task that must not notice."""
    longshore.register("bystander", image)
    arn = longshore.run_task(cluster, "bystander")
    page = f"http://{longshore.address(longshore.wait_status(cluster, arn, 'RUNNING'))}:8080/"
    fetch(page)
    # Waiting readers cost little memory, so that it is the number of processes that ends it.
    processes = f"""
        busybox mkfifo /wait || exit 4
        i=0; while [ $i -lt {TASK_PIDS_MAX + 100} ]; do (: </wait) & i=$((i+1)); done
    """
    for family, command, memory in [
        ("processes", processes, "4096"),
        ("descriptors", "i=3; ulimit -n 65536; while :; do eval \"exec $i</dev/null\" || exit 5; i=$((i+1)); done", "512"),
        ("memory", "busybox head -c 700000000 /dev/zero | busybox tail >/dev/null; exit 6", "512"),
    ]:
        longshore.register(family, image, entryPoint=SHELL, user="0", cpu="512" if memory == "4096" else "256",
                           memory=memory, command=[command])
        task = longshore.run_to_end(cluster, family)
        container = task["containers"][0]
        assert container["exitCode"] != 0, (family, container, longshore.log_lines(family, task))
        if family == "processes":
            said = " ".join(longshore.log_lines(family, task))
            assert "can't fork" in said, (container, said)
        if family == "memory":
            assert "OutOfMemoryError" in container["reason"], container
        assert fetch(page, 5)
    task = longshore.task(cluster, arn)
    assert task["lastStatus"] == "RUNNING"
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    longshore.wait_status(cluster, arn, "STOPPED")
    until(lambda: longshore.answers(), "the API to answer")


@pytest.fixture(scope="session")
def probing(longshore, image, workplace):
    """An image with the program that tries everything, and the libraries that it needs."""
    layout, bundle = workplace / "layout-probing", workplace / "probing"
    build_image(layout)
    run("umoci", "unpack", "--image", f"{layout}:latest", str(bundle))
    root = bundle / "rootfs"
    (root / "tmp").mkdir()
    probe = Path(PROGRAM).parent / "longshore-isolation-probe"
    shutil.copy(probe, root / "bin/probe")
    for word in run("ldd", str(probe)).split():
        if word.startswith("/"):
            (root / word[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(word, root / word[1:])
    run("umoci", "repack", "--image", f"{layout}:latest", str(bundle))
    shutil.rmtree(bundle)
    reference = f"{image.rsplit(':', 1)[0]}:probing"
    longshore.push(layout, reference)
    return reference


def what_may_come_of_it(column):
    """The table of `runtime::root`: by the attempt's name, what may come of it."""
    table = (ROOT / "crates/runtime/tests/root/isolation.table").read_text()
    rows = [line.split("|") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[0].strip(): set(row[column if column < len(row) else 2].split()) for row in rows}


@pytest.mark.parametrize("mode", ["fargate", "awsvpc", "bridge", "host", "none"])
def test_nothing_that_a_task_tries_of_the_kernel_leads_out_of_it(longshore, probing, cluster, mode):
    probe = f"/bin/probe {os.getpid()} {longshore.data}"
    lines = run_in(mode, longshore, cluster, f"tries-{mode}", [{
        "name": "app", "image": probing, "user": "0", "entryPoint": SHELL,
        # As the container's first process, and as a command beside it: a health check is one.
        "command": [f"{probe}; echo apart; until [ -e /done ]; do busybox usleep 100000; done; busybox cat /beside"],
        "healthCheck": {"command": ["CMD-SHELL", f"[ -e /done ] || {{ {probe} >/beside; busybox touch /done; }}"],
                        "interval": 5, "timeout": 60},
    }])

    allowed = what_may_come_of_it(2 if mode == "fargate" else 3)
    where = lines.index("apart")
    for tried in (lines[:where], lines[where + 1:]):
        assert tried[-1] == "end", tried
        came = dict(line.split(" ", 1) for line in tried[:-1])
        assert came.keys() == allowed.keys()
        wrong = {name: outcome for name, outcome in came.items() if outcome not in allowed[name]}
        assert not wrong, f"{wrong}"
