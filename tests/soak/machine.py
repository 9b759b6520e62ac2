"""What the machine shows of a node, without asking Longshore: its processes, their parents, and
what a task has beside them. The oracle compares this with what the API says."""

import glob
import json
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
RUNTIMES = (b"runc", b"crun")


def _read(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _stat(pid):
    """Fields of /proc/PID/stat behind the name (proc_pid_stat(5)); empty where there is none."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def lives(pid, start_time):
    """True while the very process lives: a zombie does not."""
    fields = _stat(pid)
    return bool(fields) and fields[0] != b"Z" and int(fields[19]) == start_time


class Machine:
    def __init__(self, node):
        self.node = Path(node)

    def shims(self):
        """Task id and process id of each shim of this node's."""
        found = []
        for pid in _pids():
            words = _read(f"/proc/{pid}/cmdline").split(b"\0")
            if len(words) > 2 and words[0].endswith(b"longshore") and words[1] == b"shim":
                folder = Path(os.fsdecode(words[-2]))
                if self.node in folder.parents:
                    found.append((folder.parts[-3], pid))
        return sorted(found)

    def commands(self, agent):
        """The short-lived commands that start and clear away containers: `runtime` for the OCI
        runtime's processes, `sandbox` for those that make namespaces; each with the task that it
        works for, where that can be seen."""
        processes = {}
        for pid in _pids():
            fields = _stat(pid)
            if fields:
                processes[pid] = (int(fields[1]), _read(f"/proc/{pid}/cmdline").split(b"\0"))
        shims = {pid: task for task, pid in self.shims()}
        found = {"runtime": [], "sandbox": []}
        for pid, (parent, words) in processes.items():
            name = words[0].rpartition(b"/")[2]
            if parent == agent and words[1:2] == [b"sandbox"]:
                found["sandbox"].append((None, pid))
            elif name in RUNTIMES:
                above = parent
                while above in processes and above not in shims:
                    above = processes[above][0]
                if above in shims:
                    found["runtime"].append((shims[above], pid))
        return found

    def processes_of(self, task_ids):
        """The processes in each task's cgroups, shims not among them."""
        found = {one: set() for one in task_ids}
        for pid in _pids():
            fields = _stat(pid)
            if not fields or fields[0] == b"Z":
                continue
            for word in _read(f"/proc/{pid}/cgroup").decode().replace(":", "/").replace(".", "/").split("/"):
                if word in found:
                    found[word].add(pid)
        return found

    def started(self):
        """Each started container's first process: (task id, container) to (pid, start time)."""
        found = {}
        # Not with pathlib, which fails where a folder goes meanwhile.
        for name in glob.glob(f"{self.node}/node/tasks/*/containers/*/state.json"):
            path = Path(name)
            try:
                state = json.loads(path.read_bytes())
            except (OSError, ValueError):
                continue
            if state.get("started_at") is not None:
                init = state["init"]
                found[path.parts[-4], path.parts[-2]] = (init["pid"], init["start_time"])
        return found

    def remains(self, task_id):
        """What a task still has: mounts, cgroups and folders. The agent's own note of it goes only
        after the control plane has taken the task's end."""
        found = [line.split()[1] for line in _read("/proc/mounts").decode().splitlines() if task_id in line]
        for folder, folders, _ in os.walk(CGROUPS):
            found += [f"{folder}/{name}" for name in folders if task_id in name]
        for place in ("node/tasks", "run/bundles", "run/oci"):
            folder = self.node / place
            if folder.is_dir():
                found += [str(folder / name) for name in os.listdir(folder) if task_id in name]
        return found
