"""What a task tries to reach that is not its own. What it tries of the kernel is in `runtime::root`
(`isolation`), and what its raw frames reach in `network::root`."""

import json
import os
import socket

from longshore import fetch, until

SHELL = ["sh", "-c"]
# Of processes of one task (agent::task::start, TASK_PIDS_MAX).
TASK_PIDS_MAX = 4096


def logs(family):
    return {"logDriver": "awslogs", "options": {
        "awslogs-group": f"/e2e/{family}", "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "t", "awslogs-create-group": "true", "mode": "blocking"}}


def test_the_hosts_loopback_sockets_and_metadata_are_out_of_reach(longshore, image, cluster):
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            socket.socket(socket.AF_UNIX) as abstract:
        port = listener.getsockname()[1]
        name = f"longshore-e2e-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        assert f"@{name}" in open("/proc/net/unix").read()
        script = f"""
            exec 2>/dev/null
            host=${{AWS_ENDPOINT_URL#http://}}; host=${{host%:*}}
            try() {{ busybox timeout 3 busybox nc "$1" "$2" </dev/null && echo "reached $1 $2"; }}
            for address in 127.0.0.1 $host {longshore.host_address()}; do
                try $address {port}; try $address {longshore.admin_port}; done
            try 127.0.0.1 {longshore.port}
            try 169.254.169.254 80; try 169.254.169.253 53
            busybox grep -q '{name}' /proc/net/unix && echo "sees sockets of the host"
            busybox find / -xdev -type s | busybox sed 's/^/socket /'
            echo end
        """
        longshore.register("apart", image, entryPoint=SHELL, command=[script], user="0")
        task = longshore.run_to_end(cluster, "apart")
    assert longshore.log_lines("apart", task) == ["end"]


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


def test_no_secret_of_the_node_and_no_file_of_the_host_is_in_a_task(longshore, image, cluster):
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
    container = {"image": image, "user": "0", "entryPoint": SHELL, "logConfiguration": logs("files"),
                 "mountPoints": [{"sourceVolume": "shared", "containerPath": "/shared"}]}
    longshore.client("ecs").register_task_definition(
        family="files", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn="ecsTaskExecutionRole", volumes=[{"name": "shared"}],
        containerDefinitions=[
            {"name": "first", "essential": False, "command": [first], **container},
            {"name": "app", "essential": True, "command": [second],
             "dependsOn": [{"containerName": "first", "condition": "SUCCESS"}], **container},
        ])
    task = longshore.run_to_end(cluster, "files")
    codes = {one["name"]: one.get("exitCode") for one in task["containers"]}
    assert codes == {"first": 0, "app": 0}, task
    lines = longshore.log_lines("files", task)
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
