"""Server and node as two processes: each may die without the other."""

import json

from longshore import PROGRAM, Apart, build_image, fetch, run
from other_machine import OtherMachine

SHELL = ["sh", "-c"]


def test_each_may_die_without_the_other(workplace):
    folder = workplace / "apart"
    folder.mkdir(mode=0o711)
    apart = Apart(folder / "data")
    apart.start()
    layout = folder / "layout"
    build_image(layout)
    uri = apart.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    apart.push(layout, f"{uri}:1")
    apart.client("ecs").create_cluster(clusterName="apart")
    apart.register("web", f"{uri}:1")
    arn = apart.run_task("apart", "web")
    assert apart.task("apart", arn)["lastStatus"] == "PROVISIONING", "there is no node yet"
    apart.start_agent()
    task = apart.wait_status("apart", arn, "RUNNING")
    url = f"http://{apart.address(task)}:8080/"
    fetch(url)

    apart.kill_agent()
    fetch(url, 5)
    assert apart.task("apart", arn)["lastStatus"] == "RUNNING"
    apart.start_agent()

    apart.kill()
    fetch(url, 5)
    apart.start()
    assert apart.task("apart", arn)["lastStatus"] == "RUNNING"

    # Both are back: the node hears of the stop, and the server of the end.
    apart.client("ecs").stop_task(cluster="apart", task=arn)
    assert apart.wait_status("apart", arn, "STOPPED")["containers"][0]["exitCode"] == 0
    apart.register("api", f"{uri}:1", entryPoint=SHELL,
                   command=['busybox wget -q -O- "$AWS_ENDPOINT_URL/health" >/dev/null && echo reached'])
    task = apart.run_to_end("apart", "api")
    assert apart.log_lines("api", task) == ["reached"]

    apart.stop_agent()
    apart.stop()
    assert not apart.traces()


def test_a_node_whose_disk_was_wiped_says_what_it_lost(workplace):
    folder = workplace / "wiped"
    folder.mkdir(mode=0o711)
    apart = Apart(folder / "data")
    apart.start()
    layout = folder / "layout"
    build_image(layout)
    uri = apart.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    apart.push(layout, f"{uri}:1")
    apart.client("ecs").create_cluster(clusterName="apart")
    apart.register("web", f"{uri}:1")
    apart.start_agent()
    arn = apart.run_task("apart", "web")
    apart.wait_status("apart", arn, "RUNNING")
    apart.kill_agent()
    # All that the agent has written down of its tasks.
    for record in (apart.node / "node/agent").glob("*.json"):
        record.unlink()
    apart.start_agent()
    task = apart.wait_status("apart", arn, "STOPPED")
    assert "lost the task" in task["stoppedReason"], task
    apart.stop_agent()
    apart.stop()
    assert not apart.traces()


def test_a_node_of_another_machine_is_told_addresses_that_it_reaches(workplace):
    folder = workplace / "elsewhere"
    folder.mkdir(mode=0o711)
    apart = Apart(folder / "data")
    with OtherMachine(apart.port) as other:
        apart.listen, apart.host, apart.machine = "0.0.0.0", other.here, other
        apart.start()
        layout = folder / "layout"
        build_image(layout)
        ecr = apart.client("ecr")
        uri = ecr.create_repository(repositoryName="hello")["repository"]["repositoryUri"]
        assert uri == f"{other.here}:{apart.port}/hello"
        proxy = ecr.get_authorization_token()["authorizationData"][0]["proxyEndpoint"]
        assert proxy == apart.endpoint
        apart.push(layout, f"{uri}:1")
        apart.client("ecs").create_cluster(clusterName="apart")
        apart.start_agent()
        # By the name that it was pushed under, and by that of the server's own machine, which is none
        # of the registry's over there.
        for family, host in ("named", other.here), ("local", "127.0.0.1"):
            apart.register(
                family, f"{host}:{apart.port}/hello:1", entryPoint=SHELL,
                command=['busybox wget -q -O- "$AWS_ENDPOINT_URL/health" >/dev/null && echo reached'])
            task = apart.run_to_end("apart", family)
            assert apart.log_lines(family, task) == ["reached"], task
        apart.stop_agent()
        apart.stop()
        assert not apart.traces()


def test_what_is_advertised_is_told_to_all_but_this_machines_own_commands(workplace):
    apart = Apart(workplace / "advertised")
    apart.options = ["--advertise", "LS.example:80"]
    apart.start()
    told = run(PROGRAM, "env", "--data-dir", str(apart.data))
    assert "AWS_ENDPOINT_URL='http://ls.example:80'" in told
    repository = apart.client("ecr").create_repository(repositoryName="hello")["repository"]
    assert repository["repositoryUri"] == "ls.example:80/hello"
    # Nobody need resolve the name here.
    shown = json.loads(run(PROGRAM, "status", "--data-dir", str(apart.data), "--output", "json"))
    assert shown["endpoint"] == apart.endpoint
    apart.stop()
