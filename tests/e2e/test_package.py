"""What the Debian package's own scripts say when it is removed, in a root of a test's (dpkg's DPKG_ROOT)."""

from longshore import PROGRAM, ROOT, clean_environment, run


def script(name, argument, root):
    """What a script of the package says."""
    return run("sh", str(ROOT / "packaging" / name), argument, env=clean_environment(DPKG_ROOT=str(root)))


def test_who_removes_the_package_is_told_what_runs_on(longshore, cluster, image, tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/longshore").symlink_to(PROGRAM)
    longshore.register("kept", image)
    arn = longshore.run_task(cluster, "kept")
    longshore.wait_status(cluster, arn, "RUNNING")
    told = script("prerm", "remove", tmp_path)
    number, _, rest = told.removeprefix("longshore: ").partition(" ")
    assert int(number) >= 1 and "go on running" in rest and "aws ecs stop-task" in rest, told
    assert script("prerm", "upgrade", tmp_path) == ""
    assert longshore.task(cluster, arn)["lastStatus"] == "RUNNING"
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    longshore.wait_status(cluster, arn, "STOPPED")


def test_nothing_is_said_of_what_is_not_there(tmp_path):
    assert script("prerm", "remove", tmp_path) == ""
    assert script("postrm", "purge", tmp_path) == ""


def test_purge_says_what_it_leaves(tmp_path):
    data = tmp_path / "var/lib/longshore"
    data.mkdir(parents=True)
    (data / "root-credentials.json").write_text("{}")
    assert str(data) in script("postrm", "purge", tmp_path)
    assert (data / "root-credentials.json").exists()
    assert script("postrm", "remove", tmp_path) == ""
