"""From the start of `longshore up` until it answers and says that it is ready, and what it holds of
memory when nothing happens: with the real runtime, with nothing stored and again with what the first
start left."""

import os
import signal
import time

from figures import ENOUGH, median, p95
from server import MeasuredLongshore, healthy, memory, wait_idle

ROUNDS = ENOUGH
PATIENCE_SECONDS = 30
# Between two looks at /health: a look that comes too early is refused by the kernel and is cheap.
POLL_SECONDS = 0.0005


def once(longshore, end=signal.SIGTERM, ask=None):
    """One start; `end` is how the process is ended after it, `ask` is asked once it is ready."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    started = time.monotonic()
    longshore.launch(writer)
    os.close(writer)
    said = b""
    answered = ready = None
    while answered is None or ready is None:
        if longshore.process.poll() is not None or time.monotonic() - started > PATIENCE_SECONDS:
            raise AssertionError(f"it did not get ready: {said.decode()}")
        if answered is None and healthy(longshore.port):
            answered = time.monotonic()
        try:
            said += os.read(reader, 65536)
        except BlockingIOError:
            pass
        if ready is None and b"] ready\n" in said:
            ready = time.monotonic()
        time.sleep(POLL_SECONDS)
    found = {"answered": answered - started, "ready": ready - started}
    if ask is not None:
        ask()
        found["asked"] = time.monotonic() - started
    wait_idle(longshore.process.pid)
    found["memory"] = memory(longshore.process.pid)
    longshore.process.send_signal(end)
    longshore.process.wait(PATIENCE_SECONDS)
    os.close(reader)
    return found


def measure(workplace, say):
    fresh, again = [], []
    for number in range(ROUNDS):
        longshore = MeasuredLongshore(workplace, f"idle-{number}", "auto")
        try:
            fresh.append(once(longshore))
            again.append(once(longshore))
        finally:
            if longshore.process is not None and longshore.process.poll() is None:
                longshore.stop()
        if number == 0:
            say(f"measuring {ROUNDS} rounds of a first and a second start")
    return {"rounds": ROUNDS, "fresh": summary(fresh), "again": summary(again)}


def summary(runs):
    def both(values):
        return {"median": median(values), "p95": p95(values)}

    return {
        **{key: both([one[key] for one in runs]) for key in ("answered", "ready", "asked") if key in runs[0]},
        "memory": {key: both([one["memory"][key] for one in runs]) for key in ("rss", "pss", "private")},
    }
