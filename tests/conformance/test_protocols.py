"""Every typed operation in every protocol of its service, with botocore as the other side.

Inputs: botocore's own serialisers write random valid inputs, which the echo server
(`crates/testkit/src/bin/echo.rs`, its path in LONGSHORE_ECHO) recognises, decodes, holds against
the model, and gives back in one canonical form. Outputs and errors: the echo server writes random
ones in the protocol at hand, and botocore's own parsers read them.

The operations come from models/*.operations, the protocols from botocore's models, the errors from
what the operations declare; the last test fails if any of these was not covered.
LONGSHORE_SEED repeats a run, LONGSHORE_CASES sets how many values each case tries.
"""

import http.client
import json
import os
import pathlib
import random
import subprocess

for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
    del os.environ[name]

import botocore.loaders
import botocore.exceptions
import botocore.model
import botocore.parsers
import botocore.serialize
import pytest
from botocore.awsrequest import AWSRequest
from shapes import Maker, canonical, sayable, to_json

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
SEED = int(os.environ.get("LONGSHORE_SEED", random.SystemRandom().randrange(2**32)))
CASES = int(os.environ.get("LONGSHORE_CASES", 25))
REQUEST_ID = "11111111-2222-4333-8444-555555555555"
CONTENT_TYPES = {
    "json": "application/x-amz-json-",
    "query": "text/xml",
    "ec2": "text/xml",
    "smithy-rpc-v2-cbor": "application/cbor",
}
XML = ("query", "ec2")
TIMEOUT_SECONDS = 30


LOADER = botocore.loaders.Loader()


def typed_operations():
    """The lines of models/*.operations, by service."""
    return {path.stem: path.read_text().split() for path in sorted(MODELS.glob("*.operations"))}


RAW = {service: LOADER.load_service_model(service, "service-2") for service in typed_operations()}
SERVICES = {service: botocore.model.ServiceModel(model, service) for service, model in RAW.items()}


def protocols(service):
    metadata = SERVICES[service].metadata
    return metadata.get("protocols") or [metadata["protocol"]]


OPERATIONS = [
    (service, protocol, operation)
    for service, operations in typed_operations().items()
    for protocol in protocols(service)
    for operation in operations
]
ERRORS = [
    (service, protocol, operation, error.name)
    for service, protocol, operation in OPERATIONS
    for error in SERVICES[service].operation_model(operation).error_shapes
]
COVERED = {"inputs": set(), "outputs": set(), "errors": set()}


class Echo:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        host, port = self.process.stdout.readline().strip().rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=TIMEOUT_SECONDS)

    def post(self, path, headers, body):
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return {"status_code": response.status, "headers": headers, "body": answer, "context": {}}

    def encoded(self, kind, service, protocol, operation, body, **more):
        headers = {
            "x-echo-kind": kind,
            "x-echo-service": str(SERVICES[service].service_id),
            "x-echo-protocol": protocol,
            "x-echo-operation": operation,
            **more,
        }
        answer = self.post("/", headers, json.dumps(body).encode())
        assert answer["headers"]["content-type"].startswith(CONTENT_TYPES[protocol]), answer
        return answer

    def close(self):
        self.connection.close()
        self.process.stdin.close()
        assert self.process.wait(TIMEOUT_SECONDS) == 0


@pytest.fixture(scope="module")
def echo():
    it = Echo(os.environ["LONGSHORE_ECHO"])
    yield it
    it.close()


def makers(name, protocol, obedient, xml):
    """All members there, only the required, and then as chance has it. Prints what repeats it."""
    print(f"LONGSHORE_SEED={SEED}")
    rng = random.Random(f"{SEED} {name}")
    for case in range(CASES):
        present = (1, 0, 0.7, 0.3)[min(case, 2 + case % 2)]
        yield Maker(rng, present, obedient, xml)


