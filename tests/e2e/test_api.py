"""What the API says to requests that are wrong, and how lists are paged."""

import urllib.error
import urllib.request

import pytest
from longshore import error_of, matches

DEFINITION = {
    "family": "api",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "ecsTaskExecutionRole",
    "containerDefinitions": [{"name": "app", "image": "hello:1"}],
}


def container(**changes):
    return {"containerDefinitions": [{"name": "app", "image": "hello:1", **changes}]}


AWSLOGS = {"logDriver": "awslogs", "options": {
    "awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}}


@pytest.mark.parametrize(
    "changes, code, message",
    [
        ({"cpu": "300"}, "ClientException", r"^No Fargate configuration exists for given values\.$"),
        ({"memory": "4096"}, "ClientException", r"^No Fargate configuration exists for given values\.$"),
        ({"networkMode": "bridge"}, "ClientException", r"^Fargate only supports network mode 'awsvpc'\.$"),
        ({"containerDefinitions": []}, "ClientException", r"^Container list cannot be empty\.$"),
        (container(image=""), "ClientException", r"^Container\.image should not be null or empty\.$"),
        (container(privileged=True), "ClientException",
         r"^Fargate requires that the 'privileged' setting be 'false'\.$"),
        (container(secrets=[{"name": "A", "valueFrom": "b"}]), "UnsupportedOperationException", "secrets"),
        ({"taskRoleArn": "arn:aws:iam::000000000000:role/app"}, "UnsupportedOperationException", "taskRoleArn"),
        ({"executionRoleArn": "", **container(logConfiguration=AWSLOGS)}, "ClientException",
         r"^Fargate requires task definition to have execution role ARN to support log driver awslogs\.$"),
        (container(dependsOn=[{"containerName": "app", "condition": "START"}]), "ClientException", "cycle"),
    ],
)
def test_task_definitions_that_are_refused(longshore, changes, code, message):
    ecs = longshore.client("ecs")
    wanted = {**DEFINITION, **changes}
    if wanted["executionRoleArn"] == "":
        del wanted["executionRoleArn"]
    got_code, got_message = error_of(lambda: ecs.register_task_definition(**wanted))
    assert matches(f"^({code})$", got_code), (got_code, got_message)
    assert matches(message, got_message), got_message


def test_running_what_is_not_there(longshore, cluster):
    ecs = longshore.client("ecs")
    network = {"awsvpcConfiguration": {"subnets": longshore.subnets()}}
    ecs.register_task_definition(**DEFINITION)

    def run(**changes):
        wanted = {"cluster": cluster, "taskDefinition": "api", "launchType": "FARGATE",
                  "networkConfiguration": network, **changes}
        return error_of(lambda: ecs.run_task(**{k: v for k, v in wanted.items() if v is not None}))

    assert run(taskDefinition="none") == ("ClientException", "TaskDefinition not found.")
    assert run(cluster="none") == ("ClusterNotFoundException", "Cluster not found.")
    assert run(networkConfiguration=None) == (
        "InvalidParameterException",
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    )
    code, message = run(networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0"]}})
    assert code == "InvalidParameterException" and "The subnet ID 'subnet-0' does not exist" in message
    assert run(launchType="EC2") == (
        "InvalidParameterException", "No Container Instances were found in your cluster."
    )
    code, message = run(enableExecuteCommand=True)
    assert code == "UnsupportedOperationException" and "enableExecuteCommand" in message
    assert run(count=11)[0] == "InvalidParameterException"
    code, message = error_of(lambda: ecs.describe_task_definition(taskDefinition="none"))
    assert (code, message) == ("ClientException", "Unable to describe task definition.")
    code, message = error_of(lambda: ecs.stop_task(cluster=cluster, task="0" * 32))
    assert (code, message) == ("InvalidParameterException", "The referenced task was not found.")
    missing = ecs.describe_tasks(cluster=cluster, tasks=["0" * 32])
    assert missing["tasks"] == [] and missing["failures"][0]["reason"] == "MISSING"


def test_a_task_too_large_for_the_fleet_waits_and_is_stopped_by_its_owner(longshore, cluster):
    longshore.register("huge", "hello:1", cpu="16384", memory="122880", logs=False)
    arn = longshore.run_task(cluster, "huge")
    assert longshore.task(cluster, arn)["lastStatus"] == "PROVISIONING"
    stopped = longshore.client("ecs").stop_task(cluster=cluster, task=arn)["task"]
    assert stopped["lastStatus"] == "STOPPED", "no node has it, so there is nothing to wait for"


def test_lists_are_paged(longshore):
    ecs = longshore.client("ecs")
    names = {f"paged-{number}" for number in range(5)}
    for name in names:
        ecs.create_cluster(clusterName=name)
    found = [arn for page in ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})
             for arn in page["clusterArns"]]
    assert names <= {arn.rsplit("/", 1)[1] for arn in found}
    assert len(found) == len(set(found))
    first = ecs.list_clusters(maxResults=1)
    code, _ = error_of(lambda: ecs.list_task_definitions(nextToken=first["nextToken"]))
    assert code == "InvalidParameterException", "a token of another list"
    for name in names:
        assert ecs.delete_cluster(cluster=name)["cluster"]["status"] == "INACTIVE"
    revisions = [ecs.register_task_definition(**{**DEFINITION, "family": "listed"})["taskDefinition"]["revision"]
                 for _ in range(3)]
    assert revisions == [1, 2, 3]
    arns = ecs.list_task_definitions(familyPrefix="listed", sort="DESC")["taskDefinitionArns"]
    assert [arn.rsplit(":", 1)[1] for arn in arns] == ["3", "2", "1"]


def test_who_may_and_who_may_not(longshore):
    keys = longshore.keys()
    wrong = longshore.client("ecs", aws_secret_access_key="x" * 40)
    code, message = error_of(wrong.list_clusters)
    assert code == "InvalidSignatureException" and message.startswith("The request signature we calculated")
    unknown = longshore.client("ecs", aws_access_key_id="AKIAUNKNOWN000000000")
    assert error_of(unknown.list_clusters) == (
        "UnrecognizedClientException", "The security token included in the request is invalid.")
    assert error_of(longshore.client("sts", aws_access_key_id="AKIAUNKNOWN000000000").get_caller_identity)[0] == \
        "InvalidClientTokenId"
    assert error_of(longshore.client("ecs", region="ap-south-1").list_clusters)[0]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(longshore.endpoint, data=b"{}", headers={
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
            "Content-Type": "application/x-amz-json-1.1"}), timeout=5)
    assert refused.value.code in (400, 403)
    assert keys["accessKeyId"] not in longshore.log.read_text()
    assert keys["secretAccessKey"] not in longshore.log.read_text()


