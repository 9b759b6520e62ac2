"""What a task's containers see, and what is said of how they end."""

from pathlib import Path

from longshore import ASK, fetch, speaking, until

SHELL = ["sh", "-c"]


def test_an_exit_code_and_the_reason(longshore, image, cluster):
    longshore.register("exits", image, entryPoint=SHELL, command=["echo first; echo second >&2; exit 7"])
    task = longshore.run_to_end(cluster, "exits")
    assert task["containers"][0]["exitCode"] == 7
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert sorted(longshore.log_lines("exits", task)) == ["first", "second"]


def test_overrides_change_command_and_environment(longshore, image, cluster):
    longshore.register("overridden", image, entryPoint=SHELL, command=["exit 1"],
                       environment=[{"name": "A", "value": "definition"}, {"name": "B", "value": "kept"}])
    task = longshore.run_to_end(cluster, "overridden", overrides={"containerOverrides": [{
        "name": "app", "command": ['echo "$A $B"'], "environment": [{"name": "A", "value": "override"}],
    }]})
    assert task["containers"][0]["exitCode"] == 0
    assert longshore.log_lines("overridden", task) == ["override kept"]


def test_what_a_container_sees(longshore, image, cluster):
    script = """
        echo "uid $(busybox id -u) map $(busybox awk '{print $1,$3}' /proc/self/uid_map)"
        echo "region $AWS_REGION $AWS_EXECUTION_ENV"
        echo "host $(busybox hostname)"
        busybox wget -q -O- "$AWS_ENDPOINT_URL/health" && echo
        busybox touch /write && echo writable
        echo "pid $$"
    """
    longshore.register("sees", image, entryPoint=SHELL, command=[script], user="1000:1000")
    task = longshore.run_to_end(cluster, "sees")
    lines = longshore.log_lines("sees", task)
    assert "uid 1000 map 0 65536" in lines, lines
    assert "region us-east-1 AWS_ECS_FARGATE" in lines
    a, b, c, d = longshore.address(task).split(".")
    assert f"host ip-{a}-{b}-{c}-{d}.ec2.internal" in lines
    assert "pid 1" in lines
    assert "writable" not in lines, "user 1000 may not write the root folder"
    assert any("ok" in line.lower() or "{" in line for line in lines), "the API answers from inside"


def test_a_container_that_is_out_of_memory_says_so(longshore, image, cluster):
    # It keeps what has no end in memory.
    longshore.register("eats", image, entryPoint=["busybox", "tail"], command=["/dev/zero"])
    task = longshore.run_to_end(cluster, "eats")
    container = task["containers"][0]
    assert "OutOfMemoryError" in container.get("reason", ""), container
    assert container["exitCode"] == 137, container


def test_limits_of_memory_and_processes_and_cpu(longshore, image, cluster):
    longshore.register("limited", image, entryPoint=SHELL, command=["exec busybox sleep 1000"], memory="512")
    arn = longshore.run_task(cluster, "limited")
    longshore.wait_status(cluster, arn, "RUNNING")
    task = arn.rsplit("/", 1)[1]

    def limit(controller, v1, v2):
        """What is written in the task's control group."""
        old = Path("/sys/fs/cgroup") / controller / "longshore" / task / v1
        new = Path("/sys/fs/cgroup/longshore") / task / v2
        return (old if old.exists() else new).read_text().split()

    assert limit("memory", "memory.limit_in_bytes", "memory.max") == [str(512 << 20)]
    assert limit("pids", "pids.max", "pids.max") == ["4096"]
    # A quarter of a core, whatever the period is.
    if Path("/sys/fs/cgroup/cpu").exists():
        quota, period = (limit("cpu", f"cpu.cfs_{name}_us", "cpu.max")[0] for name in ("quota", "period"))
    else:
        quota, period = limit("cpu", "none", "cpu.max")
    assert int(quota) * 4 == int(period)
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    longshore.wait_status(cluster, arn, "STOPPED")


