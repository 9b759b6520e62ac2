"""A backup of a control plane with two tasks, made into one with as many as one likes.

What is multiplied was written by the program itself, so the records are as they are in life. The
forms are in crates/longshore/src/backup/mod.rs (the archive) and crates/store/src/disk/snapshot.rs (the
store's stream).
"""

import hashlib
import io
import ipaddress
import json
import struct
import tarfile
import uuid

STORE = "store.snapshot"
MAGIC = b"longshore store snapshot 1"
SUM_BYTES = 32
HEADER = struct.Struct(">QQQQ")  # Create revision, mod revision, version, lease.
TASK, NODE, INTERFACE, LEASE = b"ecs/task/", b"ecs/node/", b"ec2/network-interface/", b"ec2/address/"


class Stream:
    """Reads numbers and parts."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        taken = self.data[self.at:self.at + count]
        assert len(taken) == count, "the stream is cut short"
        self.at += count
        return taken

    def number(self):
        return struct.unpack(">Q", self.take(8))[0]

    def part(self):
        return self.take(struct.unpack(">I", self.take(4))[0])


def read(data):
    """(epoch, revision, last lease, leases as bytes, keys with their entries) of a snapshot."""
    assert hashlib.sha256(data[:-SUM_BYTES]).digest() == data[-SUM_BYTES:]
    stream = Stream(data)
    assert stream.take(len(MAGIC)) == MAGIC, "a snapshot of another format"
    epoch, revision, last_lease, leases, count = (stream.number() for _ in range(5))
    kept = [stream.take(16) for _ in range(leases)]
    keys = {}
    for _ in range(count):
        key = stream.part()
        keys[key] = stream.part()
    return epoch, revision, last_lease, kept, keys


def write(epoch, revision, last_lease, leases, keys):
    out = io.BytesIO()
    out.write(MAGIC)
    out.write(struct.pack(">5Q", epoch, revision, last_lease, len(leases), len(keys)))
    for lease in leases:
        out.write(lease)
    for key in sorted(keys):
        for part in (key, keys[key]):
            out.write(struct.pack(">I", len(part)) + part)
    data = out.getvalue()
    return data + hashlib.sha256(data).digest()


def record(entry):
    """(header, record as JSON) of an entry."""
    return HEADER.unpack(entry[:HEADER.size]), json.loads(entry[HEADER.size:])


class Copies:
    """Tasks like the two that are there, and the interfaces and nodes that belong to them."""

    def __init__(self, keys, nodes):
        self.keys = keys
        tasks = {key: record(entry) for key, entry in keys.items() if key.startswith(TASK)}

        def one(status):
            found = [key for key, (_, task) in tasks.items() if task["data"]["last_status"] == status]
            assert len(found) == 1, f"{len(found)} tasks are {status}"
            return found[0]

        self.running, self.stopped = one("Running"), one("Stopped")
        self.address = int(ipaddress.IPv4Address("10.0.0.4"))
        self.nodes = [self.node() for _ in range(nodes)]

    def node(self):
        key = next(key for key in self.keys if key.startswith(NODE))
        header, node = record(self.keys[key])
        node["data"]["id"] = uuid.uuid4().hex
        new = key.rsplit(b"/", 1)[0] + b"/" + node["data"]["id"].encode()
        self.put(new, header, node)
        return node["data"]["id"]

    def put(self, key, header, value):
        self.keys[key] = HEADER.pack(*header) + json.dumps(value, separators=(",", ":")).encode()

    def task(self, original, number):
        """One more task like `original`; a running one with an interface on some node."""
        header, task = record(self.keys[original])
        data, old = task["data"], task["data"]["id"]
        data["id"] = uuid.uuid4().hex
        data["node"] = self.nodes[number % len(self.nodes)]
        for container in data["containers"]:
            container["id"] = str(uuid.uuid4())
        network, was = data["network"], data["network"]["interface_id"]
        network["attachment_id"] = str(uuid.uuid4())
        address = ipaddress.IPv4Address(self.address + number)
        network["address"] = str(address)
        network["mac"] = "02:4c:" + ":".join(f"{byte:02x}" for byte in address.packed)
        if was is not None:
            network["interface_id"] = f"eni-{uuid.uuid4().hex[:17]}"
            self.interface(was, network, old, data["id"])
        self.put(original.replace(old.encode(), data["id"].encode()), header, task)

    def interface(self, was, network, old, task_id):
        key = next(key for key in self.keys if key.startswith(INTERFACE) and key.endswith(was.encode()))
        header, interface = record(self.keys[key])
        data = interface["data"]
        data.update(id=network["interface_id"], address=network["address"], mac=network["mac"])
        data["task_arn"] = data["task_arn"].replace(old, task_id)
        self.put(key.replace(was.encode(), data["id"].encode()), header, interface)
        key, (header, lease) = next(
            (key, record(entry)) for key, entry in self.keys.items()
            if key.startswith(LEASE) and was.encode() in entry
        )
        lease["data"]["interface_id"] = data["id"]
        address = int(ipaddress.IPv4Address(data["address"]))
        self.put(key.rsplit(b"/", 1)[0] + f"/{address:08x}".encode(), header, lease)


def multiply(archive, to, running, stopped, nodes):
    """Writes `archive` again with that many more tasks."""
    with tarfile.open(archive) as old, tarfile.open(to, "w", format=tarfile.GNU_FORMAT) as new:
        for member in old.getmembers():
            data = old.extractfile(member).read()
            if member.name == STORE:
                *rest, keys = read(data)
                copies = Copies(keys, nodes)
                for number in range(running):
                    copies.task(copies.running, number)
                for number in range(stopped):
                    copies.task(copies.stopped, number)
                data = write(*rest, keys)
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
