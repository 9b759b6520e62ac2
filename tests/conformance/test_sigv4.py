"""Signature Version 4 with botocore as the signer.

Every request is signed by botocore's own signers, put on a wire of text as Python's HTTP client
would put it, and verified by `crates/testkit/src/bin/verify.rs`, whose path is in
LONGSHORE_VERIFY. Good requests must be accepted; the same with any one part changed must not be.
"""

import calendar
import datetime
import json
import os
import random
import subprocess
from urllib.parse import quote, urlsplit

import botocore.auth
import botocore.compat
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
    del os.environ[name]

LONG_TERM = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials("ASIAIOSFODNN7EXAMPLE", "temp/secret+0", "to/ken+with=every&thing%20" * 4)
UNKNOWN = Credentials("AKIAUNKNOWNUNKNOWN00", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
HOST = "localhost:4566"
SEED = int(os.environ.get("LONGSHORE_SEED", random.SystemRandom().randrange(2**32)))

JSON_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.RunTask",
}


class Verifier:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        keys = [
            {"id": key.access_key, "secret": key.secret_key, "token": key.token}
            for key in (LONG_TERM, TEMPORARY)
        ]
        self.process.stdin.write(json.dumps({"keys": keys}) + "\n")

    def ask(self, wire, now, service):
        line = {**wire, "service": service, "now_ms": int(now * 1000)}
        line["headers"] = [[name, value.hex()] for name, value in wire["headers"]]
        line["body"] = wire["body"].hex()
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the verifier has ended"
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0


@pytest.fixture(scope="module")
def verifier():
    print(f"LONGSHORE_SEED={SEED}")
    it = Verifier(os.environ["LONGSHORE_VERIFY"])
    yield it
    it.close()


def wire_of(request):
    """The request as bytes on the wire, as botocore's HTTP session sends it."""
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    body = prepared.body or b""
    # prepare() folds headers of one name into the last; the wire can carry all of them.
    given = list(request.headers.items())
    names = {name.lower() for name, _ in given}
    given += [pair for pair in prepared.headers.items() if pair[0].lower() not in names]
    headers = []
    for name, value in given:
        value = value if isinstance(value, bytes) else value.encode()
        headers.append((name, value))
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(("Host", parts.netloc.encode()))
    return {
        "method": prepared.method,
        "path": parts.path or "/",
        "query": parts.query or None,
        "headers": headers,
        "body": body.encode() if isinstance(body, str) else body,
    }