@pytest.mark.parametrize("service, protocol, operation", OPERATIONS)
def test_inputs(echo, service, protocol, operation):
    model = SERVICES[service].operation_model(operation)
    serializer = botocore.serialize.create_serializer(protocol)
    for maker in makers(f"input {service} {protocol} {operation}", protocol, obedient=True, xml=False):
        value = maker.make(model.input_shape) if model.input_shape else {}
        request = serializer.serialize_to_request(value, model)
        prepared = AWSRequest(
            method=request["method"],
            url="http://localhost" + request["url_path"],
            headers=request["headers"],
            data=request["body"],
        ).prepare()
        assert prepared.method == "POST"
        answer = echo.post(request["url_path"], dict(prepared.headers.items()), prepared.body)
        assert answer["status_code"] == 200, (answer, value)
        answer = json.loads(answer["body"])
        assert answer["service"] == SERVICES[service].service_id
        assert answer["operation"] == operation
        assert answer["protocol"] == protocol
        if model.input_shape is None:
            assert answer["input"] == {} and answer["violations"] is None
            continue
        said = sayable(value, model.input_shape, protocol)
        assert canonical(answer["input"], model.input_shape) == canonical(said, model.input_shape)
        # What could not be said may be missed.
        if said == value:
            assert answer["violations"] is None, value
    COVERED["inputs"].add((service, protocol, operation))


@pytest.mark.parametrize("service, protocol, operation", OPERATIONS)
def test_outputs(echo, service, protocol, operation):
    shape = SERVICES[service].operation_model(operation).output_shape
    if SERVICES[service].operation_model(operation).has_event_stream_output:
        check_events(echo, service, protocol, operation)
        COVERED["outputs"].add((service, protocol, operation))
        return
    parser = botocore.parsers.create_parser(protocol)
    for maker in makers(f"output {service} {protocol} {operation}", protocol, obedient=False, xml=protocol in XML):
        value = maker.make(shape) if shape else {}
        answer = echo.encoded("output", service, protocol, operation, to_json(value, shape) if shape else {})
        assert answer["status_code"] == 200, (answer, value)
        parsed = parser.parse(answer, shape)
        metadata = parsed.pop("ResponseMetadata")
        if protocol in XML:
            assert metadata["RequestId"] == REQUEST_ID
        if protocol == "smithy-rpc-v2-cbor":
            assert answer["headers"]["smithy-protocol"] == "rpc-v2-cbor"
        if shape:
            assert canonical(parsed, shape) == canonical(value, shape)
        else:
            assert parsed == {}
    COVERED["outputs"].add((service, protocol, operation))


class Stream:
    """A body that is read as it comes, in small pieces."""

    def __init__(self, body):
        self.body = body

    def stream(self):
        for start in range(0, len(self.body), 7):
            yield self.body[start:start + 7]

    def close(self):
        pass


def check_events(echo, service, protocol, operation):
    """Every event of an event stream, as botocore's parser reads it after the initial response."""
    model = SERVICES[service].operation_model(operation)
    stream = model.get_event_stream_output()
    (member,) = [name for name, shape in model.output_shape.members.items() if shape.name == stream.name]
    parser = botocore.parsers.create_parser(protocol)
    for name, shape in stream.members.items():
        for maker in makers(f"event {service} {operation} {name}", protocol, obedient=False, xml=False):
            value = maker.make(shape)
            answer = echo.post("/", {
                "x-echo-kind": "event",
                "x-echo-service": str(SERVICES[service].service_id),
                "x-echo-protocol": protocol,
                "x-echo-operation": operation,
                "x-echo-shape": stream.name,
            }, json.dumps({name: to_json(value, shape)}).encode())
            assert answer["headers"]["content-type"] == "application/vnd.amazon.eventstream", answer
            parsed = parser.parse({**answer, "body": Stream(answer["body"])}, model.output_shape)
            if shape.metadata.get("exception"):
                with pytest.raises(botocore.exceptions.EventStreamError) as refused:
                    list(parsed[member])
                error = refused.value.response["Error"]
                assert error == {"Code": name, "Message": value.get("message", "")}
                continue
            (event,) = parsed[member]
            assert list(event) == [name]
            assert canonical(event[name], shape) == canonical(value, shape)