def test_a_container_that_does_not_stop_is_killed(longshore, image, cluster):
    longshore.register("stubborn", image, entryPoint=SHELL, stopTimeout=2,
                       command=["trap '' TERM; echo up; while true; do busybox sleep 1; done"])
    arn = longshore.run_task(cluster, "stubborn")
    task = longshore.wait_status(cluster, arn, "RUNNING")
    until(lambda: longshore.log_lines("stubborn", task) == ["up"], "the trap to be set")
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    task = longshore.wait_status(cluster, arn, "STOPPED", 40)
    assert task["containers"][0]["exitCode"] == 137
    assert task["stoppedReason"] == "Task stopped by user"


def test_an_image_that_is_not_there(longshore, image, cluster):
    missing = image.rsplit(":", 1)[0] + ":missing"
    longshore.register("missing", missing)
    task = longshore.run_to_end(cluster, "missing")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError"), task["stoppedReason"]
    assert "startedAt" not in task


def test_a_command_that_is_not_there(longshore, image, cluster):
    longshore.register("nocommand", image, entryPoint=["/no/such/program"])
    task = longshore.run_to_end(cluster, "nocommand")
    assert task["stopCode"] == "TaskFailedToStart"
    reason = task["containers"][0]["reason"]
    assert reason.startswith(("CannotStartContainerError", "CannotCreateContainerError")), reason


def test_containers_in_their_order(longshore, image, cluster):
    def logs():
        return {"logDriver": "awslogs", "options": {
            "awslogs-group": "/e2e/order", "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "t", "awslogs-create-group": "true", "mode": "blocking"}}

    longshore.register_containers("order", [
        {"name": "app", "image": image, "essential": True, "entryPoint": SHELL,
         "command": ["busybox wget -q -O- http://127.0.0.1:8080/ >/dev/null && echo reached || exit 9"],
         "dependsOn": [{"containerName": "init", "condition": "SUCCESS"},
                       {"containerName": "web", "condition": "START"}],
         "logConfiguration": logs()},
        {"name": "init", "image": image, "essential": False, "entryPoint": SHELL,
         "command": ["busybox sleep 1"], "logConfiguration": logs()},
        {"name": "web", "image": image, "essential": True, "logConfiguration": logs()},
    ])
    task = longshore.run_to_end(cluster, "order")
    codes = {one["name"]: one.get("exitCode") for one in task["containers"]}
    assert codes["app"] == 0 and codes["init"] == 0, (codes, longshore.log_lines("order", task))
    assert longshore.log_lines("order", task) == ["reached"]


def test_every_line_is_kept_once_and_in_order(longshore, image, cluster):
    count = 20_000
    longshore.register("lines", image, entryPoint=SHELL,
                       command=[f"i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); done"])
    task = longshore.run_to_end(cluster, "lines")
    assert longshore.log_lines("lines", task) == [f"line {i}" for i in range(count)]


def test_two_tasks_reach_each_other_only_by_their_group(longshore, image, cluster):
    longshore.register("server", image)
    arn = longshore.run_task(cluster, "server")
    server = longshore.wait_status(cluster, arn, "RUNNING")
    fetch(f"http://{longshore.address(server)}:8080/")
    longshore.register("client", image, entryPoint=SHELL, command=[
        f"busybox wget -q -O- http://{longshore.address(server)}:8080/ >/dev/null && echo reached"])
    task = longshore.run_to_end(cluster, "client")
    assert longshore.log_lines("client", task) == ["reached"], "the default group lets its members in"
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    longshore.wait_status(cluster, arn, "STOPPED")


def test_of_the_host_a_task_reaches_the_api_and_nothing_else(longshore, image, cluster):
    with speaking("0.0.0.0") as port:
        # The first is the one that it may reach, by the same means as the others.
        script = f"""{ASK}
            host=${{AWS_ENDPOINT_URL#http://}}; host=${{host%:*}}
            ask $host {longshore.port} 60 >/dev/null && echo api
            ask $host {port}
            ask {longshore.host_address()} {port}
            exit 0
        """
        longshore.register("reaches", image, entryPoint=SHELL, command=[script])
        task = longshore.run_to_end(cluster, "reaches")
    lines = longshore.log_lines("reaches", task)
    assert lines == ["api"], lines
