"""Runs the rivals apart from the machine: started in network, mount and process namespaces of its
own, it puts empty file systems over /run and /dev/shm, so that podman's bridge, its rules, its locks
and whatever process it leaves are nobody else's and end with this one.

Reads a command a line as JSON from standard input, answers a line a command:
`{"do": "run", "argv": [...]}` -> `{"code": 0, "output": "..."}`;
`{"do": "first", "argv": [...], "init": [...]}` -> `{"seconds": 0.1, "line": "..."}`: from the start of
the process to the first byte of its output; the container's first process, which runs `init`, is then
told to end, and all of it is awaited.
"""

import json
import os
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 60


def prepare():
    for folder in ("/run", "/dev/shm"):
        subprocess.run(["mount", "-t", "tmpfs", "longshore-bench", folder], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as file:
        file.write("1")


def run(argv, **_):
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    return {"code": done.returncode, "output": done.stdout + done.stderr}


def end(init):
    """Tells the container's first process itself: what podman is told to pass on right after the first
    line, it loses now and then."""
    wanted = "\0".join([*init, ""]).encode()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if file.read() == wanted:
                    os.kill(int(name), signal.SIGTERM)
        except OSError:
            continue  # It has ended.


def first(argv, init):
    reader, writer = os.pipe()
    started = time.monotonic_ns()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    part = os.read(reader, 1)
    took = (time.monotonic_ns() - started) / 1e9
    line = part + os.read(reader, 4096) if part else b""
    end(init)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    os.close(reader)
    return {"seconds": took, "line": line.decode().strip(), "errors": errors.decode()[-500:]}


def main():
    prepare()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"run": run, "first": first}[order.pop("do")](**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
