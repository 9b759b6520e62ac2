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

# A line of its own for each start: a container that was started twice has two.
BEGIN = "echo begin $(busybox cat /proc/sys/kernel/random/uuid); "
STEADY = (
    "trap 'echo bye; exit 0' TERM; " + BEGIN +
    "i=0; while true; do echo line $i; i=$((i+1)); [ $((i % 10)) -eq 0 ] && busybox usleep 200000; done"
)


def ending(count, code):
    """Prints `count` lines, a hundred or so a second, and exits with `code`."""
    return (
        BEGIN + f"i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); "
        f"[ $((i % 25)) -eq 0 ] && busybox usleep 250000; done; exit {code}"
    )


@dataclass
class Launch:
    """One task that was asked for."""

    token: str
    family: str
    # None for a task that runs until it is stopped.
    count: int | None
    code: int
    arn: str | None = None
    stop_asked: bool = False
    stop_taken: bool = False
    # A process that works for it was killed: how it ended may be unknown now, with a reason.
    struck: list = field(default_factory=list)
    # The first process of its container, once it was started: process id and start time.
    init: tuple | None = None
    verified: bool = False

    @property
    def id(self):
        return self.arn.rsplit("/", 1)[1]


class Load:
    """Starts and stops tasks, each request until it is answered."""

    def __init__(self, longshore, dice, image, cluster):
        self.longshore, self.dice, self.cluster = longshore, dice, cluster
        self.ecs = longshore.client("ecs")
        self.subnets = longshore.subnets()
        self.launches = []
        self.failures = []
        self.workers = ThreadPoolExecutor(REQUESTS_MAX)
        self.under_way = 0
        self.lock = threading.Lock()
        self.kinds = {"steady": (None, BYE_CODE)}
        longshore.register("steady", image, entryPoint=["sh", "-c"], command=[STEADY], stopTimeout=20)
        for number in range(4):
            count, code = dice.randrange(25, 400), dice.randrange(1, 100)
            self.kinds[f"ending-{number}"] = (count, code)
            longshore.register(f"ending-{number}", image, entryPoint=["sh", "-c"], command=[ending(count, code)])

    def alive(self):
        return [one for one in self.launches if not one.verified]

    def launch(self):
        family = self.dice.choice(["steady", *self.kinds])
        count, code = self.kinds[family]
        token = f"{len(self.launches)}-{self.dice.randrange(2**64):x}"
        one = Launch(token, family, count, code)
        self.launches.append(one)
        self._send(lambda: self._run(one))

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
                    except BotoCoreError as error:
                        # The server was killed; whether it had done it, it knows.
                        if time.monotonic() > deadline:
                            raise error
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

    def _run(self, one):
        answer = self.ecs.run_task(
            cluster=self.cluster, taskDefinition=one.family, launchType="FARGATE", clientToken=one.token,
            networkConfiguration={"awsvpcConfiguration": {"subnets": self.subnets}})
        assert not answer["failures"], answer["failures"]
        one.arn = answer["tasks"][0]["taskArn"]
        self.longshore.task_ids.add(one.id)

    def _stop(self, one):
        self.ecs.stop_task(cluster=self.cluster, task=one.arn)
        one.stop_taken = True
