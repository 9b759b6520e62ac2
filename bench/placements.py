"""How fast the control plane places tasks: the simulator's own count, over pretend nodes, in one
process without a disk."""

import os
import subprocess

from longshore import ROOT, clean_environment

PROGRAM = os.environ.get("SIM", str(ROOT / "target/release/sim"))
NODES, TASKS = 1000, 5000
SEEDS = (1, 2, 3)
PATIENCE_SECONDS = 60


class NotThere(Exception):
    """The part cannot be run, and why."""


def measure(_folder, say):
    if not os.access(PROGRAM, os.X_OK):
        raise NotThere(f"the simulator's program is not there ({os.path.basename(PROGRAM)})")
    outputs = []
    for seed in SEEDS:
        say(f"seed {seed}")
        try:
            done = subprocess.run(
                [PROGRAM, "--nodes", str(NODES), "--tasks", str(TASKS), "--seed", str(seed)],
                capture_output=True, text=True, check=False, env=clean_environment(), timeout=PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            raise NotThere(f"sim --nodes {NODES} --tasks {TASKS} took more than {PATIENCE_SECONDS} s") from late
        if done.returncode != 0:
            raise AssertionError(f"sim with seed {seed} failed: {(done.stdout + done.stderr)[-2000:]}")
        outputs.append(done.stdout.strip())
    return {"nodes": NODES, "tasks": TASKS, "outputs": outputs}
