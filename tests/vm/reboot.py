"""A reboot under running tasks, in a machine where Longshore came as a Debian package.

`reboot.py before` starts the service, two tasks and a service of the host's own; then the machine is
reset without warning. `reboot.py after` is run after the next boot.
"""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

DATA = Path("/var/lib/longshore")
ENDPOINT = "http://127.0.0.1:4566"
NOTES = Path("/var/lib/reboot-notes.json")
PATIENCE_SECONDS = 240
# What a first start may take, even in a machine that is emulated.
READY_MAX_SECONDS = 60


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def until(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            result = condition()
        except OSError:
            result = None
        if result:
            return result
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)


def client(service):
    keys = json.loads((DATA / "root-credentials.json").read_text())
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=ENDPOINT, config=Config(retries={"max_attempts": 5}),
        aws_access_key_id=keys["accessKeyId"], aws_secret_access_key=keys["secretAccessKey"],
    )


def healthy():
    with urllib.request.urlopen(f"{ENDPOINT}/health", timeout=5) as response:
        return response.status == 200


def tasks(arns):
    return client("ecs").describe_tasks(cluster="default", tasks=arns)["tasks"]


def of_the_host():
    """What somebody else has set up on this machine."""
    return {
        "rules": run("nft", "list", "table", "inet", "hosts_own"),
        "page": urllib.request.urlopen("http://127.0.0.1:8099/", timeout=5).status,
    }


def ready_within_a_minute(what, began):
    until(healthy, "Longshore to be ready")
    took = time.monotonic() - began
    print(f"ready {took:.1f} s after {what}")
    assert took < READY_MAX_SECONDS


def before(image_layout):
    Path("/etc/nftables.conf").write_text(
        "table inet hosts_own {\n chain input {\n  type filter hook input priority 0; policy accept;\n"
        "  tcp dport 9 drop\n }\n}\n"
    )
    Path("/etc/systemd/system/hosts-own.service").write_text(
        "[Service]\nExecStart=/usr/bin/python3 -m http.server 8099 --directory /usr/share\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )
    run("systemctl", "enable", "--now", "nftables.service", "hosts-own.service")
    # As the package leaves it to whoever installs it: by hand, or as a service.
    began = time.monotonic()
    up = subprocess.Popen(["longshore", "up"], stdout=subprocess.DEVNULL)
    ready_within_a_minute("`longshore up`", began)
    up.terminate()
    assert up.wait(timeout=PATIENCE_SECONDS) == 0
    began = time.monotonic()
    run("systemctl", "enable", "--now", "longshore.service")
    ready_within_a_minute("the start of the service", began)

    ecs, ecr = client("ecs"), client("ecr")
    uri = ecr.create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    run("skopeo", "login", "--tls-verify=false", "--authfile", "/tmp/auth", "--username", "AWS", "--password-stdin",
        uri.split("/")[0], input=__import__("base64").b64decode(token).decode().split(":", 1)[1])
    run("skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-authfile", "/tmp/auth",
        f"oci:{image_layout}:latest", f"docker://{uri}:1")
    if "default" not in str(ecs.list_clusters()["clusterArns"]):
        ecs.create_cluster(clusterName="default")
    ecs.register_task_definition(
        family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": "app", "image": f"{uri}:1", "essential": True}],
    )
    subnets = [one["SubnetId"] for one in client("ec2").describe_subnets()["Subnets"]]
    arns = [
        ecs.run_task(
            cluster="default", taskDefinition="web", launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}},
        )["tasks"][0]["taskArn"]
        for _ in range(2)
    ]
    until(lambda: all(one["lastStatus"] == "RUNNING" for one in tasks(arns)), "two tasks to run")
    until(of_the_host, "the host's own service")
    # Restarting the service leaves the containers alone (KillMode=process).
    pids = run("pgrep", "-f", "busybox httpd|/bin/serve").split()
    run("systemctl", "restart", "longshore.service")
    until(healthy, "Longshore to be ready again")
    assert run("pgrep", "-f", "busybox httpd|/bin/serve").split() == pids, "the containers were touched"
    assert all(one["lastStatus"] == "RUNNING" for one in tasks(arns))
    NOTES.write_text(json.dumps({"arns": arns, "host": of_the_host()}))
    print("two tasks run; the machine is reset now")
    sys.stdout.flush()
    # The store syncs by itself; the rest of the machine is given its due.
    run("sync")
    Path("/proc/sysrq-trigger").write_text("b")
    time.sleep(600)


def after():
    notes = json.loads(NOTES.read_text())
    until(healthy, "Longshore to be ready after the boot")
    stopped = until(
        lambda: (found := tasks(notes["arns"])) and all(one["lastStatus"] == "STOPPED" for one in found) and found,
        "both tasks to be STOPPED",
    )
    for task in stopped:
        print(task["stopCode"], "|", task["stoppedReason"])
        assert task["stoppedReason"]
        assert task["desiredStatus"] == "STOPPED"
    assert until(of_the_host, "the host's own service") == notes["host"], "the host's own things were changed"
    # Nothing of the old tasks is left.
    assert not subprocess.run(["pgrep", "-f", "/bin/serve"], capture_output=True, check=False).stdout
    left = [line for line in Path("/proc/mounts").read_text().splitlines() if "/tasks/" in line and "longshore" in line]
    assert not left, left
    groups = [path.name for path in Path("/sys/fs/cgroup/longshore").glob("*") if path.is_dir()]
    assert not groups, groups
    # And new ones run.
    ecs = client("ecs")
    subnets = [one["SubnetId"] for one in client("ec2").describe_subnets()["Subnets"]]
    arn = ecs.run_task(
        cluster="default", taskDefinition="web", launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}},
    )["tasks"][0]["taskArn"]
    task = until(lambda: (one := tasks([arn])[0])["lastStatus"] == "RUNNING" and one, "a new task to run")
    address = task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    page = until(lambda: urllib.request.urlopen(f"http://{address}:8080/", timeout=5).read(), "its page")
    assert page
    print("after the reboot: both tasks STOPPED with a reason, the host's own things as before, a new task runs")


if __name__ == "__main__":
    {"before": before, "after": after}[sys.argv[1]](*sys.argv[2:])
