"""kill -9 of everything that Longshore is made of, at random moments, under load.

Every choice comes from SEED; what is running at a moment does not, so the same seed asks the same
and meets another machine. KILLS says how many there are.
"""

import os
import random
import signal
import time

import pytest
from longshore import Apart, build_image, until

from load import FLEET, INSTANCES, Load
from machine import Machine
from oracle import Oracle

KILLS = int(os.environ.get("KILLS", "25"))
SEED = int(os.environ.get("SEED") or random.randrange(2**32))

TASKS_MAX = 8
# The longest that a victim which comes and goes is waited for.
HUNT_SECONDS = 3.0
# How often each is chosen.
VICTIMS = {
    "server": 3, "agent": 4, "shim": 4, "runtime": 5, "sandbox": 2, "agent and shims": 3,
    "server and agent": 2, "all": 2,
}


class Killer:
    def __init__(self, longshore, machine, load, dice):
        self.longshore, self.machine, self.load, self.dice = longshore, machine, load, dice
        self.tally = {}

    def kill(self, victim):
        """Kills it, and returns the name of what was killed: where there is none, a shim; where
        there is none either, the agent."""
        killed = self._kill(victim)
        self.tally[killed] = self.tally.get(killed, 0) + 1
        return killed

    def _kill(self, victim):
        if victim in ("runtime", "sandbox"):
            pause = self.dice.choice([0, 0.002, 0.01, 0.03])
            if self._hunt(victim, pause):
                return victim
            victim = "shim"
        lot = self.dice.random()
        shims = self.machine.shims()
        if victim == "shim":
            if shims:
                self._strike([shims[int(lot * len(shims))]], "shim")
                return victim
            victim = "agent"
        if victim in ("server", "server and agent", "all"):
            self.longshore.process.kill()
        if victim in ("agent", "agent and shims", "server and agent", "all"):
            self.longshore.agent.kill()
        if victim in ("agent and shims", "all"):
            self._strike(shims, "shim")
        return victim

    def _hunt(self, kind, pause):
        deadline = time.monotonic() + HUNT_SECONDS
        while time.monotonic() < deadline:
            if self.machine.commands(self.longshore.agent.pid)[kind]:
                time.sleep(pause)
                if found := self.machine.commands(self.longshore.agent.pid)[kind]:
                    self._strike(found[:1], kind)
                    return True
        return False

    def _strike(self, found, kind):
        for task, pid in found:
            # A sandbox says not whose it is: it may be that of any task that is being started.
            for one in self.load.alive():
                if one.init is None if task is None else one.arn and one.id == task:
                    one.struck.append(kind)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def restart(self):
        """Starts what was killed; the moment at which both were there again."""
        if self.longshore.process.poll() is not None:
            self.longshore.start()
        if self.longshore.agent.poll() is not None:
            self.longshore.start_agent()
        return time.monotonic()


@pytest.fixture
def apart(tmp_path_factory):
    folder = tmp_path_factory.mktemp("longshore-soak")
    for above in [folder, *folder.parents]:
        if str(above).startswith("/tmp/"):
            above.chmod(above.stat().st_mode | 0o711)
    apart = Apart(folder / "data")
    apart.start()
    apart.start_agent()
    yield apart
    if apart.process.poll() is not None and apart.agent.poll() is not None and not apart.traces():
        return
    # The test has failed: what it leaves is cleared away as users would.
    killer = Killer(apart, None, None, None)
    killer.restart()
    apart.stop_all_tasks()
    apart.stop_agent()
    apart.stop()


def test_whatever_is_killed_nothing_is_lost_doubled_or_left(apart):
    print(f"\nSEED={SEED} KILLS={KILLS} {apart.data.parent}", flush=True)
    dice = random.Random(SEED)
    layout = apart.data.parent / "layout"
    build_image(layout)
    uri = apart.client("ecr").create_repository(repositoryName="hello")["repository"]["repositoryUri"]
    apart.push(layout, f"{uri}:1")
    ecs = apart.client("ecs")
    ecs.create_cluster(clusterName=FLEET)
    until(lambda: ecs.list_container_instances(cluster=INSTANCES)["containerInstanceArns"], "the node to join")
    machine = Machine(apart.node)
    load = Load(apart, dice, f"{uri}:1")
    oracle = Oracle(apart, machine, load)
    killer = Killer(apart, machine, load, dice)
    try:
        for number in range(KILLS):
            a_round(number, dice, load, oracle, killer)
        for one in load.alive():
            if one.count is None and not one.stop_asked:
                load.stop(one)
        load.settle()
        oracle.assert_all_ended()
        oracle.assert_nothing_left()
    except BaseException as error:
        error.add_note(f"SEED={SEED} KILLS={KILLS}; killed so far: {killer.tally}; {oracle.summary()}")
        raise
    print(f"killed: {killer.tally}; {oracle.summary()}", flush=True)
    apart.traces()
    apart.stop_agent()
    apart.stop()
    assert not apart.traces()
    assert not apart.processes()


def a_round(number, dice, load, oracle, killer):
    """Some tasks more, some fewer, a kill at some moment, a restart; then all must be true."""
    more = dice.randrange(1, 4)
    for _ in range(min(more, TASKS_MAX - len(load.alive()))):
        load.launch()
    victim = dice.choices(list(VICTIMS), VICTIMS.values())[0]
    stops, moment, away = dice.random(), dice.uniform(0, 1.5), dice.uniform(0, 1)
    steady = [one for one in load.alive() if one.init and one.count is None and not one.stop_asked]
    if steady and stops * TASKS_MAX < len(steady):
        load.stop(steady[int(stops * len(steady))])
    if victim not in ("runtime", "sandbox"):
        time.sleep(moment)
    survivors = oracle.survivors()
    killed = killer.kill(victim)
    time.sleep(away)
    oracle.assert_they_go_on(survivors)
    since = killer.restart()
    load.settle()
    oracle.assert_truth(since)
    oracle.assert_they_go_on(survivors)
    print(f"{number}: {victim}: {killed}, {len(survivors)} went on, {len(load.alive())} tasks", flush=True)
