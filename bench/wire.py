"""Requests as the stock SDK makes and signs them, as bytes, and a connection that sends such bytes.

Making and signing a request costs Python a millisecond, more than the server needs to answer it;
so it is done before anything is measured.
"""

import json
import socket

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from server import REGION

TIMEOUT_SECONDS = 30


class Signer:
    """Makes requests for one endpoint, and sends none."""

    def __init__(self, endpoint, keys):
        self.host = endpoint.removeprefix("http://")
        self.endpoint, self.keys = endpoint, keys
        self.clients, self.made = {}, None

    def client(self, service):
        if service not in self.clients:
            client = boto3.client(
                service, region_name=REGION, endpoint_url=self.endpoint,
                aws_access_key_id=self.keys["accessKeyId"],
                aws_secret_access_key=self.keys["secretAccessKey"],
                config=Config(retries={"max_attempts": 0}, parameter_validation=False),
            )
            client.meta.events.register("before-send", self.capture)
            self.clients[service] = client
        return self.clients[service]

    def capture(self, request, **_):
        def text(value):
            return value.decode("latin-1") if isinstance(value, bytes) else value

        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        head = [f"POST {request.url.removeprefix(self.endpoint) or '/'} HTTP/1.1", f"Host: {self.host}"]
        head += [f"{name}: {text(value)}" for name, value in request.headers.items() if name.lower() != "host"]
        self.made = "\r\n".join([*head, "", ""]).encode("latin-1") + body
        return AWSResponse(request.url, 200, {}, _Nothing())

    def request(self, service, operation, **parameters):
        """The bytes of a signed request."""
        getattr(self.client(service), operation)(**parameters)
        return self.made


class _Nothing:
    """The body of the answer that is never asked for."""

    def stream(self, *_, **__):
        return iter([b"{}"])


class Connection:
    """One kept connection; sends a request and reads its answer."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, request):
        """(status, document). What is answered must have a length."""
        self.socket.sendall(request)
        while b"\r\n\r\n" not in self.rest:
            self.receive()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = int(headers["content-length"])
        while len(self.rest) < length:
            self.receive()
        body, self.rest = self.rest[:length], self.rest[length:]
        return int(lines[0].split()[1]), json.loads(body or b"{}")

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            raise AssertionError("the server closed the connection")
        self.rest += part

    def close(self):
        self.socket.close()
