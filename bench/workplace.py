"""The one temporary folder of a run, and the proof that nothing of the run outlives it."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from longshore import traces

# How long what was told to go may take; removal of cgroups and namespaces ends a little later
# than the processes do.
GONE_SECONDS = 15
# The groups of the rivals' containers; the kernel shows them to the whole machine.
CGROUP = "longshore-bench"


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


class Workplace:
    """A folder, and what the machine looked like before it."""

    def __init__(self):
        self.before = traces() | groups_of_rivals()
        self.folder = Path(tempfile.mkdtemp(prefix="longshore-bench."))
        # Containers in user namespaces must be able to pass to their file systems.
        self.folder.chmod(0o711)

    def left(self):
        now = traces() | groups_of_rivals()
        return (now - self.before) | processes_of(self.folder) | mounts_of(self.folder)

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
