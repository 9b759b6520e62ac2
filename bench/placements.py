"""How fast the control plane places tasks: the simulator's own count, over pretend nodes, in one
process without a disk."""

import os
import re
import subprocess
import time

from figures import ENOUGH, median, p5, p95
from longshore import ROOT, clean_environment

PROGRAM = os.environ.get("SIM", str(ROOT / "target/release/sim"))
NODES, TASKS = 1000, 5000
RUNS = ENOUGH
# No further run is begun after this, so that all of the benchmarks end in time.
BUDGET_SECONDS = 75
PATIENCE_SECONDS = 90
# A line of its output: what it is, two blanks or more, the number, the unit.
LINE = re.compile(r"^(\S.*?)\s{2,}([0-9.]+)(?: (\S+))?$")


class NotThere(Exception):
    """The part cannot be run, and why."""


def once(seed):
    try:
        done = subprocess.run(
            [PROGRAM, "--nodes", str(NODES), "--tasks", str(TASKS), "--seed", str(seed)],
            capture_output=True, text=True, check=False, env=clean_environment(), timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise NotThere(f"sim --nodes {NODES} --tasks {TASKS} took more than {PATIENCE_SECONDS} s") from late
    if done.returncode != 0:
        raise AssertionError(f"sim with seed {seed} failed: {(done.stdout + done.stderr)[-2000:]}")
    lines = filter(None, map(LINE.match, done.stdout.splitlines()))
    return {line.group(1): (float(line.group(2)), line.group(3) or "") for line in lines}


def measure(_workplace, say):
    if not os.access(PROGRAM, os.X_OK):
        raise NotThere(f"the simulator's program is not there ({os.path.basename(PROGRAM)})")
    started, runs = time.monotonic(), []
    while len(runs) < RUNS and time.monotonic() - started < BUDGET_SECONDS:
        runs.append(once(len(runs) + 1))
        if len(runs) == 1:
            say(f"{NODES} nodes, {TASKS} tasks: {runs[0]}")
    found = {}
    for name, (_, unit) in runs[0].items():
        if name in ("seed", "nodes", "tasks"):
            continue
        values = [run[name][0] for run in runs]
        # Of rates the low ones are the bad ones.
        bad = p5(values) if name.endswith("per second") else p95(values)
        found[name] = {"median": median(values), "bad": bad, "unit": unit}
    if not found:
        raise AssertionError("nothing of what sim printed was understood")
    return {"nodes": NODES, "tasks": TASKS, "runs": len(runs), "figures": found}
