"""Every command that README shows, as it stands there."""

import re

from longshore import PROGRAM, ROOT, clean_environment, run

README = (ROOT / "README.md").read_text()
# What the blocks that are run here have in them, in README's order.
RUN = ("longshore env", "aws ecr create-repository", "aws ecs run-task", "aws ecs stop-task", "longshore backup")
# Those that are not: targets of make, what CI itself is begun with; starts, of which the options are looked at.
LOOKED_AT = ("make demo", "longshore up --data-dir", "make package", "apt install")


def blocks():
    """The indented blocks of commands, each as its lines."""
    return [
        [line[4:] for line in block.splitlines()]
        for block in re.findall(r"(?:^    .*\n)+", README, re.MULTILINE)
    ]


def block_with(text):
    (found,) = [block for block in blocks() if any(text in line for line in block)]
    return found


def test_no_command_is_left_out():
    for block in blocks():
        found = [text for text in RUN + LOOKED_AT if any(text in line for line in block)]
        assert len(found) == 1, block


def test_make_has_the_targets_that_readme_names():
    targets = re.findall(r"\bmake ([a-z-]+)", README)
    assert {"demo", "test", "build", "help"} <= set(targets)
    for target in set(targets):
        run("make", "-n", target, cwd=ROOT, env=clean_environment(YES="1"))


def test_the_program_is_used_as_readme_says(longshore, tmp_path):
    (start,) = [line for line in block_with("longshore up --data-dir") if "longshore up" in line]
    options = start.split("longshore up", 1)[1].split()
    known = run(PROGRAM, "up", "--help")
    assert all(option in known for option in options if option.startswith("--")), options

    script = "\n".join(["set -eu", *(line for text in RUN for line in block_with(text))])
    for shown, here in [
        # Whoever runs the tests is root.
        ("sudo ", ""),
        ("scripts/", f"{ROOT}/scripts/"),
        ("examples/", f"{ROOT}/examples/"),
        ("target/release/longshore", PROGRAM),
        ("/var/lib/longshore", str(longshore.data)),
        ("/srv/longshore", str(tmp_path / "elsewhere")),
    ]:
        script = script.replace(shown, here)
    environment = clean_environment(REGISTRY_AUTH_FILE=str(tmp_path / "auth.json"))
    environment["PATH"] = f"{ROOT}/.venv/bin:{environment['PATH']}"
    said = run("bash", "-c", script, cwd=tmp_path, env=environment)
    page = (ROOT / "examples/hello/index.html").read_text()
    assert page in said and "hello: serving /www on port 8080" in said and "hello: stopping" in said, said
    assert (tmp_path / "elsewhere/store/store.redb").exists()
    images = longshore.client("ecr").list_images(repositoryName="app")["imageIds"]
    assert [one["imageTag"] for one in images] == ["latest"]
