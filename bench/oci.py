"""Images that exist only to be pushed, and a client that pushes and pulls them as container tools do:
OCI Distribution over plain HTTP, some requests at a time, each on a connection that is kept.

The client does next to nothing itself: digests are made before anything is measured, bytes go from
the page cache into the socket, and what is pulled is counted and thrown away.
"""

import base64
import hashlib
import json
import os
import socket
import struct
import threading
import urllib.parse
from queue import Empty, SimpleQueue

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
# As many blobs, or images, at a time as skopeo and podman move.
AT_ONCE = 6
TIMEOUT_SECONDS = 120
# What makes blobs of the same bytes different ones.
MARK_BYTES = 32


class Blob:
    """A mark of its own, then so many bytes of a file that all share."""

    def __init__(self, file, length):
        self.file, self.length = file, length
        self.mark = os.urandom(MARK_BYTES)
        shared = os.pread(file, length - MARK_BYTES, 0)
        self.digest = "sha256:" + hashlib.sha256(self.mark + shared).hexdigest()

    def send(self, to):
        to.sendall(self.mark)
        at, end = 0, self.length - MARK_BYTES
        while at < end:
            at += os.sendfile(to.fileno(), self.file, at, end - at)


class Text:
    """A small blob that is in memory."""

    def __init__(self, bytes_):
        self.bytes, self.length = bytes_, len(bytes_)
        self.digest = "sha256:" + hashlib.sha256(bytes_).hexdigest()

    def send(self, to):
        to.sendall(self.bytes)


class Image:
    """An image of these layers, under a tag of a repository."""

    def __init__(self, repository, tag, layers):
        self.repository, self.tag = repository, tag
        config = Text(json.dumps({
            "architecture": "amd64", "os": "linux", "config": {"Cmd": ["serve"]},
            "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
        }).encode())
        self.blobs = [config, *layers]

        def descriptor(kind, blob):
            return {"mediaType": kind, "digest": blob.digest, "size": blob.length}

        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": descriptor(CONFIG_TYPE, config),
            "layers": [descriptor(LAYER_TYPE, layer) for layer in layers],
        }).encode()


