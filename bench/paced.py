"""paced.py PORT FILE RATE CONNECTIONS SECONDS: sends the requests of a file at moments that were chosen
beforehand, whatever the server does, and prints as JSON what became of them.

The moments are of a Poisson process: clients that know nothing of each other. How long a request took
is counted from the moment at which it was to be sent, so a server that stalls is charged for all that
would have come meanwhile, and so is this program where it is late (no coordinated omission). It sleeps
until the next moment or the next answer: a generator that spins keeps a second core busy, and where cores
are shared with others, as in a virtual machine, one of two busy ones is taken away for milliseconds now
and then.
"""

import json
import random
import select
import socket
import sys
import time
from collections import deque
from pathlib import Path

from figures import median, quantile

# The same moments for every server.
SEED = 1
# Requests that wait for a connection: beyond that the rate is too high for the server, and is called so.
WAITING_MAX = 100_000
# How long answers are waited for after the last request.
PATIENCE_SECONDS = 10


def requests_of(path):
    """The file's requests: of each its length on a line, then its bytes."""
    data, at, found = Path(path).read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        length = int(data[at:end])
        found.append(data[end + 1:end + 1 + length])
        at = end + 1 + length
    return found


class Connection:
    """A kept connection, and the request that is under way on it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due, self.got, self.wanted = None, b"", None

    def send(self, request, due):
        self.due, self.got, self.wanted = due, b"", None
        self.socket.sendall(request)

    def receive(self):
        """The status, once the whole answer is here."""
        part = self.socket.recv(262144)
        if not part:
            raise SystemExit("the server closed a connection")
        self.got += part
        if self.wanted is None:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self.got[:end].lower()
            at = head.index(b"content-length:") + len(b"content-length:")
            self.wanted = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        return int(self.got[9:12]) if len(self.got) >= self.wanted else None


def run(port, path, rate, count, seconds):
    requests = requests_of(path)
    dice = random.Random(SEED)
    moments, at = [], 0.0
    while at < seconds:
        at += dice.expovariate(rate)
        moments.append(at)
    free = [Connection(port) for _ in range(count)]
    by_file = {connection.socket.fileno(): connection for connection in free}
    waiting, took, refused, sent = deque(), [], 0, 0
    started = time.perf_counter() + 0.05
    moments = deque(started + moment for moment in moments)
    last = moments[-1]
    while moments or waiting or len(free) < count:
        now = time.perf_counter()
        while moments and moments[0] <= now:
            waiting.append(moments.popleft())
        if len(waiting) > WAITING_MAX or now > last + PATIENCE_SECONDS:
            raise SystemExit("the server does not keep up with this rate")
        while waiting and free:
            free.pop().send(requests[sent % len(requests)], waiting.popleft())
            sent += 1
        # To the microsecond, which epoll of this language is not.
        pause = max(0.0, moments[0] - time.perf_counter()) if moments else PATIENCE_SECONDS
        for file in select.select(by_file, [], [], pause)[0]:
            connection = by_file[file]
            status = connection.receive()
            if status is not None:
                took.append(time.perf_counter() - connection.due)
                refused += status != 200
                free.append(connection)
    return {
        "sent": sent, "rate": sent / (last - started), "refused": refused,
        "p50": median(took), "p95": quantile(took, 0.95), "p99": quantile(took, 0.99), "worst": max(took),
    }


if __name__ == "__main__":
    port_, path_, rate_, connections_, seconds_ = sys.argv[1:]
    print(json.dumps(run(int(port_), path_, float(rate_), int(connections_), float(seconds_))))