def sign(
    service="ecs",
    method="POST",
    path="/",
    query="",
    headers=None,
    body=b"{}",
    credentials=LONG_TERM,
    signer=botocore.auth.SigV4Auth,
    context=None,
    region="us-east-1",
    scheme="http",
    **options,
):
    url = f"{scheme}://{HOST}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in (headers or {}).items():
        for one in value if isinstance(value, list) else [value]:
            request.headers.add_header(name, one)
    request.context.update(context or {})
    signer(credentials, service, region, **options).add_auth(request)
    stamp = request.context["timestamp"]
    now = calendar.timegm(datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").timetuple())
    return wire_of(request), now


def accepted(answer, service="ecs", region="us-east-1"):
    assert "code" not in answer, answer
    assert (answer["service"], answer["region"]) == (service, region)


PATHS = [
    "/",
    "",
    "//",
    "/a//b/./c/../d/",
    "/service/GraniteServiceVersion20100801/operation/PutMetricData",
    "/" + quote("a b/ü/%/+/=&?#é", safe="/"),
    "/%7Ea/%2F/~-._",
    "/a:b@c!$&'()*+,;=",
    "/..",
    "/a/..//",
]

QUERIES = [
    "",
    "b=2&a=1",
    "a=2&a=1&a=",
    "novalue",
    "a=%20%2B%2F&%C3%BC=%E1%88%B4",
    "a=b/c:d",
    "a=x+y",
    "a=x=y=",
    "=empty",
    "%7E=~",
    "A=1&a=1&_=1&-=1",
]

HEADERS = [
    JSON_HEADERS,
    {"X-Amz-Meta": "  many   spaces\tand tabs  "},
    {"X-Amz-Meta": ["one", "two ", "  three"]},
    {"My-Header": "a, b,c", "my-other": ""},
    {"X-Amz-Meta": '"quoted   text"'},
    {"X-Amz-Meta": "üñí \u1234"},
    {"Content-Length": "2", "User-Agent": "not signed", "Expect": "100-continue"},
    {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
]


@pytest.mark.parametrize("path", PATHS)
def test_paths(verifier, path):
    accepted(verifier.ask(*sign(path=path), "ecs"))


@pytest.mark.parametrize("query", QUERIES)
def test_queries(verifier, query):
    accepted(verifier.ask(*sign(method="GET", query=query, body=b""), "ecs"))


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: ",".join(headers))
def test_headers(verifier, headers):
    accepted(verifier.ask(*sign(headers=headers), "ecs"))


@pytest.mark.parametrize("service", ["ecs", "ecr", "logs", "sts", "iam", "ec2", "monitoring"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
@pytest.mark.parametrize("credentials", [LONG_TERM, TEMPORARY], ids=["long-term", "session-token"])
def test_services(verifier, service, region, credentials):
    wire, now = sign(service=service, region=region, credentials=credentials, headers=JSON_HEADERS)
    accepted(verifier.ask(wire, now, service), service, region)


@pytest.mark.parametrize("body", [b"", b"{}", bytes(range(256)) * 100], ids=len)
def test_bodies(verifier, body):
    accepted(verifier.ask(*sign(body=body), "ecs"))


@pytest.mark.parametrize("credentials", [LONG_TERM, TEMPORARY], ids=["long-term", "session-token"])
@pytest.mark.parametrize("query", ["", "Action=GetCallerIdentity&Version=2011-06-15", "a=%20b&c=%2F"])
def test_presigned(verifier, credentials, query):
    wire, now = sign(
        service="sts",
        method="GET",
        query=query,
        body=b"",
        credentials=credentials,
        signer=botocore.auth.SigV4QueryAuth,
        expires=600,
    )
    accepted(verifier.ask(wire, now, "sts"), "sts")
    accepted(verifier.ask(wire, now + 600, "sts"), "sts")
    assert verifier.ask(wire, now + 601, "sts")["code"] == "SignatureDoesNotMatch"
    wire["query"] = wire["query"].replace("X-Amz-Expires=600", "X-Amz-Expires=601")
    assert verifier.ask(wire, now, "sts")["code"] == "SignatureDoesNotMatch"


def test_presigned_for_more_than_a_week(verifier):
    for expires, code in [(604800, None), (604801, "IncompleteSignature")]:
        wire, now = sign(
            service="sts",
            method="GET",
            body=b"",
            signer=botocore.auth.SigV4QueryAuth,
            expires=expires,
        )
        assert verifier.ask(wire, now, "sts").get("code") == code


def test_s3_signs_paths_as_they_are_and_may_leave_the_body_unsigned(verifier):
    for path in ["/bucket//key/../x", "/bucket/a%20b%2Fc"]:
        wire, now = sign(service="s3", method="PUT", path=path, signer=botocore.auth.S3SigV4Auth)
        accepted(verifier.ask(wire, now, "s3"), "s3")
        wire, now = sign(
            service="s3",
            method="PUT",
            path=path,
            body=b"",
            signer=botocore.auth.S3SigV4QueryAuth,
            expires=60,
        )
        accepted(verifier.ask(wire, now, "s3"), "s3")


def test_only_s3_takes_an_unsigned_body(verifier):
    unsigned = {"payload_signing_enabled": False}
    for service, code in [("s3", None), ("ecs", "InvalidSignatureException")]:
        # botocore leaves a body unsigned over TLS only.
        wire, now = sign(service=service, context=unsigned, scheme="https")
        assert dict(wire["headers"])["X-Amz-Content-SHA256"] == b"UNSIGNED-PAYLOAD"
        assert verifier.ask(wire, now, service).get("code") == code


def test_the_agents_websocket(verifier):
    """The Go SDK signs %20 where the ECS agent then sends a plus sign."""
    signed = "agentVersion=1.105.1&dockerVersion=DockerVersion%3A%2020.10.24%2Bdfsg1&seqNum=1"
    wire, now = sign(method="GET", path="/acs/ws", query=signed, body=b"")
    wire["query"] = signed.replace("%20", "+")
    wire["headers"] += [("Connection", b"Upgrade"), ("Upgrade", b"websocket"), ("Sec-WebSocket-Version", b"13")]
    accepted(verifier.ask(wire, now, "ecs"))


@pytest.mark.parametrize(
    "service, minutes, code",
    [
        ("ecs", 5, "InvalidSignatureException"),
        ("ecr", 15, "InvalidSignatureException"),
        ("sts", 15, "SignatureDoesNotMatch"),
        ("ec2", 15, "RequestExpired"),
    ],
)
def test_clocks(verifier, service, minutes, code):
    wire, now = sign(service=service)
    for offset in (-minutes * 60, 0, minutes * 60):
        accepted(verifier.ask(wire, now + offset, service), service)
    late = verifier.ask(wire, now + minutes * 60 + 1, service)
    early = verifier.ask(wire, now - minutes * 60 - 1, service)
    assert (late["code"], early["code"]) == (code, code)
    if service != "ec2":
        assert late["message"].startswith("Signature expired: ")
        assert late["message"].endswith(f" - {minutes} min.)")
        assert early["message"].startswith("Signature not yet current: ")


@pytest.mark.parametrize(
    "service, code, status",
    [
        ("ecs", "UnrecognizedClientException", 400),
        ("ecr", "UnrecognizedClientException", 400),
        ("logs", "UnrecognizedClientException", 400),
        ("sts", "InvalidClientTokenId", 403),
        ("iam", "InvalidClientTokenId", 403),
        ("ec2", "AuthFailure", 401),
    ],
)
def test_unknown_keys_and_wrong_tokens(verifier, service, code, status):
    strange_token = Credentials(TEMPORARY.access_key, TEMPORARY.secret_key, "another")
    no_token = Credentials(TEMPORARY.access_key, TEMPORARY.secret_key)
    needless_token = Credentials(LONG_TERM.access_key, LONG_TERM.secret_key, "token")
    for credentials in (UNKNOWN, strange_token, no_token, needless_token):
        answer = verifier.ask(*sign(service=service, credentials=credentials), service)
        assert (answer["code"], answer["status"]) == (code, status), answer


def flipped(text):
    """Changes one letter or digit of a text."""
    places = [index for index, letter in enumerate(text) if letter.isalnum()]
    index = RANDOM.choice(places)
    return text[:index] + ("a" if text[index] != "a" else "b") + text[index + 1 :]


RANDOM = random.Random(SEED)


@pytest.mark.parametrize("turn", range(20))
def test_tampering_with_any_part_is_refused(verifier, turn):
    credentials = RANDOM.choice([LONG_TERM, TEMPORARY])
    path, query = RANDOM.choice(PATHS[4:7]), RANDOM.choice(QUERIES[1:7])
    headers = {**JSON_HEADERS, "X-Amz-Meta": ["one", "two"]}
    wire, now = sign(path=path, query=query, headers=headers, credentials=credentials)
    accepted(verifier.ask(wire, now, "ecs"))

    def refused(what, **changed):
        answer = verifier.ask({**wire, **changed}, now, "ecs")
        assert "code" in answer, f"{what} was changed, and the request was accepted: {changed}"

    refused("method", method="GET")
    refused("path", path=wire["path"] + "x")
    refused("path", path=flipped(wire["path"]))
    refused("query", query=wire["query"] + "&more=1")
    refused("query", query=flipped(wire["query"]))
    refused("query", query=None)
    refused("body", body=wire["body"] + b" ")
    refused("body", body=b"")
    authorization = dict(wire["headers"])["Authorization"].decode()
    signed = set(authorization.split("SignedHeaders=")[1].split(",")[0].split(";"))
    assert {"host", "x-amz-date", "x-amz-target", "content-type", "x-amz-meta"} <= signed
    for index, (name, value) in enumerate(wire["headers"]):
        if name.lower() not in signed | {"authorization"}:
            continue
        others = wire["headers"][:index] + wire["headers"][index + 1 :]
        refused(f"{name} removed", headers=others)
        refused(f"{name} added to", headers=others + [(name, value), (name, b"more")])
        if name.lower() == "authorization":
            # Each part of it by itself; the random letter may also fall on a word's name.
            for part in value.decode().replace("=", "/").replace(",", "/").replace(" ", "/").split("/"):
                if part not in ("", "Credential", "SignedHeaders", "Signature"):
                    text = value.decode().replace(part, flipped(part), 1)
                    refused(f"{name}: {part}", headers=others + [(name, text.encode())])
        else:
            refused(name, headers=others + [(name, flipped(value.decode()).encode())])
    lines = [pair for pair in wire["headers"] if pair[0] == "X-Amz-Meta"]
    rest = [pair for pair in wire["headers"] if pair[0] != "X-Amz-Meta"]
    assert len(lines) == 2
    refused("order of equal headers", headers=rest + lines[::-1])


@pytest.mark.parametrize("turn", range(50))
def test_random_requests(verifier, turn):
    letters = "abcXYZ019-._~ %+/&=?#:@!$'()*,;\u00fc\u1234"

    def text(most):
        return "".join(RANDOM.choice(letters) for _ in range(RANDOM.randrange(most)))

    path = "/" + "/".join(quote(text(8), safe="") for _ in range(RANDOM.randrange(4)))
    query = "&".join(f"{quote(text(6), safe='')}={quote(text(6), safe='')}" for _ in range(RANDOM.randrange(5)))
    headers = {f"X-Amz-H{index}": text(12).encode("ascii", "ignore").decode() for index in range(3)}
    body = RANDOM.randbytes(RANDOM.randrange(100))
    wire, now = sign(path=path, query=query, headers=headers, body=body)
    answer = verifier.ask(wire, now, "ecs")
    assert "code" not in answer, (SEED, wire, answer)
