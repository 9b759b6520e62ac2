"""The one temporary folder of a run, and the proof that nothing of the run outlives it."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from longshore import run

# How long what was told to go may take; removal of cgroups and namespaces ends a little later
# than the processes do.
GONE_SECONDS = 15
# The groups of the rivals' containers; the kernel shows them to the whole machine.
CGROUP = "longshore-bench"


def traces():
    """Everything on this machine of the kinds that a node makes, whosever it is."""
    found = {f"netns {path.name}" for path in Path("/run/netns").glob("*")}
    found |= {f"link {path.name}" for path in Path("/sys/class/net").glob("ls-*")}
    found |= {f"nft {line}" for line in run("nft", "list", "tables").splitlines()}
    for folder, folders, _ in os.walk("/sys/fs/cgroup"):
        found |= {f"cgroup {folder}/{name}" for name in folders}
    found |= {f"mount {line.split()[1]}" for line in Path("/proc/mounts").read_text().splitlines()}
    return found


def processes_of(folder):
    """Processes with `folder` among their arguments, this one not counted."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) != os.getpid() and str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(f"process {entry.name}")
        except OSError:
            continue
    return set(found)


def mounts_of(folder):
    return {
        f"mount {line.split()[1]}"
        for line in Path("/proc/mounts").read_text().splitlines()
        if str(folder) in line.split()[1]
    }


def groups_of_rivals():
    return {
        f"cgroup {folder}/{name}"
        for folder, names, _ in os.walk("/sys/fs/cgroup")
        for name in names
        if name == CGROUP or "libpod" in name or name == "conmon"
    }


def remove_groups():
    """Removes what the rivals leave of their empty parent group, leaves first."""
    for folder, _, _ in os.walk("/sys/fs/cgroup", topdown=False):
        if CGROUP in folder.split("/"):
            try:
                os.rmdir(folder)
            except OSError:
                continue  # In use still; `left` tells.


def instance_id(data):
    """By what a Longshore's links, tables and namespaces are known (crates/network/src/instance_file.rs);
    nothing before it has been started."""
    file = data / "node/network/instance"
    return file.read_text().strip() if file.exists() else None


class Workplace:
    """A folder, the names that bear what a run puts on the machine, and what was there before."""

    def __init__(self):
        self.before = groups_of_rivals()
        self.folder = Path(tempfile.mkdtemp(prefix="longshore-bench."))
        # Containers in user namespaces must be able to pass to their file systems.
        self.folder.chmod(0o711)
        # Other Longshores may be at work on this machine: only what bears one of these is ours.
        self.names = {str(self.folder)}
        self.instances = set()

    def instance(self, data):
        """A Longshore is about to be started with this data folder."""
        self.instances.add(data)

    def task(self, task_id, data):
        """A task of this Longshore's runs. Proves that we look for what there is to be found."""
        self.names.add(task_id)
        kinds = {f"link ls-{instance_id(data)}-", f"longshore_{instance_id(data)}", task_id, str(data)}
        found = traces()
        unseen = [kind for kind in kinds if not any(kind in trace for trace in found)]
        if unseen:
            raise AssertionError(f"a running task was expected to show {unseen}; there is {sorted(found)}")

    def ours(self):
        names = set(self.names)
        for name in filter(None, map(instance_id, self.instances)):
            names |= {f"ls-{name}-", f"longshore_{name}", f"longshore-{name}-"}
        return {trace for trace in traces() if any(name in trace for name in names)}

    def left(self):
        return self.ours() | (groups_of_rivals() - self.before) | processes_of(self.folder) | mounts_of(self.folder)

    def close(self):
        """Removes the folder. Returns what is left on the machine of the run; nothing, it should be."""
        remove_groups()
        deadline = time.monotonic() + GONE_SECONDS
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.1)
            remove_groups()
        left = self.left()
        if not left:
            shutil.rmtree(self.folder)
        return sorted(left)
