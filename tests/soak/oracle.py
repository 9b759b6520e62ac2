"""What must be true of every task after every kill, and of all of them at the end."""

import json
import time
import urllib.request

from longshore import run, until

from load import FLEET, INSTANCES
from machine import lives

# How long after a restart the API may still tell what was before it: SPECIFICATION.md's promise.
TRUTH_SECONDS = 5.0
PAGE_SECONDS = 5.0
DESCRIBED_MAX = 100
# The kernel deletes links a moment after their tasks, and the agent its notes.
FORGET_SECONDS = 10
CLUSTERS = (FLEET, INSTANCES)
BEFORE_RUNNING = ("PROVISIONING", "PENDING", "ACTIVATING")


def page_at(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PAGE_SECONDS) as response:
        return response.read().decode().strip()


class Oracle:
    def __init__(self, longshore, machine, load):
        self.longshore, self.machine, self.load = longshore, machine, load
        self.logs = longshore.client("logs")
        self.addresses, self.ports = set(), set()
        self.slowest = 0.0
        self.unknown_ends = []

    def note_starts(self):
        """Takes down which process each container is; a container has but one."""
        started = self.machine.started()
        for one in self.load.launches:
            if one.arn is None:
                continue
            init = started.get((one.id, "app"))
            if init is not None:
                assert one.init in (None, init), f"{one} was started again, as {init}"
                one.init = init

    def survivors(self):
        """The tasks whose containers nothing but a kill could end now."""
        self.note_starts()
        return [one for one in self.load.alive()
                if one.count is None and one.init and not one.stop_asked and lives(*one.init)]

    def assert_they_go_on(self, survivors):
        for one in survivors:
            assert one.stop_asked or lives(*one.init), f"{one} did not go on"
            # Nobody need be there for a published port to lead where it led.
            if one.page and not one.stop_asked:
                assert page_at(one.port) == one.page, f"another page at the port of {one}"
        self.note_starts()

    def assert_truth(self, since):
        """The API tells how it is, at the latest TRUTH_SECONDS after `since`."""
        while True:
            lies = self.lies()
            now = time.monotonic()
            if not lies:
                self.slowest = max(self.slowest, now - since)
                return
            assert now - since < TRUTH_SECONDS, f"{now - since:.1f} s after the restart: {lies}"
            time.sleep(0.05)

    def describe(self, launches):
        """The tasks by id."""
        found = {}
        for cluster in CLUSTERS:
            arns = [one.arn for one in launches if one.arn and one.cluster == cluster]
            for first in range(0, len(arns), DESCRIBED_MAX):
                answer = self.load.ecs.describe_tasks(cluster=cluster, tasks=arns[first:first + DESCRIBED_MAX])
                assert not answer["failures"], f"tasks were lost: {answer['failures']}"
                found.update((task["taskArn"].rsplit("/", 1)[1], task) for task in answer["tasks"])
        return found

    def lies(self):
        """What the API says and the machine does not bear out, as far as a moment may mend it; and
        verifies the tasks that have ended."""
        launches = [one for one in self.load.alive() if one.arn]
        # In this order: what is STOPPED now has no process later.
        tasks = self.describe(launches)
        processes = self.machine.processes_of({one.id for one in launches})
        shims = {task for task, _ in self.machine.shims()}
        self.note_starts()
        lies = []
        for one in launches:
            task, living = tasks[one.id], processes[one.id]
            self.addresses.update(
                detail["value"] for attachment in task.get("attachments", [])
                for detail in attachment["details"] if detail["name"] == "privateIPv4Address")
            if task["lastStatus"] == "STOPPED":
                assert not living, f"{one} is STOPPED and has processes {living}"
                assert one.id not in shims, f"{one} is STOPPED and has a shim"
                self.verify(one, task)
            elif task["lastStatus"] == "RUNNING" and not living:
                lies.append(f"{one} is RUNNING and has no process")
            elif task["lastStatus"] in BEFORE_RUNNING and one.init and lives(*one.init):
                lies.append(f"{one} runs and is {task['lastStatus']}")
            elif task["lastStatus"] == "RUNNING" and one.kind.has_page and not one.stop_asked:
                lies += self.wrong_page(one, task)
        return lies

    def wrong_page(self, one, task):
        """What is wrong with the page at the port that the API says is the task's."""
        container, = task["containers"]
        binding, = container["networkBindings"]
        port = binding["hostPort"]
        assert one.port in (None, port), f"another port than before: {binding}, {one}"
        one.port = port
        self.ports.add(port)
        try:
            page = page_at(port)
        except OSError as error:
            return [f"no page of {one}: {error}"] if not one.stop_asked else []
        if one.page is None:
            taken = [other for other in self.load.launches if other.page == page]
            assert not taken, f"at the port of {one} is the page of {taken}"
            one.page = page
        return [] if page == one.page else [f"another page at the port of {one}: {page}"]

    def verify(self, one, task):
        """A task that has ended: how, what it printed, and that nothing is left of it."""
        container, = task["containers"]
        lines = self.lines(one)
        numbers = [line for line in lines if line.startswith("line ")]
        begins = [line for line in lines if line.startswith("begin ")]
        told = f"{one} {task['stopCode']} {task.get('stoppedReason')} {container}"
        assert numbers == [f"line {i}" for i in range(len(numbers))], f"lines of {told}: {numbers}"
        assert len(begins) <= 1, f"{told} began more than once: {lines[:5]}"
        assert one.page is None or begins in ([], [f"begin {one.page}"]), f"the page was another's: {told} {begins}"
        assert one.init is None or len(begins) == 1 or one.stop_asked or one.struck, \
            f"{told} was started and said nothing"
        code = container.get("exitCode")
        # The OCI runtime's last process becomes the container's first.
        hit = code == 137 and "runtime" in one.struck
        if code is None:
            reason = container.get("reason") or task.get("stoppedReason")
            self.unknown_ends.append(f"{one.struck}{' stopped' if one.stop_asked else ''}: {reason}")
            assert reason, f"no code and no reason: {told}"
            never_ran = one.init is None and one.stop_asked
            assert one.struck or never_ran, f"why did it end so? {told}"
        elif one.count is None:
            lost = self.may_be_lost(one, container)
            # A shell that was told to stop before it had set its trap does not hear of it.
            assert one.stop_asked or hit, f"it ended by itself: {told}"
            assert code == one.code or hit or (code == 137 and not lines), told
            assert code != one.code or lost or lines[-1] == "bye", f"the last line of {told}: {lines[-3:]}"
        else:
            if code == one.code:
                lost = self.may_be_lost(one, container)
                assert lost or len(numbers) == one.count, f"{len(numbers)} of {one.count} lines of {told}"
            else:
                assert hit, told
        left = self.machine.remains(one.id)
        assert not left, f"{told} left {left}"
        one.verified = True

    @staticmethod
    def may_be_lost(one, container):
        """What is in a pipe goes with the last who holds it: where shim and agent were both killed
        and the container ended before they were back. Then its reason says so."""
        return "last lines may be lost" in container.get("reason", "") and "shim" in one.struck

    def lines(self, one):
        pages = self.logs.get_paginator("filter_log_events")
        try:
            return [event["message"] for page in pages.paginate(
                logGroupName=f"/e2e/{one.family}", logStreamNames=[f"t/app/{one.id}"])
                for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            # It never came so far.
            assert one.init is None, f"{one} was started and has no log stream"
            return []

    def assert_all_ended(self):
        """Every task ends, none was made twice, and none is there that nobody asked for."""
        until(lambda: self.lies() or not self.load.alive(), "every task to end")
        until(lambda: not self.lies() and not self.load.alive(), "every task to be verified")
        listed = set()
        for cluster in CLUSTERS:
            for status in ("RUNNING", "STOPPED"):
                pages = self.load.ecs.get_paginator("list_tasks")
                for page in pages.paginate(cluster=cluster, desiredStatus=status):
                    listed.update(page["taskArns"])
        asked = {one.arn for one in self.load.launches}
        assert len(asked) == len(self.load.launches), "two requests share a task"
        assert listed == asked, f"tasks that nobody asked for, or lost: {listed ^ asked}"

    def assert_nothing_left(self):
        """Of the tasks, on the node that had them: shims, rules, routes, addresses, ports, records."""
        node = self.machine.node
        # Others may be at work on this machine, whose tasks may have the same addresses.
        self.longshore.traces()
        own = self.longshore.instance

        def network():
            routes = [line for line in run("ip", "route").splitlines() if f"ls-{own}-" in line]
            shown = [("host", "\n".join(routes))]
            for table in run("nft", "list", "tables").splitlines():
                if f"longshore_{own}" in table:
                    shown.append(("host", run("nft", "list", *table.split())))
            bridge = f"longshore-{own}-_bridge"
            for pinned in (node / "run/network").glob("longshore-*"):
                for command in (("ip", "route"), ("ip", "neigh"), ("ip", "address"), ("nft", "list", "ruleset")):
                    shown.append((pinned.name, run("nsenter", f"--net={pinned}", *command)))
            assert not self.ports or bridge in dict(shown), f"no {bridge} among {list(dict(shown))}"
            known = self.addresses | {str(port) for port in self.ports}
            return [(where, line) for where, text in shown for line in text.splitlines()
                    if known & set(line.replace("/", " ").replace(",", " ").split())]

        def records():
            folders = ["node/agent", "run/agent", "run/agent-started", "run/oci", "node/tasks"]
            places = list((node / "node/network").glob("bridge/*"))
            assert not self.ports or places, "the bridge network's records are elsewhere"
            return [path for folder in folders for path in (node / folder).glob("*")] + [
                path for path in places if path.name != "network.json"]

        def ports():
            """Those that the agent still keeps from others."""
            sockets = run("ss", "-Hltnp").splitlines()
            held = [line.split()[3] for line in sockets if f"pid={self.longshore.agent.pid}," in line]
            return [one for one in held if int(one.rpartition(":")[2]) in self.ports]

        for remains in (network, records, ports):
            try:
                until(lambda: not remains(), "", FORGET_SECONDS)
            except AssertionError:
                raise AssertionError(f"left on the node: {remains()}") from None
        assert not self.machine.shims()

    def summary(self):
        modes = [one.kind.mode for one in self.load.launches]
        return json.dumps({
            "tasks": {mode: modes.count(mode) for mode in sorted(set(modes))},
            "pages": sum(one.page is not None for one in self.load.launches),
            "unknown ends": self.unknown_ends, "slowest truth, s": round(self.slowest, 2)}, indent=1)
