"""One Longshore for all end-to-end tests, and the images that they run.

Everything that a test makes is under one temporary folder; at the end it is proved that nothing
is left on the machine.
"""

import pytest
from longshore import Longshore, build_image


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("longshore-e2e")
    # Containers run in user namespaces and must be able to pass to their file systems.
    for above in [folder, *folder.parents]:
        if str(above).startswith("/tmp/") or str(above) == str(folder):
            above.chmod(above.stat().st_mode | 0o711)
    return folder


@pytest.fixture(scope="session")
def longshore(workplace):
    instance = Longshore(workplace / "data")
    instance.start()
    yield instance
    instance.stop_all_tasks()
    instance.stop()
    assert instance.instance or not instance.task_ids, "no task was ever seen on the machine"
    left = instance.traces()
    assert not left, f"left behind on the machine: {sorted(left)}"
    assert not instance.processes(), "processes are left behind"


@pytest.fixture(scope="session")
def image(longshore, workplace):
    """The sample web server, pushed; its rootfs has a busybox, so tests run anything in it."""
    layout = workplace / "layout"
    build_image(layout)
    uri = longshore.client("ecr").create_repository(repositoryName="e2e/hello")["repository"]["repositoryUri"]
    longshore.push(layout, f"{uri}:1")
    return f"{uri}:1"


@pytest.fixture(scope="session")
def cluster(longshore):
    longshore.client("ecs").create_cluster(clusterName="e2e")
    return "e2e"
