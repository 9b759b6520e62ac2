"""The program's own commands."""

import json
import shutil
import subprocess

from longshore import PROGRAM, clean_environment, run

# The user that may nothing.
NOBODY = 65534


def test_version_and_help():
    assert run(PROGRAM, "version").startswith("longshore ")
    assert "--data-dir" in run(PROGRAM, "up", "--help")


def test_env_sets_what_the_aws_tools_need(longshore):
    script = f'eval "$({PROGRAM} env --data-dir {longshore.data})"; ' \
             'echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID"'
    assert run("sh", "-c", script).split() == [
        longshore.endpoint, "us-east-1", longshore.keys()["accessKeyId"]]


def test_status_shows_clusters_nodes_and_tasks_of_every_region(longshore, image, cluster):
    longshore.client("ecs", "eu-west-1").create_cluster(clusterName="far-away")
    longshore.register("shown", image, entryPoint=["sh", "-c"], command=["exit 0"])
    ended = longshore.run_to_end(cluster, "shown")["taskArn"].rsplit("/", 1)[1]
    table = run(PROGRAM, "status", "--data-dir", str(longshore.data))
    assert "CLUSTER" in table and cluster in table and "far-away" in table and ended in table
    shown = json.loads(run(PROGRAM, "status", "--data-dir", str(longshore.data), "--output", "json"))
    assert shown["endpoint"] == longshore.endpoint
    clusters = {(one["region"], one["cluster"]): one for one in shown["clusters"]}
    assert clusters["eu-west-1", "far-away"]["status"] == "ACTIVE"
    # The machine itself is a node of the cluster `default`.
    (node,) = shown["nodes"]
    assert (node["cluster"], node["status"], node["connected"]) == ("default", "ACTIVE", True)
    assert 0 < node["cpu"][0] <= node["cpu"][1] and 0 < node["memoryMib"][0] <= node["memoryMib"][1]
    (task,) = [one for one in shown["tasks"] if one["task"] == ended]
    assert (task["lastStatus"], task["launchType"], task["taskDefinition"]) == ("STOPPED", "FARGATE", "shown:1")
    assert task["reason"] == "Essential container in task exited"


def test_two_processes_on_one_data_folder_are_refused(longshore):
    second = subprocess.run(
        [PROGRAM, "up", "--data-dir", str(longshore.data), "--listen", "127.0.0.1:0",
         "--admin-listen", "127.0.0.1:0"],
        capture_output=True, text=True, timeout=30, env=clean_environment(), check=False)
    assert second.returncode == 1
    assert str(longshore.data) in second.stderr and "another" in second.stderr, second.stderr


def test_a_port_that_is_taken_is_named(longshore, tmp_path):
    taken = subprocess.run(
        [PROGRAM, "server", "--data-dir", str(tmp_path / "d"), "--listen", f"127.0.0.1:{longshore.port}",
         "--admin-listen", "127.0.0.1:0"],
        capture_output=True, text=True, timeout=30, env=clean_environment(), check=False)
    assert taken.returncode == 1
    assert "--listen" in taken.stderr, taken.stderr


def test_who_is_not_root_is_told_so_first(longshore, workplace):
    program = workplace / "longshore"
    shutil.copy(PROGRAM, program)

    def refused(*arguments):
        done = subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, timeout=30, cwd="/",
            env=clean_environment(), check=False, user=NOBODY, group=NOBODY, extra_groups=[])
        assert done.returncode == 1 and "sudo" in done.stderr, done
        return done.stderr

    assert "`longshore up` needs root" in refused("up")
    agent = "agent", "--endpoint", longshore.endpoint, "--key-file", longshore.data / "node-key.json"
    assert "`longshore agent` needs root" in refused(*agent)
    assert "which is for its owner alone" in refused("env", "--data-dir", longshore.data)
    program.unlink()


def test_files_with_keys_are_for_root_alone(longshore):
    for name in ("root-credentials.json", "node-key.json"):
        assert (longshore.data / name).stat().st_mode & 0o777 == 0o600


def test_metrics(longshore):
    longshore.client("sts").get_caller_identity()
    metrics = longshore.metrics()
    assert 'longshore_requests_total{service="sts",operation="GetCallerIdentity",code="OK"}' in metrics


def test_names_are_not_left_to_the_c_library():
    """Which a static program cannot ask: it would find none, or others than the next machine."""
    wanted = run("nm", "--dynamic", "--undefined-only", PROGRAM)
    assert " socket@" in wanted, "a program that is linked as it is here says what it asks for"
    assert "getaddrinfo" not in wanted
