"""How fast the control plane places and starts tasks: the simulator's own count, over pretend nodes,
in one process without a disk; how that grows with the nodes; and how fast the planners decide alone."""

import os
import re
import subprocess
import time

from figures import ENOUGH, median, p5, p95
from longshore import ROOT, clean_environment

PROGRAM = os.path.abspath(os.environ.get("SIM", ROOT / "target/release/sim"))
NODES, TASKS = 1000, 5000
RUNS = ENOUGH
GROWTH_NODES = (100, 300, 1000, 3000, 10_000)
GROWTH_RUNS = 3
PLANNER_NODES, PLANNER_TASKS = 5000, 100_000
# No further run is begun after this, so that all of the benchmarks end in time.
BUDGET_SECONDS = 120
PATIENCE_SECONDS = 90
# A line of its output: what it is, two blanks or more, the number, the unit.
LINE = re.compile(r"^(\S.*?)\s{2,}([0-9.]+)(?: (\S+))?$")


class NotThere(Exception):
    """The part cannot be run, and why."""


def sim(*arguments):
    """What the simulator prints: number and unit, by what it is."""
    command = [PROGRAM, *map(str, arguments)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=clean_environment(),
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise NotThere(f"sim {' '.join(command[1:])} took more than {PATIENCE_SECONDS} s") from late
    if done.returncode != 0:
        raise AssertionError(f"sim {' '.join(command[1:])} failed: {(done.stdout + done.stderr)[-2000:]}")
    lines = filter(None, map(LINE.match, done.stdout.splitlines()))
    return {line.group(1): (float(line.group(2)), line.group(3) or "") for line in lines}


def tasks(nodes, seed):
    return sim("tasks", "--nodes", nodes, "--tasks", TASKS, "--seed", seed)


def growth(say):
    """RUNNING a second by the number of nodes, the median of a few runs each."""
    found = []
    for nodes in GROWTH_NODES:
        runs = [tasks(nodes, seed + 1) for seed in range(GROWTH_RUNS)]
        found.append({
            "nodes": nodes,
            "connected": median([run["nodes connected"][0] for run in runs]),
            "running": median([run["RUNNING per second"][0] for run in runs]),
        })
        say(f"{nodes} nodes: {found[-1]['running']:.0f} RUNNING a second")
    return found


def planner():
    runs = [sim("planner", "--nodes", PLANNER_NODES, "--tasks", PLANNER_TASKS) for _ in range(GROWTH_RUNS)]
    return {
        name: median([run[f"{name} placements per second"][0] for run in runs])
        for name in ("Fargate", "instance", "RunTask's instance")
    }


def measure(_workplace, say):
    if not os.access(PROGRAM, os.X_OK):
        raise NotThere(f"the simulator's program is not there ({os.path.basename(PROGRAM)})")
    started, runs = time.monotonic(), []
    while len(runs) < RUNS and time.monotonic() - started < BUDGET_SECONDS:
        runs.append(tasks(NODES, len(runs) + 1))
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
    return {
        "nodes": NODES, "tasks": TASKS, "runs": len(runs), "figures": found,
        "growth": growth(say), "growth_runs": GROWTH_RUNS,
        "planner": planner(), "planner_nodes": PLANNER_NODES, "planner_tasks": PLANNER_TASKS,
    }
