"""The benchmarks: runs all parts and writes RESULTS.md beside itself, or only the parts that are
named, and prints what came of them.

What is compared is compared in one run, in turns. A part that fails does not stop the others; the
exit code tells.
"""

import argparse
import datetime
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Starts and asks a Longshore as the end-to-end tests do.
sys.path.insert(0, str(HERE.parent / "tests/e2e"))
os.environ.setdefault("LONGSHORE", str(HERE.parent / "target/release/longshore"))

import api_load  # noqa: E402
import full_store  # noqa: E402
import idle  # noqa: E402
import machine  # noqa: E402
import many_tasks  # noqa: E402
import placements  # noqa: E402
import registry  # noqa: E402
import results  # noqa: E402
import task_start  # noqa: E402
from longshore import PROGRAM  # noqa: E402
from workplace import Workplace  # noqa: E402

PARTS = {
    "task start": task_start.measure,
    "many tasks": many_tasks.measure_burst,
    "idle tasks": many_tasks.measure_idle,
    "idle": idle.measure,
    "full store": full_store.measure,
    "api load": api_load.measure,
    "placements": placements.measure,
    "registry": registry.measure,
}


RESULTS = HERE / "RESULTS.md"
# A part that takes longer has failed: all of them together are to take less than 25 minutes.
PART_MAX_SECONDS = 420
# As much of what a part died of stands in the results.
MESSAGE_MAX = 300


def without_raw(part):
    return {key: value for key, value in part.items() if key != "raw"}


def keep(options, facts, found, problems, took):
    """Writes what is known so far."""
    if options.json:
        options.json.write_text(json.dumps({"found": found, "problems": problems, "facts": facts}, indent=1))
    if options.parts:
        return
    old = RESULTS.read_text() if RESULTS.exists() else ""
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    shown = {name: without_raw(one) for name, one in found.items()}
    RESULTS.write_text(results.render(old, facts, shown, problems, date, took))


def late(*_):
    raise TimeoutError(f"it took more than {PART_MAX_SECONDS} s")


def main():
    parser = argparse.ArgumentParser(description="Longshore's benchmarks")
    parser.add_argument(
        "parts", nargs="*", metavar="PART",
        help=f"some of: {', '.join(map(repr, PARTS))}; default: all, into RESULTS.md",
    )
    parser.add_argument("--json", type=Path, help="where to write everything that was found")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if os.geteuid() != 0:
        parser.error("containers need root; run this as root")
    if not os.access(PROGRAM, os.X_OK):
        parser.error(f"{PROGRAM} is not there; run make bench")

    started = time.monotonic()
    workplace = Workplace()
    found, problems = {}, {}
    facts = machine.describe(workplace.folder, PROGRAM)
    facts["busy"] = {}
    for name in options.parts or PARTS:

        def say(what, name=name):
            print(f"    [{time.monotonic() - started:5.0f} s] {name}: {what}", flush=True)

        facts["busy"][name] = machine.busy_share()
        say(f"starting; other work uses {facts['busy'][name] * 100:.0f}% of the machine")
        signal.signal(signal.SIGALRM, late)
        signal.alarm(PART_MAX_SECONDS)
        try:
            found[name] = PARTS[name](workplace, say)
        except placements.NotThere as reason:
            problems[name] = str(reason)
            say(f"not measured: {reason}")
        except Exception as error:  # noqa: BLE001 - the other parts' figures are worth having
            problems[name] = f"it failed: {type(error).__name__}: {str(error).strip()[:MESSAGE_MAX]}"
            traceback.print_exc()
        finally:
            signal.alarm(0)
        # After each part, so that whatever ends this run takes no part with it that was measured.
        keep(options, facts, found, problems, time.monotonic() - started)
    if options.parts:
        print(json.dumps({name: without_raw(one) for name, one in found.items()}, indent=1))
    else:
        print(f"    written: {RESULTS}")
    left = workplace.close()
    if left:
        print("bench: these are left behind:", *left, f"The folder stays: {workplace.folder}",
              sep="\n", file=sys.stderr)
    return 1 if left or problems else 0


if __name__ == "__main__":
    sys.exit(main())
