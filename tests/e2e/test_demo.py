"""`make demo`'s script, as a newcomer runs it, beside another Longshore on the same machine."""

import os
import subprocess

from longshore import PROGRAM, ROOT, clean_environment


def test_the_demo_runs_and_leaves_nothing(longshore):
    environment = clean_environment(LONGSHORE=PROGRAM)
    demo = subprocess.run(
        [str(ROOT / "scripts/demo")], capture_output=True, text=True, timeout=300,
        env=environment, check=False, cwd=os.fspath(ROOT))
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "nothing is left behind" in demo.stdout