class Connection:
    """One kept connection to a registry."""

    def __init__(self, port, password):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        # Python's own timeouts make a socket that does not block, on which sendfile gives up.
        self.socket.settimeout(None)
        for side in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.socket.setsockopt(socket.SOL_SOCKET, side, struct.pack("ll", TIMEOUT_SECONDS, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.room = memoryview(bytearray(1024 * 1024))
        self.every = f"Host: 127.0.0.1:{port}\r\n"
        if password is not None:
            proof = base64.b64encode(f"AWS:{password}".encode()).decode()
            self.every += f"Authorization: Basic {proof}\r\n"

    def close(self):
        self.socket.close()

    def ask(self, method, path, wanted, body=None, head="", check=None):
        """Sends a request and reads its answer: its headers. `check` is given what comes of the body."""
        length = "" if body is None else f"Content-Length: {body.length}\r\n"
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\n{self.every}{head}{length}\r\n".encode())
        if body is not None:
            body.send(self.socket)
        while b"\r\n\r\n" not in self.rest:
            self.receive()
        raw, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = raw.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        left = 0 if method == "HEAD" or status == 204 else int(headers["content-length"])
        got, self.rest = self.rest[:left], self.rest[left:]
        said = b"" if status == wanted else got
        if check is not None:
            check(got)
        left -= len(got)
        while left:
            count = self.socket.recv_into(self.room, min(left, len(self.room)))
            if count == 0:
                raise AssertionError("the registry closed the connection")
            if check is not None:
                check(self.room[:count])
            left -= count
        if status != wanted:
            raise AssertionError(f"{method} {path}: {status}, not {wanted}: {said[:500]!r}")
        return headers

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            raise AssertionError("the registry closed the connection")
        self.rest += part

    def push_blob(self, repository, blob):
        """What docker, skopeo and podman do: ask for it, begin, send, finish."""
        self.ask("HEAD", f"/v2/{repository}/blobs/{blob.digest}", 404)
        begun = self.ask("POST", f"/v2/{repository}/blobs/uploads/", 202, Text(b""))
        kind = "Content-Type: application/octet-stream\r\n"
        sent = self.ask("PATCH", target(begun["location"]), 202, blob, kind)
        end = target(sent["location"])
        end += ("&" if "?" in end else "?") + "digest=" + urllib.parse.quote(blob.digest, safe="")
        self.ask("PUT", end, 201, Text(b""))

    def push_manifest(self, image):
        kind = f"Content-Type: {MANIFEST_TYPE}\r\n"
        self.ask("PUT", f"/v2/{image.repository}/manifests/{image.tag}", 201, Text(image.manifest), kind)

    def pull_manifest(self, image, check=None):
        accept = f"Accept: {MANIFEST_TYPE}\r\n"
        self.ask("GET", f"/v2/{image.repository}/manifests/{image.tag}", 200, head=accept, check=check)

    def pull_blob(self, repository, blob, check=None):
        headers = self.ask("GET", f"/v2/{repository}/blobs/{blob.digest}", 200, check=check)
        if int(headers["content-length"]) != blob.length:
            raise AssertionError(f"{blob.digest} has {headers['content-length']} bytes, not {blob.length}")


def target(location):
    """The path and query of a Location, which may be a whole address."""
    parts = urllib.parse.urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


class Client:
    """Does many things at once, each connection one after the other. With `with`, for each push and
    pull anew, as the tools do it: nobody keeps a connection while others have their turn."""

    def __init__(self, port, password=None):
        self.port, self.password = port, password
        self.connections = []

    def __enter__(self):
        self.connections = [Connection(self.port, self.password) for _ in range(AT_ONCE)]
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()

    def spread(self, work):
        """Does each of `work`, functions of a connection."""
        left, failures = SimpleQueue(), []
        for one in work:
            left.put(one)

        def go_on(connection):
            try:
                while not failures:
                    left.get_nowait()(connection)
            except Empty:
                pass
            except Exception as failure:  # noqa: BLE001 - raised below, by the one who asked
                failures.append(failure)

        threads = [threading.Thread(target=go_on, args=(one,)) for one in self.connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def push_large(self, image):
        """Its blobs at once, then its manifest."""
        self.spread([lambda on, blob=blob: on.push_blob(image.repository, blob) for blob in image.blobs])
        self.connections[0].push_manifest(image)

    def pull_large(self, image):
        self.connections[0].pull_manifest(image)
        self.spread([lambda on, blob=blob: on.pull_blob(image.repository, blob) for blob in image.blobs])

    def push_many(self, images):
        """The images at once, the blobs of each one after the other."""
        def push(on, image):
            for blob in image.blobs:
                on.push_blob(image.repository, blob)
            on.push_manifest(image)

        self.spread([lambda on, image=image: push(on, image) for image in images])

    def pull_many(self, images):
        def pull(on, image):
            on.pull_manifest(image)
            for blob in image.blobs:
                on.pull_blob(image.repository, blob)

        self.spread([lambda on, image=image: pull(on, image) for image in images])

    def prove(self, image):
        """That what can be pulled is what was pushed, byte by byte."""
        connection = self.connections[0]
        for digest, pull in [
            (Text(image.manifest).digest, lambda check: connection.pull_manifest(image, check)),
            *((blob.digest, lambda check, blob=blob: connection.pull_blob(image.repository, blob, check))
              for blob in image.blobs),
        ]:
            found = hashlib.sha256()
            pull(found.update)
            if f"sha256:{found.hexdigest()}" != digest:
                raise AssertionError(f"what was pulled of {image.repository}:{image.tag} is not {digest}")
