"""Images of registries that are not Longshore's own: behind TLS with an authority that the operator names, over plain
http where the operator allows it; and layers in zstd from Longshore's own."""

import base64
import http.server
import json
import shutil
import ssl
import threading
import uuid

import pytest
from longshore import Longshore, build_image, clean_environment, run

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Registry:
    """Serves one image of an OCI layout as `hello:1`, as much of OCI Distribution as a pull asks for; to those who
    log in with `login`, where one is given."""

    def __init__(self, layout, address, certificate=None, login=None):
        self.requests = []
        [descriptor] = json.loads((layout / "index.json").read_text())["manifests"]
        blobs = {f"sha256:{one.name}": one for one in (layout / "blobs/sha256").iterdir()}
        manifest = blobs[descriptor["digest"]].read_bytes()
        requests = self.requests

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                requests.append(self.path)
                if login and self.headers["Authorization"] != f"Basic {login}":
                    self.answer(401, b"{}", "application/json")
                    return
                kind, name = self.path.rsplit("/", 2)[1:]
                if self.path == "/v2/":
                    self.answer(200, b"{}", "application/json")
                elif kind == "manifests" and name in ("1", descriptor["digest"]):
                    self.answer(200, manifest, MANIFEST)
                elif kind == "blobs" and name in blobs:
                    self.answer(200, blobs[name].read_bytes(), "application/octet-stream")
                else:
                    self.answer(404, b"{}", "application/json")

            do_HEAD = do_GET

            def answer(self, status, body, media_type):
                self.send_response(status)
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="tests"')
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.image = f"{address}:{self.server.server_port}/hello:1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def layout(workplace):
    made = workplace / "layout-registries"
    build_image(made)
    return made


@pytest.fixture(scope="module")
def address(longshore):
    found = longshore.host_address()
    assert not found.startswith("127."), "loopback is always reached over plain http: this needs another address"
    return found


@pytest.fixture(scope="module")
def authority(workplace, address):
    """A certificate authority, and a certificate and key for the address."""
    folder = workplace / "authority"
    folder.mkdir()

    def openssl(*arguments):
        run("openssl", *arguments, cwd=folder, env=clean_environment())

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests")
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=registry")
    (folder / "names").write_text(f"subjectAltName=IP:{address}\n")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "certificate.pem", "-days", "2", "-extfile", "names")
    return folder


def outcome(instance, image):
    """The task of that image, ended."""
    instance.client("ecs").create_cluster(clusterName="registries")
    instance.register("pulled", image, logs=False, entryPoint=["sh", "-c"], command=["exit 7"])
    return instance.run_to_end("registries", "pulled")


def started(workplace, name, *options):
    instance = Longshore(workplace / name, options=options)
    instance.start()
    return instance


def end(instance):
    instance.stop_all_tasks()
    instance.stop()
    assert not instance.traces() and not instance.processes()


def test_a_registry_behind_tls_is_believed_by_the_authority_that_is_named(workplace, longshore, layout, address, authority):
    registry = Registry(layout, address, (authority / "certificate.pem", authority / "key.pem"))
    try:
        # The machine's own authorities do not know it.
        refused = outcome(longshore, registry.image)
        assert refused["stopCode"] == "TaskFailedToStart", refused
        assert refused["stoppedReason"].startswith("CannotPullContainerError: "), refused
        assert "certificate" in refused["stoppedReason"], refused
        assert registry.requests == []
        instance = started(workplace, "believes", "--registry-ca", str(authority / "ca.pem"))
        ran = outcome(instance, registry.image)
        assert ran["containers"][0]["exitCode"] == 7, ran
        assert any("/blobs/" in path for path in registry.requests)
        end(instance)
    finally:
        registry.stop()


def test_a_private_registry_is_logged_in_to_with_what_the_operator_gave(workplace, layout, address):
    login = base64.b64encode(b"someone:secret").decode()
    registry = Registry(layout, address, login=login)
    host = registry.image.split("/", 1)[0]
    given = workplace / "registry-auth.json"

    def give(**auths):
        given.write_text(json.dumps({"auths": auths}))
        given.chmod(0o600)

    try:
        give(elsewhere={"auth": login})
        instance = started(workplace, "private", "--insecure-registry", host, "--registry-auth", str(given))
        refused = outcome(instance, registry.image)
        assert refused["stoppedReason"].startswith("CannotPullContainerError: "), refused
        assert "secret" not in json.dumps(refused, default=str) and login not in json.dumps(refused, default=str)
        # It is read anew.
        give(**{host: {"auth": login}})
        ran = outcome(instance, registry.image)
        assert ran["containers"][0]["exitCode"] == 7, ran
        log = instance.log.read_text()
        assert "secret" not in log and login not in log
        end(instance)
    finally:
        registry.stop()


def test_a_registry_over_plain_http_must_be_named(workplace, longshore, layout, address):
    registry = Registry(layout, address)
    try:
        refused = outcome(longshore, registry.image)
        assert refused["stoppedReason"].startswith("CannotPullContainerError: "), refused
        assert registry.requests == []
        instance = started(workplace, "insecure", "--insecure-registry", registry.image.split("/")[0])
        ran = outcome(instance, registry.image)
        assert ran["containers"][0]["exitCode"] == 7, ran
        end(instance)
    finally:
        registry.stop()


def test_layers_in_zstd_are_pushed_and_run(longshore, cluster, layout, workplace):
    uri = longshore.client("ecr").create_repository(repositoryName="e2e/zstd")["repository"]["repositoryUri"]
    password = longshore.push(layout, f"{uri}:gzip")
    # skopeo compresses what is not compressed yet, and takes what it has ever pushed as it was: so this
    # layer is a new one.
    new, bundle, plain = (workplace / f"zstd-{part}" for part in ("layout", "bundle", "plain"))
    run("umoci", "init", "--layout", str(new))
    run("umoci", "new", "--image", f"{new}:latest")
    run("umoci", "unpack", "--image", f"{new}:latest", str(bundle))
    (bundle / "rootfs/bin").mkdir()
    shutil.copy(shutil.which("busybox"), bundle / "rootfs/bin/busybox")
    (bundle / "rootfs/bin/sh").symlink_to("busybox")
    (bundle / "rootfs/new").write_text(uuid.uuid4().hex)
    run("umoci", "repack", "--image", f"{new}:latest", str(bundle))
    run("skopeo", "copy", "--quiet", "--dest-decompress", f"oci:{new}:latest", f"dir:{plain}")
    run("skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", f"AWS:{password}",
        "--dest-compress-format", "zstd", f"dir:{plain}", f"docker://{uri}:zstd")
    [image] = longshore.client("ecr").batch_get_image(
        repositoryName="e2e/zstd", imageIds=[{"imageTag": "zstd"}])["images"]
    kinds = [layer["mediaType"] for layer in json.loads(image["imageManifest"])["layers"]]
    assert kinds and all(kind.endswith("tar+zstd") for kind in kinds), kinds
    longshore.register("zstd", f"{uri}:zstd", entryPoint=["sh", "-c"], command=["/bin/busybox cat /new"])
    task = longshore.run_to_end(cluster, "zstd")
    assert task["containers"][0]["exitCode"] == 0, task
    assert longshore.log_lines("zstd", task) == [(bundle / "rootfs/new").read_text()]