def test_an_instance_may_do_what_an_agent_does_and_no_more(longshore, cluster):
    import json

    key = json.loads((longshore.data / "node-key.json").read_text())
    mine = {"aws_access_key_id": key["accessKeyId"], "aws_secret_access_key": key["secretAccessKey"]}
    node = longshore.client("ecs", **mine)
    assert node.discover_poll_endpoint()["endpoint"].startswith("http://127.0.0.1:")
    code, message = error_of(lambda: node.list_clusters())
    assert code == "AccessDeniedException" and "ecs:ListClusters" in message
    assert error_of(lambda: longshore.client("ecr", **mine).create_repository(repositoryName="mine"))[0] == \
        "AccessDeniedException"


def test_regions_are_apart(longshore):
    west = longshore.client("ecs", region="eu-west-1")
    west.create_cluster(clusterName="only-west")
    east = longshore.client("ecs").list_clusters()["clusterArns"]
    assert not any("only-west" in arn for arn in east)
    blocks = {region: longshore.client("ec2", region=region).describe_vpcs()["Vpcs"][0]["CidrBlock"]
              for region in ("us-east-1", "eu-west-1")}
    assert blocks["us-east-1"] == "172.31.0.0/16" and blocks["eu-west-1"] != blocks["us-east-1"]
    zones = longshore.client("ec2", region="eu-west-1").describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_what_is_not_supported_says_so(longshore):
    code, message = error_of(lambda: longshore.client("ecs").list_services())
    assert code == "UnsupportedOperationException" and "ListServices" in message
    code, message = error_of(lambda: longshore.client("iam").list_users())
    assert "ListUsers" in message
    code, message = error_of(lambda: longshore.client("cloudwatch").list_metrics())
    assert "cloudwatch:ListMetrics" in message, (code, message)


def test_the_built_in_role(longshore):
    role = longshore.client("iam").get_role(RoleName="ecsTaskExecutionRole")["Role"]
    assert role["Arn"].endswith(":role/ecsTaskExecutionRole")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert error_of(lambda: longshore.client("iam").get_role(RoleName="none"))[0] == "NoSuchEntity"
