"""The load: tasks that print numbered lines and end by themselves, with a code that is known, or
run on until StopTask. What is known of each task beforehand is what the oracle holds it to."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError
from longshore import PATIENCE_SECONDS

# Requests under way at once.
REQUESTS_MAX = 4
RETRY_SECONDS = 0.1
BYE_CODE = 0
# The cluster that a node joins if nothing else is said; its Fargate tasks are in another one.
INSTANCES = "default"
FLEET = "soak"
PAGE_PORT = 8080

# A line of its own for each start: a container that was started twice has two.
BEGIN = "me=$(busybox cat /proc/sys/kernel/random/uuid); echo begin $me; "
# A page that says which start serves it.
PAGE = f"busybox mkdir /page; echo $me >/page/index.html; busybox httpd -p {PAGE_PORT} -h /page; "


def steady(more=""):
    """Prints lines until it is told to stop."""
    return (
        "trap 'echo bye; exit 0' TERM; " + BEGIN + more +
        "i=0; while true; do echo line $i; i=$((i+1)); [ $((i % 10)) -eq 0 ] && busybox usleep 200000; done"
    )


def ending(count, code):
    """Prints `count` lines, a hundred or so a second, and exits with `code`."""
    return (
        BEGIN + f"i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); "
        f"[ $((i % 25)) -eq 0 ] && busybox usleep 250000; done; exit {code}"
    )


@dataclass
class Kind:
    """What a family's tasks do. `mode` is awsvpc for Fargate's, else the mode on an instance."""

    mode: str
    # None for tasks that run until they are stopped.
    count: int | None = None
    code: int = BYE_CODE

    @property
    def has_page(self):
        return self.mode == "bridge" and self.count is None


@dataclass
class Launch:
    """One task that was asked for."""

    family: str
    kind: Kind
    arn: str | None = None
    stop_asked: bool = False
    stop_taken: bool = False
    # A process that works for it was killed: how it ended may be unknown now, with a reason.
    struck: list = field(default_factory=list)
    # The first process of its container, once it was started: process id and start time.
    init: tuple | None = None
    # The port of the host at which its page is, and what the page says.
    port: int | None = None
    page: str | None = None
    verified: bool = False

    @property
    def id(self):
        return self.arn.rsplit("/", 1)[1]

    @property
    def count(self):
        return self.kind.count

    @property
    def code(self):
        return self.kind.code

    @property
    def cluster(self):
        return FLEET if self.kind.mode == "awsvpc" else INSTANCES


class NotYet(Exception):
    """Nobody can do it now."""


class Load:
    """Starts and stops tasks, each request until it is answered."""

    def __init__(self, longshore, dice, image):
        self.longshore, self.dice = longshore, dice
        self.ecs = longshore.client("ecs")
        self.subnets = longshore.subnets()
        self.launches = []
        self.failures = []
        self.workers = ThreadPoolExecutor(REQUESTS_MAX)
        self.under_way = 0
        self.lock = threading.Lock()
        self.kinds = {}
        for mode in ("awsvpc", "bridge", "host"):
            kinds = {f"{mode}-steady": Kind(mode)}
            for number in range(2):
                kinds[f"{mode}-ending-{number}"] = Kind(mode, dice.randrange(25, 400), dice.randrange(1, 100))
            for family, kind in kinds.items():
                self._register(family, kind, image)
            self.kinds.update(kinds)

    def _register(self, family, kind, image):
        script = steady(PAGE if kind.has_page else "") if kind.count is None else ending(kind.count, kind.code)
        container = {"entryPoint": ["sh", "-c"], "command": [script], "stopTimeout": 20}
        if kind.has_page:
            container.update(user="0", portMappings=[{"containerPort": PAGE_PORT}])
        if kind.mode == "awsvpc":
            self.longshore.register(family, image, **container)
        else:
            self.longshore.register_on_instance(family, image, kind.mode, **container)

    def alive(self):
        return [one for one in self.launches if not one.verified]

    def launch(self):
        # As many that stay as that end.
        families = [name for name, kind in self.kinds.items() for _ in range(1 if kind.count else 2)]
        family = self.dice.choice(families)
        token = f"{len(self.launches)}-{self.dice.randrange(2**64):x}"
        one = Launch(family, self.kinds[family])
        self.launches.append(one)
        self._send(lambda: self._run(one, token))

    def stop(self, one):
        one.stop_asked = True
        self._send(lambda: self._stop(one))

    def settle(self):
        """Waits until every request was answered."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.under_way:
            assert time.monotonic() < deadline, f"{self.under_way} requests are not answered"
            time.sleep(0.05)
        assert not self.failures, self.failures

    def _send(self, work):
        with self.lock:
            self.under_way += 1

        def until_answered():
            deadline = time.monotonic() + PATIENCE_SECONDS
            try:
                while True:
                    try:
                        return work()
                    except (BotoCoreError, NotYet):
                        # The server was killed; whether it had done it, it knows.
                        if time.monotonic() > deadline:
                            raise
                    except ClientError as error:
                        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                        if status < 500 or time.monotonic() > deadline:
                            raise
                    time.sleep(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - told by `settle`
                self.failures.append(repr(error))
            finally:
                with self.lock:
                    self.under_way -= 1

        self.workers.submit(until_answered)

    def _run(self, one, token):
        options = {"launchType": "EC2"}
        if one.kind.mode == "awsvpc":
            network = {"awsvpcConfiguration": {"subnets": self.subnets}}
            options = {"launchType": "FARGATE", "networkConfiguration": network}
        answer = self.ecs.run_task(
            cluster=one.cluster, taskDefinition=one.family, clientToken=token, **options)
        # An instance takes nothing while its agent is away: who is told so asks later.
        reasons = [failure["reason"] for failure in answer["failures"]]
        if reasons == ["AGENT"]:
            assert not answer["tasks"], answer
            raise NotYet(f"no agent is connected for {one}")
        assert not reasons, reasons
        one.arn = answer["tasks"][0]["taskArn"]
        self.longshore.task_ids.add(one.id)

    def _stop(self, one):
        self.ecs.stop_task(cluster=one.cluster, task=one.arn)
        one.stop_taken = True
