"""A task in the container image: run by scripts/image-run in its network namespace, where the image listens.

`task.py FOLDER`: pushes an image to the registry, runs it on Fargate, and reads what it said. What `longshore
env` printed in the container is in FOLDER/env.
"""

import base64
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

import boto3
from longshore import build_image, run, until

EXPORT = re.compile(r"export (\w+)='(.*)'")


def main(folder):
    given = dict(EXPORT.findall((folder / "env").read_text()))

    def client(service):
        return boto3.client(
            service, region_name=given["AWS_REGION"], endpoint_url=given["AWS_ENDPOINT_URL"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"], aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"])

    ecr, ecs, logs = client("ecr"), client("ecs"), client("logs")
    build_image(folder / "layout")
    uri = ecr.create_repository(repositoryName="app")["repository"]["repositoryUri"]
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    run("skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", base64.b64decode(token).decode(),
        f"oci:{folder}/layout", f"docker://{uri}:1")
    ecs.register_task_definition(
        family="hello", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn="ecsTaskExecutionRole",
        containerDefinitions=[{
            "name": "app", "image": f"{uri}:1", "essential": True,
            "entryPoint": ["sh", "-c"], "command": ["echo hello; exit 5"],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "hello", "awslogs-region": given["AWS_REGION"], "awslogs-stream-prefix": "t",
                "awslogs-create-group": "true"}},
        }])
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    began = time.monotonic()
    arn = ecs.run_task(
        taskDefinition="hello", launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}})["tasks"][0]["taskArn"]

    def ended():
        task, = ecs.describe_tasks(tasks=[arn])["tasks"]
        return task if task["lastStatus"] == "STOPPED" else None

    task = until(ended, "the task's end")
    assert task["containers"][0]["exitCode"] == 5, task
    said = [event["message"] for event in logs.filter_log_events(logGroupName="hello")["events"]]
    assert said == ["hello"], said
    print(f"a task ran to its end in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
