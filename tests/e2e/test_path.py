"""The path from a task definition to a page and a log line, with the stock clients."""

import json

from longshore import AWS, ROOT, fetch, run, until


def test_a_task_runs_answers_logs_and_stops(longshore, image, cluster):
    definition = json.loads((ROOT / "examples/hello/task-definition.json").read_text())
    definition["containerDefinitions"][0]["image"] = image
    file = longshore.data.parent / "hello.json"
    file.write_text(json.dumps(definition))
    registered = longshore.aws("ecs", "register-task-definition", "--cli-input-json", f"file://{file}")
    assert registered["taskDefinition"]["status"] == "ACTIVE"

    subnets = ",".join(longshore.subnets())
    started = longshore.aws(
        "ecs", "run-task", "--cluster", cluster, "--launch-type", "FARGATE",
        "--task-definition", definition["family"],
        "--network-configuration", f"awsvpcConfiguration={{subnets=[{subnets}]}}",
    )
    task = started["tasks"][0]
    assert task["lastStatus"] == "PROVISIONING" and task["desiredStatus"] == "RUNNING"
    arn = task["taskArn"]
    longshore.task_ids.add(arn.rsplit("/", 1)[1])
    run(
        AWS, "--endpoint-url", longshore.endpoint, "ecs", "wait", "tasks-running",
        "--cluster", cluster, "--tasks", arn, env=longshore.environment(),
    )
    task = longshore.task(cluster, arn)
    assert task["containers"][0]["imageDigest"].startswith("sha256:")
    assert task["createdAt"] <= task["pullStartedAt"] <= task["pullStoppedAt"] <= task["startedAt"]

    page = fetch(f"http://{longshore.address(task)}:8080/")
    assert page == (ROOT / "examples/hello/index.html").read_text()

    interface = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    shown = longshore.client("ec2").describe_network_interfaces(
        NetworkInterfaceIds=[interface["networkInterfaceId"]]
    )["NetworkInterfaces"][0]
    assert shown["PrivateIpAddress"] == longshore.address(task) == interface["privateIPv4Address"]
    assert shown["MacAddress"] == interface["macAddress"]

    def logged():
        events = longshore.aws("logs", "filter-log-events", "--log-group-name", "/ecs/hello")["events"]
        return any("response:200" in event["message"] for event in events)

    until(logged, "the request's line in the log")
    task_id = arn.rsplit("/", 1)[1]
    streams = longshore.aws("logs", "describe-log-streams", "--log-group-name", "/ecs/hello")
    assert f"hello/web/{task_id}" in [one["logStreamName"] for one in streams["logStreams"]]
    events = longshore.aws("logs", "get-log-events", "--log-group-name", "/ecs/hello",
                           "--log-stream-name", f"hello/web/{task_id}", "--start-from-head")["events"]
    assert events[0]["message"] == "hello: serving /www on port 8080 as user 65534"

    longshore.aws("ecs", "stop-task", "--cluster", cluster, "--task", arn, "--reason", "seen enough")
    task = longshore.wait_status(cluster, arn, "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "seen enough")
    assert task["containers"][0]["exitCode"] == 0, "it stops when it is asked to"
    assert task["startedAt"] <= task["stoppingAt"] <= task["executionStoppedAt"] <= task["stoppedAt"]
    gone = longshore.client("ec2").describe_network_interfaces(
        Filters=[{"Name": "private-ip-address", "Values": [longshore.address(task)]}]
    )["NetworkInterfaces"]
    assert gone == []


def test_images_by_the_names_that_ecr_gives_them(longshore, image, cluster):
    account = longshore.client("sts").get_caller_identity()["Account"]
    name = image.split("/", 1)[1]
    longshore.register("ecrname", f"{account}.dkr.ecr.us-east-1.amazonaws.com/{name}",
                       entryPoint=["sh", "-c"], command=["echo from ecr"])
    task = longshore.run_to_end(cluster, "ecrname")
    assert task["containers"][0]["exitCode"] == 0, task
    assert longshore.log_lines("ecrname", task) == ["from ecr"]


def test_the_registry_shows_what_was_pushed(longshore, image):
    repository, tag = image.split("/", 1)[1].split(":")
    details = longshore.aws("ecr", "describe-images", "--repository-name", repository)["imageDetails"]
    details = [one for one in details if tag in one.get("imageTags", [])]
    assert len(details) == 1
    listed = longshore.aws("ecr", "list-images", "--repository-name", repository)["imageIds"]
    assert {"imageDigest": details[0]["imageDigest"], "imageTag": tag} in listed
    password = run(AWS, "--endpoint-url", longshore.endpoint, "ecr", "get-login-password",
                   env=longshore.environment()).strip()
    inspected = json.loads(run("skopeo", "inspect", "--tls-verify=false", "--creds",
                               f"AWS:{password}", f"docker://{image}"))
    assert inspected["Digest"] == details[0]["imageDigest"]
