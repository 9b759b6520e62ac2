"""Images on a node: those that nobody uses go, and those that containers run on stay."""

import pytest
from longshore import Longshore, build_image, until

TRAPS = "trap 'exit 4' QUIT; trap 'exit 5' TERM; echo up; while true; do busybox sleep 1; done"


@pytest.fixture(name="sweeping")
def a_longshore_that_sweeps_all_the_time(workplace):
    instance = Longshore(
        workplace / "sweeping", options=["--image-minimum-age", "1", "--image-cleanup-interval", "1"]
    )
    instance.start()
    yield instance
    instance.stop_all_tasks()
    instance.stop()
    left = instance.traces()
    assert not left, f"left behind on the machine: {sorted(left)}"
    assert not instance.processes(), "processes are left behind"


def kept(instance, part):
    return sorted(one.name for one in (instance.data / "node/images" / part).iterdir())


def test_an_image_goes_when_nobody_uses_it_and_stays_under_a_container(sweeping, workplace):
    repository = sweeping.client("ecr").create_repository(repositoryName="images")["repository"]["repositoryUri"]
    sweeping.client("ecs").create_cluster(clusterName="images")
    quits = sweeping.with_stop_signal(f"{repository}:any", "SIGQUIT")
    sweeping.register("stays", quits, entryPoint=["busybox", "sh", "-c", TRAPS])
    stays = sweeping.run_task("images", "stays")
    task = sweeping.wait_status("images", stays, "RUNNING")
    until(lambda: sweeping.log_lines("stays", task) == ["up"], "the traps to be set")
    digest = task["containers"][0]["imageDigest"].removeprefix("sha256:")
    assert kept(sweeping, "images") == [digest]
    layers = kept(sweeping, "layers/sha256")
    assert layers

    # Its tag moves to an image with another stop signal, which another task is done with soon.
    layout = workplace / "layout-moved"
    build_image(layout)
    sweeping.push(layout, quits)
    sweeping.register("goes", quits, entryPoint=["busybox", "sh", "-c", "exit 0"])
    done = sweeping.run_to_end("images", "goes")
    other = done["containers"][0]["imageDigest"].removeprefix("sha256:")
    assert other != digest
    until(lambda: kept(sweeping, "images") == [digest], "the other image to go")
    until(lambda: "images that nobody used were removed" in sweeping.log.read_text(), "the log to tell")

    # A later agent knows what the container runs on, though its tag is another image's now.
    sweeping.kill()
    sweeping.start()
    done = sweeping.run_to_end("images", "goes")
    assert done["containers"][0]["exitCode"] == 0
    until(lambda: kept(sweeping, "images") == [digest], "the other image to go again")
    assert set(layers) <= set(kept(sweeping, "layers/sha256"))
    sweeping.client("ecs").stop_task(cluster="images", task=stays)
    stopped = sweeping.wait_status("images", stays, "STOPPED")
    assert stopped["containers"][0]["exitCode"] == 4

    # And then there is nothing left of any image.
    parts = ["images", "layers/sha256", "blobs/sha256", "ingest"]
    until(lambda: not any(kept(sweeping, part) for part in parts), "everything to go")