def parsed_error(answer, service, protocol, operation):
    """What a botocore client makes of an error: see botocore.endpoint.Endpoint._do_get_response."""
    model = SERVICES[service]
    parser = botocore.parsers.create_parser(protocol)
    parsed = parser.parse(answer, model.operation_model(operation).output_shape)
    shape = model.shape_for_error_code(parsed["Error"]["Code"])
    if shape is not None:
        parsed["members"] = parser.parse(answer, shape)
    return parsed


def status_of(service, error):
    """The model's own status, else the one that its fault means."""
    shape = RAW[service]["shapes"][error]
    return shape.get("error", {}).get("httpStatusCode") or (500 if shape.get("fault") else 400)


def check_fault(parsed, service, protocol, status):
    fault = "Sender" if status < 500 else "Receiver"
    if protocol == "query" or (SERVICES[service].is_query_compatible and protocol not in XML):
        assert parsed["Error"]["Type"] == fault
    if protocol in XML:
        assert parsed["ResponseMetadata"]["RequestId"] == REQUEST_ID


@pytest.mark.parametrize("service, protocol, operation, error", ERRORS)
def test_errors(echo, service, protocol, operation, error):
    shape = SERVICES[service].shape_for(error)
    # The models name it in two ways, and those of some services not at all.
    message_name = next((name for name in shape.members if name.lower() == "message"), None)
    for maker in makers(f"error {service} {protocol} {operation} {error}", protocol, obedient=False, xml=protocol in XML):
        value = maker.make(shape)
        message = value[message_name] if value.get(message_name) else "m" + maker.make_string(TEXT, ())
        if message_name:
            value[message_name] = message
        body = {**to_json(value, shape), message_name or "message": message}
        answer = echo.encoded("error", service, protocol, operation, body, **{"x-echo-shape": error})
        status = status_of(service, error)
        assert answer["status_code"] == status, answer
        parsed = parsed_error(answer, service, protocol, operation)
        assert parsed["Error"]["Code"] == shape.error_code
        assert parsed["Error"]["Message"] == message
        check_fault(parsed, service, protocol, status)
        if SERVICES[service].is_query_compatible and protocol not in XML:
            assert parsed["Error"]["QueryErrorCode"] == error
        if protocol in XML and message_name == "message":
            # XML has it as Message, which botocore does not take for the member; AWS does the same.
            del value[message_name]
        assert canonical(parsed["members"], shape) == canonical(value, shape)
    COVERED["errors"].add((service, protocol, operation, error))


TEXT = botocore.model.StringShape("Text", {"type": "string"})


@pytest.mark.parametrize("service, protocol", sorted({case[:2] for case in OPERATIONS}))
def test_undeclared_errors(echo, service, protocol):
    operation = typed_operations()[service][0]
    for maker in makers(f"undeclared {service} {protocol}", protocol, obedient=False, xml=protocol in XML):
        message = "m" + maker.make_string(TEXT, ())
        code = "InvalidVpcID.NotFound"
        answer = echo.encoded(
            "error", service, protocol, operation, {"message": message}, **{"x-echo-code": code}
        )
        assert answer["status_code"] == 400
        parsed = parsed_error(answer, service, protocol, operation)
        assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == (code, message)
        check_fault(parsed, service, protocol, 400)


def test_the_models_agree_on_protocols():
    for service in SERVICES:
        model = json.loads((MODELS / f"{service}.json").read_text())
        assert sorted(model["metadata"]["protocols"]) == sorted(protocols(service)), service
        known = set(model["operations"])
        assert known == set(typed_operations()[service]), service


def test_everything_is_covered():
    """Stands last: what the tests above went through, against the lists themselves."""
    listed = {
        (path.stem, line)
        for path in MODELS.glob("*.operations")
        for line in path.read_text().splitlines()
        if line.strip()
    }
    assert listed and {path.stem for path in MODELS.glob("*.json")} == {service for service, _ in listed}
    for direction in ("inputs", "outputs"):
        missing = {
            (service, protocol, operation)
            for service, operation in listed
            for protocol in protocols(service)
        } - COVERED[direction]
        assert not missing, f"{direction} not covered: {sorted(missing)}"
    missing = set(ERRORS) - COVERED["errors"]
    assert ERRORS and not missing, f"errors not covered: {sorted(missing)}"
