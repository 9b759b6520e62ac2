"""What the figures were measured on, and with which versions of everything."""

import datetime
import importlib.metadata
import os
import re
import subprocess
import time
from pathlib import Path

from figures import median
from longshore import ROOT, clean_environment

SYNCS = 100
BUSY_SECONDS = 2


def said(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=clean_environment())
    except OSError:
        return "not there"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else "unknown"


def field(path, name):
    found = re.search(rf"^{name}\s*[:=]\s*\"?([^\"\n]*)", Path(path).read_text(), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def sync_seconds(folder):
    """The median of making 4 KiB durable: what a write to the store cannot be faster than."""
    path, times = folder / "sync", []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    for number in range(SYNCS):
        os.pwrite(descriptor, b"x" * 4096, number * 4096)
        started = time.perf_counter()
        os.fdatasync(descriptor)
        times.append(time.perf_counter() - started)
    os.close(descriptor)
    path.unlink()
    return median(times)


def busy_seconds():
    """(CPU seconds that all cores have worked since the start of the machine, and that they had)."""
    fields = list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]))
    total, idle = sum(fields), fields[3] + fields[4]
    ticks = os.sysconf("SC_CLK_TCK")
    return (total - idle) / ticks, total / ticks


def busy_share():
    """How busy the machine is with other things, of all cores together, over BUSY_SECONDS."""
    busy, total = busy_seconds()
    time.sleep(BUSY_SECONDS)
    busy_after, total_after = busy_seconds()
    return (busy_after - busy) / (total_after - total)


def commit():
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", "crates", "Cargo.toml", "Cargo.lock"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    ).stdout.strip()
    return said("git", "rev-parse", "--short=12", "HEAD") + (" with changes that are not committed" if changed else "")


def origin(program):
    """Which sources the program is of: those that are here, unless they are newer than it."""
    built = Path(program).stat().st_mtime
    if any(path.stat().st_mtime > built for path in (ROOT / "crates").rglob("*.rs")):
        when = datetime.datetime.fromtimestamp(built, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"built {when} from sources that have changed since (now commit {commit()})"
    return f"commit {commit()}"


def describe(folder, program):
    memory_kib = int(field("/proc/meminfo", "MemTotal").split()[0])
    filesystem = said("findmnt", "--noheadings", "--output", "FSTYPE", "--target", str(folder))
    cgroups = "v2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "v1"
    return {
        "machine": [
            ("Processor", f"{os.cpu_count()} cores, {field('/proc/cpuinfo', 'model name')}"),
            ("Memory", f"{memory_kib / 1024 / 1024:.0f} GiB"),
            ("System", f"{field('/etc/os-release', 'PRETTY_NAME')}, Linux {os.uname().release}, cgroup {cgroups}"),
            ("Disk", f"{filesystem}; fdatasync of 4 KiB: {sync_seconds(folder) * 1000:.2f} ms (median of {SYNCS})"),
        ],
        "versions": [
            ("Longshore", f"{said(program, 'version').removeprefix('longshore ')}, {origin(program)}"),
            ("Profile", Path(program).parent.name),
            ("rustc", said("rustc", "--version").removeprefix("rustc ")),
            ("runc", said("runc", "--version").removeprefix("runc version ")),
            ("podman", said("podman", "--version").removeprefix("podman version ")),
            ("netavark", said("/usr/lib/podman/netavark", "--version").removeprefix("netavark ")),
            ("moto", f"{python_package('moto')}, werkzeug {python_package('werkzeug')}"),
            ("Python", said("python3", "--version").removeprefix("Python ")),
            ("wrk", wrk()),
            ("docker-registry", said("docker-registry", "--version").removeprefix("docker-registry ")),
        ],
    }


def python_package(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not there"


def wrk():
    # It tells its version only together with how it is used, and then fails.
    done = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).split("[")[0].removeprefix("wrk ").strip()
