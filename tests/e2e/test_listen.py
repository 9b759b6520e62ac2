"""A control plane that listens at one address only, which is not the usual one."""

import pytest
from longshore import Longshore, build_image

# Not 127.0.0.1, where nobody listens then.
ADDRESS = "127.0.0.2"
ASKS = 'busybox wget -q -O- "$AWS_ENDPOINT_URL/health" >/dev/null && echo "reached ${AWS_ENDPOINT_URL%:*}"'


@pytest.fixture(scope="module")
def elsewhere(workplace):
    instance = Longshore(workplace / "elsewhere", address=ADDRESS)
    instance.start()
    yield instance
    instance.stop_all_tasks()
    instance.stop()
    assert not instance.traces() and not instance.processes()


def test_tasks_of_every_network_find_it(elsewhere, workplace):
    layout = workplace / "layout-elsewhere"
    build_image(layout)
    uri = elsewhere.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    assert uri.startswith(f"{ADDRESS}:")
    elsewhere.push(layout, f"{uri}:1")
    ecs = elsewhere.client("ecs")
    ecs.create_cluster(clusterName="default")
    reached = {}
    for mode in ["awsvpc", "bridge", "host"]:
        command = {"entryPoint": ["sh", "-c"], "command": [ASKS]}
        if mode == "awsvpc":
            elsewhere.register(mode, f"{uri}:1", **command)
            task = elsewhere.run_to_end("default", mode)
        else:
            elsewhere.register_on_instance(mode, f"{uri}:1", mode, **command)
            answer = ecs.run_task(cluster="default", taskDefinition=mode, launchType="EC2")
            assert not answer["failures"]
            arn = answer["tasks"][0]["taskArn"]
            elsewhere.task_ids.add(arn.rsplit("/", 1)[1])
            task = elsewhere.wait_status("default", arn, "STOPPED")
        reached[mode], = elsewhere.log_lines(mode, task)
    assert reached["host"] == f"reached http://{ADDRESS}", reached
    # The others have their host at an address of their own network.
    assert all(line.startswith("reached http://169.254.") for mode, line in reached.items() if mode != "host"), reached
