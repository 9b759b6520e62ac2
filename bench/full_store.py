"""From the start of `longshore up` until it is ready, with a store of many tasks: after an orderly
stop, and after a kill.

The tasks were run by a Longshore and are multiplied in its backup (`multiply`), which is restored.
"""

import signal
import subprocess
import time

import idle
from api_load import definition
from longshore import PROGRAM, clean_environment, until
from multiply import multiply
from server import MeasuredLongshore
from wire import Connection, Signer

# As it is in life: most have stopped within the hour for which they are kept.
RUNNING, STOPPED, NODES = 10_000, 90_000, 100
ROUNDS = 10
TASKS_A_PAGE = 100
PATIENCE_SECONDS = 60


def command(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False,
                          env=clean_environment(LONGSHORE_LOG="warn"), timeout=PATIENCE_SECONDS * 2)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} failed: {done.stderr[-2000:]}")


def until_status(ecs, arns, statuses):
    def reached():
        tasks = ecs.describe_tasks(cluster="bench", tasks=arns)["tasks"]
        return [one["lastStatus"] for one in tasks] == statuses

    until(reached, f"the tasks to be {statuses}", PATIENCE_SECONDS)


def backup(workplace):
    """Of a Longshore that has a task that runs and one that has stopped."""
    longshore = MeasuredLongshore(workplace, "few-tasks", "mock")
    longshore.start()
    try:
        ecs = longshore.client("ecs")
        ecs.create_cluster(clusterName="bench")
        ecs.register_task_definition(**definition("multiplied", 0))
        network = {"awsvpcConfiguration": {"subnets": longshore.subnets()[:1]}}
        arns = [
            ecs.run_task(
                cluster="bench", taskDefinition="multiplied", launchType="FARGATE", networkConfiguration=network,
            )["tasks"][0]["taskArn"]
            for _ in range(2)
        ]
        until_status(ecs, arns, ["RUNNING", "RUNNING"])
        ecs.stop_task(cluster="bench", task=arns[1])
        until_status(ecs, arns, ["RUNNING", "STOPPED"])
        path = workplace.folder / "few.backup"
        command("backup", "--data-dir", longshore.data, path)
        return path
    finally:
        longshore.stop()


def measure(workplace, say):
    few = backup(workplace)
    many = workplace.folder / "many.backup"
    say(f"making {RUNNING + STOPPED} tasks")
    multiply(few, many, RUNNING, STOPPED, NODES)
    longshore = MeasuredLongshore(workplace, "many-tasks", "auto")
    command("restore", "--data-dir", longshore.data, many)
    store = (longshore.data / "store/store.redb").stat().st_size
    say(f"measuring {ROUNDS} starts after a stop and after a kill")
    stopped, killed = [], []
    signer = Signer(longshore.endpoint, longshore.keys())

    def ask():
        """Lists tasks, which is answered when all have been read."""
        connection = Connection(longshore.port)
        status, answer = connection.ask(signer.request("ecs", "list_tasks", cluster="bench"))
        connection.close()
        assert status == 200 and len(answer["taskArns"]) == TASKS_A_PAGE, (status, answer)

    signer.request("ecs", "list_tasks", cluster="bench")  # Makes the client, which takes a while.
    try:
        for _ in range(ROUNDS):
            stopped.append(idle.once(longshore, signal.SIGKILL, ask))
            killed.append(idle.once(longshore, ask=ask))
    finally:
        if longshore.process is not None and longshore.process.poll() is None:
            longshore.stop()
    return {
        "rounds": ROUNDS,
        "tasks": RUNNING + STOPPED,
        "running": RUNNING,
        "nodes": NODES,
        "store_bytes": store,
        "stopped": idle.summary(stopped),
        "killed": idle.summary(killed),
    }

