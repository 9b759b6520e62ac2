"""Tasks of the EC2 launch type in a VPC: an address of its own for each, beside the instance's other tasks."""

from longshore import fetch, until

# The cluster that a node of `longshore up` is in.
CLUSTER = "default"


def details(attachment):
    return {one["name"]: one["value"] for one in attachment["details"]}


def health(ecs, arn):
    [shown] = ecs.describe_container_instances(
        cluster=CLUSTER, containerInstances=[arn], include=["CONTAINER_INSTANCE_HEALTH"])["containerInstances"]
    return shown["healthStatus"]


def test_a_task_on_an_instance_has_an_address_of_its_own(longshore, image):
    ecs, ec2 = longshore.client("ecs"), longshore.client("ec2")
    wait = {"name": "wait", "image": image, "memory": 32, "essential": False, "entryPoint": ["sh", "-c"],
            "command": ["while ! busybox test -e /data/go; do busybox usleep 50000; done"],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    app = {"name": "app", "image": image, "memory": 64, "essential": True,
           "portMappings": [{"containerPort": 8080}], "dependsOn": [{"containerName": "wait", "condition": "SUCCESS"}]}
    go = longshore.data.parent / "instance-go"
    go.mkdir()
    ecs.register_task_definition(
        family="on-instance", networkMode="awsvpc", requiresCompatibilities=["EC2"], containerDefinitions=[wait, app],
        volumes=[{"name": "data", "host": {"sourcePath": str(go)}}])
    answer = ecs.run_task(
        cluster=CLUSTER, taskDefinition="on-instance", launchType="EC2", count=2,
        networkConfiguration={"awsvpcConfiguration": {"subnets": longshore.subnets()}})
    assert not answer["failures"], answer["failures"]
    arns = [task["taskArn"] for task in answer["tasks"]]
    longshore.task_ids |= {arn.rsplit("/", 1)[1] for arn in arns}

    # The interface is there before the task runs, and that is said.
    def attached():
        tasks = [longshore.task(CLUSTER, arn) for arn in arns]
        return all(task["attachments"][0]["status"] == "ATTACHED" for task in tasks) and tasks

    for task in until(attached, "the interfaces to be attached"):
        assert task["lastStatus"] == "PENDING", task
    (go / "go").touch()
    tasks = [longshore.wait_status(CLUSTER, arn, "RUNNING") for arn in arns]
    [instance] = {task["containerInstanceArn"] for task in tasks}
    addresses = set()
    for task in tasks:
        [attachment] = task["attachments"]
        shown = details(attachment)
        assert (attachment["type"], attachment["status"]) == ("ElasticNetworkInterface", "ATTACHED")
        [interface] = ec2.describe_network_interfaces(
            NetworkInterfaceIds=[shown["networkInterfaceId"]])["NetworkInterfaces"]
        assert interface["PrivateIpAddress"] == shown["privateIPv4Address"]
        assert (interface["SubnetId"], interface["MacAddress"]) == (shown["subnetId"], shown["macAddress"])
        [of_app] = [one for one in task["containers"] if one["name"] == "app"]
        assert of_app["networkInterfaces"][0]["privateIpv4Address"] == shown["privateIPv4Address"]
        # Both on one port of one instance.
        fetch(f"http://{shown['privateIPv4Address']}:8080/")
        addresses.add(shown["privateIPv4Address"])
    assert len(addresses) == 2
    well = until(lambda: health(ecs, instance)["overallStatus"] == "OK" and health(ecs, instance), "the instance's health")
    assert [one["type"] for one in well["details"]] == ["CONTAINER_RUNTIME"]
    for arn in arns:
        ecs.stop_task(cluster=CLUSTER, task=arn)
        stopped = longshore.wait_status(CLUSTER, arn, "STOPPED")
        assert stopped["attachments"][0]["status"] == "DELETED"
        gone = details(stopped["attachments"][0])["networkInterfaceId"]
        left = ec2.describe_network_interfaces(Filters=[{"Name": "network-interface-id", "Values": [gone]}])
        assert left["NetworkInterfaces"] == []
