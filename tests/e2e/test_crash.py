"""kill -9 of server and agent: containers go on, and the API tells the truth after a restart."""

import random
from pathlib import Path

from longshore import fetch, until

SHELL = ["sh", "-c"]


def test_containers_survive_and_are_adopted(longshore, image, cluster):
    longshore.register("survivor", image)
    arn = longshore.run_task(cluster, "survivor")
    task = longshore.wait_status(cluster, arn, "RUNNING")
    url = f"http://{longshore.address(task)}:8080/"
    fetch(url)
    longshore.kill()
    fetch(url, 5)
    longshore.start()
    again = longshore.task(cluster, arn)
    assert again["lastStatus"] == "RUNNING" and again["startedAt"] == task["startedAt"]
    fetch(url)
    lines = until(
        lambda: [one for one in longshore.log_lines("survivor", task) if "response:200" in one][2:],
        "the lines from before, during and after",
    )
    assert lines
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    assert longshore.wait_status(cluster, arn, "STOPPED")["containers"][0]["exitCode"] == 0


def test_the_images_stop_signal_survives_a_restart(longshore, image, cluster):
    run = ["busybox", "sh", "-c", "trap 'echo quit; exit 4' QUIT; trap 'exit 5' TERM; echo up; while true; do busybox sleep 1; done"]
    reference = longshore.with_stop_signal(image, "SIGQUIT")
    longshore.register("quits", reference, entryPoint=run)
    arn = longshore.run_task(cluster, "quits")
    task = longshore.wait_status(cluster, arn, "RUNNING")
    until(lambda: longshore.log_lines("quits", task) == ["up"], "the traps to be set")
    longshore.kill()
    longshore.start()
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    assert longshore.wait_status(cluster, arn, "STOPPED")["containers"][0]["exitCode"] == 4


def test_an_end_that_nobody_saw_is_told(longshore, image, cluster):
    folder = longshore.data.parent
    longshore.register("unseen", image, entryPoint=SHELL,
                       command=["echo begun; busybox sleep 3; echo done; exit 5"])
    arn = longshore.run_task(cluster, "unseen")
    task = longshore.wait_status(cluster, arn, "RUNNING")
    shims = set(longshore.processes())
    longshore.kill()
    # The shims end with their containers, agent or not.
    until(lambda: not [pid for pid in shims if Path(f"/proc/{pid}").exists()], "the container to end")
    assert folder.exists()
    longshore.start()
    task = longshore.wait_status(cluster, arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 5
    assert longshore.log_lines("unseen", task) == ["begun", "done"]


def test_killed_at_random_moments_nothing_is_lost_or_doubled(longshore, image, cluster):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    count = 3000
    longshore.register("counted", image, entryPoint=SHELL, command=[
        f"i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); [ $((i % 100)) -eq 0 ] && busybox usleep 100000; done; exit 3"])
    arns = [longshore.run_task(cluster, "counted", clientToken=f"{seed}-{number}") for number in range(3)]
    for _ in range(5):
        pause = dice.uniform(0.05, 0.8)
        until_time = until_elapsed(pause)
        until(until_time, "a random moment")
        longshore.kill()
        longshore.start()
    # The same requests again are the same tasks.
    again = [longshore.run_task(cluster, "counted", clientToken=f"{seed}-{number}") for number in range(3)]
    assert again == arns
    for arn in arns:
        task = longshore.wait_status(cluster, arn, "STOPPED")
        assert task["containers"][0].get("exitCode") == 3, task
        assert longshore.log_lines("counted", task) == [f"line {i}" for i in range(count)]


def until_elapsed(seconds):
    import time

    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() >= deadline
