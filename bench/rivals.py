"""What else starts containers: podman with a bridge network, bare runc, and bare runc with a network
namespace that is made by hand. Same image, same command, same limits as the task."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from longshore import clean_environment, run
from workplace import CGROUP

APART = Path(__file__).with_name("apart.py")
CPU_QUOTA_MICROSECONDS = 25_000
CPU_PERIOD_MICROSECONDS = 100_000
MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536)
PROCESSES = 4096


class Apart:
    """The process that runs them; see apart.py."""

    def __init__(self, folder):
        temporary = folder / "rivals-tmp"
        temporary.mkdir()
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--propagation", "private",
             "--pid", "--fork", "--kill-child", "--mount-proc",
             # A shell as the first process takes leave of orphans: podman waits for its monitor's end.
             "sh", "-c", '"$@"; exit $?', "sh", sys.executable, str(APART)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=clean_environment(TMPDIR=str(temporary)),
        )
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the process that runs podman and runc ended; see above")
        return json.loads(line)

    def order(self, do, argv, **more):
        self.process.stdin.write(json.dumps({"do": do, "argv": [str(one) for one in argv], **more}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def run(self, *argv):
        done = self.order("run", argv)
        if done["code"] != 0:
            raise AssertionError(f"{' '.join(map(str, argv))}: {done['output']}")
        return done["output"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


class Podman:
    name = "podman"

    def __init__(self, apart, folder, layout, entry):
        self.apart, self.entry = apart, entry
        home = folder / "podman"
        home.mkdir()
        self.podman = [
            "podman", "--root", home / "root", "--runroot", home / "run", "--tmpdir", home / "tmp",
            "--network-config-dir", home / "networks", "--cgroup-manager", "cgroupfs",
            "--events-backend", "none", "--runtime", "runc",
        ]
        self.image = apart.run(*self.podman, "pull", "--quiet", f"oci:{layout}:latest").split()[-1]

    def first_line(self):
        """Seconds from the command to the first byte of the container's output."""
        program, *arguments = self.entry
        found = self.apart.order("first", [
            *self.podman, "run", "--rm", "--network=bridge", "--pull=never",
            # Of what was tried, these are what it starts fastest with.
            "--log-driver=none", "--cgroups=no-conmon",
            f"--cgroup-parent=/{CGROUP}", "--memory=512m", "--cpus=.25",
            # Its own defaults are more than a machine allows where root may not raise limits.
            f"--ulimit=nofile={OPEN_FILES}:{OPEN_FILES}", f"--ulimit=nproc={PROCESSES}:{PROCESSES}",
            "--entrypoint", program, self.image, *arguments,
        ], init=self.entry)
        return checked(self.name, found)

    def close(self):
        # Layers are mounted where only the other process sees it; it takes them along.
        self.apart.run(*self.podman, "rm", "--all", "--force", "--time", "0")


class Runc:
    name = "runc"

    def __init__(self, apart, folder, layout, entry):
        self.apart, self.entry = apart, entry
        self.bundle, self.root = folder / f"{self.name}-bundle", folder / self.name
        run("umoci", "unpack", "--image", f"{layout}:latest", str(self.bundle))
        path = self.bundle / "config.json"
        config = json.loads(path.read_text())
        config["process"].update(terminal=False, args=entry)
        config["linux"]["cgroupsPath"] = f"/{CGROUP}/runc"
        config["linux"]["resources"] = {
            **config["linux"].get("resources", {}),
            "memory": {"limit": MEMORY_BYTES},
            "cpu": {"quota": CPU_QUOTA_MICROSECONDS, "period": CPU_PERIOD_MICROSECONDS},
        }
        # What umoci writes is more than a machine allows where root may not raise limits.
        config["process"].pop("rlimits", None)
        self.adapt(config)
        path.write_text(json.dumps(config))
        self.number = 0

    def adapt(self, config):
        """What is to be otherwise than in what umoci writes."""

    def command(self):
        self.number += 1
        return ["runc", "--root", self.root, "run", "--bundle", self.bundle, f"bench-{os.getpid()}-{self.number}"]

    def first_line(self):
        return checked(self.name, self.apart.order("first", self.command(), init=self.entry))

    def close(self):
        pass


# As few processes as it takes, each told all at once: a namespace, a pair of interfaces, addresses at both ends, and
# a default route.
BY_HAND = f"""\
ip netns add {CGROUP} &&
ip -batch - <<END &&
link add {CGROUP[:12]} type veth peer name eth0 netns {CGROUP}
address add 10.213.0.1/30 dev {CGROUP[:12]}
link set {CGROUP[:12]} up
END
ip -netns {CGROUP} -batch - <<END &&
link set lo up
address add 10.213.0.2/30 dev eth0
link set eth0 up
route add default via 10.213.0.1
END
exec "$@"
"""


class RuncByHand(Runc):
    """Its clock starts before the namespace is made."""

    name = "runc-by-hand"

    def adapt(self, config):
        config["linux"]["cgroupsPath"] = f"/{CGROUP}/{self.name}"
        namespaces = [one for one in config["linux"]["namespaces"] if one["type"] != "network"]
        config["linux"]["namespaces"] = [*namespaces, {"type": "network", "path": f"/run/netns/{CGROUP}"}]

    def command(self):
        return ["sh", "-c", BY_HAND, "sh", *super().command()]

    def first_line(self):
        try:
            return super().first_line()
        finally:
            # The interfaces go with it.
            self.apart.run("ip", "netns", "delete", CGROUP)


def checked(name, found):
    if found["line"] != "first":
        raise AssertionError(f"{name} printed {found['line']!r}: {found['errors']}")
    return found["seconds"]
