"""Pushes and pulls of images: Longshore's registry against Debian's docker-registry.

One core for the registry, the other for one client that serves both. They stay up side by side and
take turns; both have every blob on the disk before they say so. Each round has new images, so that
nothing is there already.
"""

import os
import resource
import time

from figures import median, p95, ratio
from machine import busy_seconds
from oci import Blob, Client, Image
from server import DockerRegistry, MeasuredLongshore, cores, cpu_seconds, memory, peak_memory, reset_peak

# A round takes half a minute and two gigabytes of disk, so there are fewer than of requests. None is
# begun after the budget, so that all of the benchmarks end in time.
ROUNDS = 5
BUDGET_SECONDS = 240
LAYERS, LAYER_BYTES = 20, 25_000_000
SMALL_IMAGES, SMALL_LAYER_BYTES = 1000, 8192
REPOSITORIES = 10
STEPS = ("push large", "pull large", "push small", "pull small")


class Side:
    """A registry and its client."""

    def __init__(self, name, server, password=None):
        self.name, self.server = name, server
        self.client = Client(server.port, password)
        self.idle = memory(server.process.pid)["rss"]
        self.rounds = []

    def step(self, work):
        """Does `work` and says what it took: seconds, CPU, memory."""
        pid = self.server.process.pid
        reset_peak(pid)
        used, (busy, total), own = cpu_seconds(pid), busy_seconds(), own_seconds()
        started = time.monotonic()
        with self.client:
            work()
        took = time.monotonic() - started
        cpu, own = cpu_seconds(pid) - used, own_seconds() - own
        busy_after, total_after = busy_seconds()
        return {
            "seconds": took,
            "cpu": cpu,
            "client": own / took,
            "peak": peak_memory(pid),
            "other": max(0, busy_after - busy - cpu - own) / (total_after - total),
        }

    def round(self, large, small):
        self.rounds.append({
            "push large": self.step(lambda: self.client.push_large(large)),
            "pull large": self.step(lambda: self.client.pull_large(large)),
            "push small": self.step(lambda: self.client.push_many(small)),
            "pull small": self.step(lambda: self.client.pull_many(small)),
        })


def own_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def images(number, file):
    large = Image("bench/large", f"r{number}", [Blob(file, LAYER_BYTES) for _ in range(LAYERS)])
    small = [
        Image(f"bench/small-{index % REPOSITORIES}", f"r{number}-{index}", [Blob(file, SMALL_LAYER_BYTES)])
        for index in range(SMALL_IMAGES)
    ]
    return large, small


def measure(workplace, say):
    backend, generator = cores()
    longshore = MeasuredLongshore(workplace, "registry", "mock", backend)
    rival = DockerRegistry(workplace.folder / "docker-registry", backend)
    allowed = os.sched_getaffinity(0)
    path = workplace.folder / "layer"
    path.write_bytes(os.urandom(LAYER_BYTES))
    file = os.open(path, os.O_RDONLY)
    try:
        longshore.start()
        rival.start()
        ecr = longshore.client("ecr")
        for name in ["bench/large", *(f"bench/small-{number}" for number in range(REPOSITORIES))]:
            ecr.create_repository(repositoryName=name)
        os.sched_setaffinity(0, {generator})
        sides = [Side("longshore", longshore, longshore.registry_password()), Side("docker-registry", rival)]
        say(f"measuring {ROUNDS} rounds of {LAYERS} layers and {SMALL_IMAGES} small images")
        started = time.monotonic()
        for number in range(ROUNDS):
            if number and time.monotonic() - started > BUDGET_SECONDS:
                break
            large, small = images(number, file)
            for side in sides if number % 2 == 0 else reversed(sides):
                side.round(large, small)
                if number == 0:
                    with side.client:
                        side.client.prove(large)
                        side.client.prove(small[-1])
            say(f"round {number + 1}: " + ", ".join(
                f"{step} {sides[0].rounds[-1][step]['seconds']:.2f} s to {sides[1].rounds[-1][step]['seconds']:.2f} s"
                for step in STEPS
            ))
        return summary(*sides)
    finally:
        os.sched_setaffinity(0, allowed)
        os.close(file)
        for server in (longshore, rival):
            if server.process is not None and server.process.poll() is None:
                server.stop()


def summary(ours, theirs):
    found = {"rounds": len(ours.rounds), "idle": {side.name: side.idle for side in (ours, theirs)}, "steps": {}}
    for step in STEPS:
        sides = {}
        for side in (ours, theirs):
            mine = [one[step] for one in side.rounds]
            sides[side.name] = {
                "seconds": median([one["seconds"] for one in mine]),
                "worst": p95([one["seconds"] for one in mine]),
                "cpu": median([one["cpu"] for one in mine]),
                "client": median([one["client"] for one in mine]),
                "other": median([one["other"] for one in mine]),
                "peak": max(one["peak"] for one in mine),
                "peak_first": mine[0]["peak"],
                "peak_last": mine[-1]["peak"],
            }
        found["steps"][step] = {
            "sides": sides,
            # Above 1 when we are faster.
            "speed": ratio(*([one[step]["seconds"] for one in side.rounds] for side in (theirs, ours))),
        }
    return found
