"""Runs the rivals apart from the machine: started in network, mount and process namespaces of its
own, it puts empty file systems over /run and /dev/shm, so that podman's bridge, its rules, its locks
and whatever process it leaves are nobody else's and end with this one.

Reads a command a line as JSON from standard input, answers a line a command:
`{"do": "run", "argv": [...]}` -> `{"code": 0, "output": "..."}`;
`{"do": "first", "argv": [...]}` -> `{"seconds": 0.1, "line": "..."}`: from the start of the process
to the first byte of its output; it is then told to end, and is awaited.
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


def run(argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    return {"code": done.returncode, "output": done.stdout + done.stderr}


def first(argv):
    reader, writer = os.pipe()
    started = time.monotonic_ns()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    part = os.read(reader, 1)
    took = (time.monotonic_ns() - started) / 1e9
    line = part + os.read(reader, 4096) if part else b""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    os.close(reader)
    return {"seconds": took, "line": line.decode().strip(), "errors": errors.decode()[-500:]}


def main():
    prepare()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"run": run, "first": first}[order["do"]](order["argv"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
