"""Clusters' settings, the life of task definitions, tags and account settings, by stock clients."""

from longshore import error_of

BRIDGE = {
    "networkMode": "bridge",
    "containerDefinitions": [
        {"name": "web", "image": "hello:1", "memory": 64, "links": ["db:database"],
         "portMappings": [{"containerPort": 80}, {"containerPortRange": "9000-9010"}],
         "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]},
        {"name": "db", "image": "hello:1", "memory": 64,
         "healthCheck": {"command": ["CMD-SHELL", "true"]}},
    ],
}


def test_a_definition_for_container_instances_comes_back_with_defaults(longshore):
    ecs = longshore.client("ecs")
    ecs.register_task_definition(family="bridge", **BRIDGE)
    shown = ecs.describe_task_definition(taskDefinition="bridge")["taskDefinition"]
    assert shown["compatibilities"] == ["EC2"]
    web, db = shown["containerDefinitions"]
    assert web["links"] == ["db:database"]
    assert web["portMappings"] == [
        {"containerPort": 80, "hostPort": 0, "protocol": "tcp"},
        {"containerPortRange": "9000-9010", "protocol": "tcp"},
    ]
    assert db["healthCheck"] == {"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 5, "retries": 3}
    names = {one["name"] for one in shown["requiresAttributes"]}
    assert {"ecs.capability.container-health-check", "ecs.capability.container-port-range"} <= names
    code, message = error_of(lambda: ecs.register_task_definition(
        family="bridge", **{**BRIDGE, "networkMode": "host"}))
    assert (code, message) == ("ClientException", "Links are not supported when networkMode=host.")


def test_a_definition_is_deregistered_and_deleted(longshore):
    for _ in range(3):
        longshore.client("ecs").register_task_definition(family="life", **BRIDGE)
    gone = longshore.aws("ecs", "deregister-task-definition", "--task-definition", "life:2")
    assert gone["taskDefinition"]["status"] == "INACTIVE"
    deleted = longshore.aws("ecs", "delete-task-definitions", "--task-definitions", "life:2", "life:3")
    assert [one["status"] for one in deleted["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
    assert deleted["failures"][0]["arn"] == "life:3"
    ecs = longshore.client("ecs")
    pages = ecs.get_paginator("list_task_definitions").paginate(
        familyPrefix="life", PaginationConfig={"PageSize": 1})
    assert [arn.rsplit(":", 1)[1] for page in pages for arn in page["taskDefinitionArns"]] == ["1", "3"]
    being_deleted = longshore.aws("ecs", "list-task-definitions", "--status", "DELETE_IN_PROGRESS")
    assert being_deleted["taskDefinitionArns"] == [deleted["taskDefinitions"][0]["taskDefinitionArn"]]
    families = longshore.aws("ecs", "list-task-definition-families", "--family-prefix", "lif", "--status", "ACTIVE")
    assert families["families"] == ["life"]


def test_tags_and_settings(longshore):
    ecs = longshore.client("ecs")
    arn = ecs.create_cluster(clusterName="tagged", tags=[{"key": "a", "value": "1"}])["cluster"]["clusterArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    shown = ecs.describe_clusters(clusters=["tagged"], include=["TAGS", "SETTINGS", "STATISTICS"])["clusters"][0]
    assert shown["tags"] == [{"key": "b", "value": "2"}]
    assert shown["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert {"name": "pendingFargateTasksCount", "value": "0"} in shown["statistics"]
    updated = longshore.aws("ecs", "update-cluster-settings", "--cluster", "tagged",
                            "--settings", "name=containerInsights,value=disabled")
    assert updated["cluster"]["clusterArn"] == arn
    code, message = error_of(lambda: ecs.update_cluster_settings(
        cluster="tagged", settings=[{"name": "containerInsights", "value": "enabled"}]))
    assert code == "UnsupportedOperationException" and "settings[0].value enabled" in message
    ecs.delete_cluster(cluster="tagged")
    assert error_of(lambda: ecs.list_tags_for_resource(resourceArn=arn)) == (
        "InvalidParameterException", "The specified cluster is inactive. Specify an active cluster and try again.")
    assert error_of(lambda: ecs.put_account_setting(name="containerInsights", value="on")) == (
        "InvalidParameterException", "Invalid setting 'value'")
    effective = ecs.list_account_settings(effectiveSettings=True, name="defaultLogDriverMode")["settings"]
    assert [one["value"] for one in effective] == ["non-blocking"]


def test_the_default_log_mode_of_the_account_reaches_a_container(longshore, cluster, image):
    """A container that says more than its buffer holds loses lines unless output waits for the log."""
    ecs = longshore.client("ecs")
    lines = 20000
    options = {"awslogs-group": "/e2e/mode", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t",
               "awslogs-create-group": "true", "max-buffer-size": "4k"}
    longshore.register(
        "mode", image, entryPoint=["sh", "-c"],
        command=[f"i=0; while [ $i -lt {lines} ]; do echo line-$i; i=$((i+1)); done"],
        logConfiguration={"logDriver": "awslogs", "options": options},
    )
    ecs.put_account_setting_default(name="defaultLogDriverMode", value="blocking")
    try:
        task = longshore.run_to_end(cluster, "mode")
    finally:
        ecs.delete_account_setting(name="defaultLogDriverMode")
    assert len(longshore.log_lines("mode", task)) == lines
