"""Images pushed and pulled by ECR's API alone, by OCI clients, and one by the other."""

import base64
import hashlib
import http.client
import json
import urllib.error
import urllib.request

import pytest
from longshore import build_image, clean_environment, error_of, run

PART_BYTES = 5 * 1024 * 1024


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def blob(layout, digest):
    return (layout / "blobs" / digest.replace(":", "/")).read_bytes()


@pytest.fixture(scope="module")
def ecr(longshore):
    return longshore.client("ecr")


@pytest.fixture(scope="module")
def layout(longshore, workplace):
    """The sample image as an OCI layout, with its manifest."""
    folder = workplace / "layout-registry"
    build_image(folder)
    index = json.loads((folder / "index.json").read_text())
    manifest = blob(folder, index["manifests"][0]["digest"])
    return folder, manifest, json.loads(manifest)


def upload(ecr, name, content, part=PART_BYTES):
    upload_id = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
    for first in range(0, len(content), part):
        piece = content[first:first + part]
        last = first + len(piece) - 1
        answer = ecr.upload_layer_part(repositoryName=name, uploadId=upload_id, partFirstByte=first,
                                       partLastByte=last, layerPartBlob=piece)
        assert answer["lastByteReceived"] == last
    return ecr.complete_layer_upload(repositoryName=name, uploadId=upload_id,
                                     layerDigests=[digest_of(content)])["layerDigest"]


def push(ecr, name, layout, **options):
    folder, manifest, parsed = layout
    for one in [parsed["config"], *parsed["layers"]]:
        known = ecr.batch_check_layer_availability(repositoryName=name, layerDigests=[one["digest"]])
        if known["layers"][0]["layerAvailability"] == "UNAVAILABLE":
            upload(ecr, name, blob(folder, one["digest"]))
    return ecr.put_image(repositoryName=name, imageManifest=manifest.decode(),
                         imageManifestMediaType=parsed.get("mediaType", "application/vnd.oci.image.manifest.v1+json"),
                         **options)["image"]


def password(longshore):
    token = longshore.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return base64.b64decode(token).decode()


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as response:
        return response.status, response.read()


def test_pushed_by_the_api_and_pulled_by_skopeo(longshore, ecr, layout, workplace):
    uri = ecr.create_repository(repositoryName="api/pushed")["repository"]["repositoryUri"]
    image = push(ecr, "api/pushed", layout, imageTag="1")
    assert image["imageId"] == {"imageDigest": digest_of(layout[1]), "imageTag": "1"}
    run("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--src-creds", password(longshore),
        f"docker://{uri}:1", f"oci:{workplace}/pulled:latest", env=clean_environment())
    pulled = json.loads((workplace / "pulled/index.json").read_text())["manifests"][0]["digest"]
    assert blob(workplace / "pulled", pulled) == layout[1]
    again = error_of(lambda: push(ecr, "api/pushed", layout, imageTag="1"))
    account = longshore.client("sts").get_caller_identity()["Account"]
    assert again == ("ImageAlreadyExistsException",
                     f"Image with digest '{digest_of(layout[1])}' and tag '1' already exists in the repository"
                     f" with name 'api/pushed' in registry with id '{account}'")


def test_pushed_by_skopeo_and_pulled_by_the_api(longshore, ecr, layout, workplace):
    uri = ecr.create_repository(repositoryName="api/pulled")["repository"]["repositoryUri"]
    folder, manifest, parsed = layout
    longshore.push(folder, f"{uri}:2")
    answer = ecr.batch_get_image(
        repositoryName="api/pulled", imageIds=[{"imageTag": "2"}, {"imageTag": "none"}, {"imageDigest": "sha1:00"}],
        acceptedMediaTypes=["application/vnd.oci.image.manifest.v1+json"])
    assert [one["imageManifest"] for one in answer["images"]] == [manifest.decode()]
    assert [one["failureCode"] for one in answer["failures"]] == ["ImageNotFound", "InvalidImageDigest"]
    other = ecr.batch_get_image(repositoryName="api/pulled", imageIds=[{"imageTag": "2"}],
                                acceptedMediaTypes=["application/vnd.oci.image.index.v1+json"])
    assert not other["images"] and len(other["failures"]) == 1
    for one in [parsed["config"], *parsed["layers"]]:
        url = ecr.get_download_url_for_layer(repositoryName="api/pulled", layerDigest=one["digest"])["downloadUrl"]
        assert get(url) == (200, blob(folder, one["digest"]))
        assert get(url, {"Range": "bytes=1-2"}) == (206, blob(folder, one["digest"])[1:3])
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(url[:-4] + "AAAA")
        assert refused.value.code == 403
    code, _ = error_of(lambda: ecr.get_download_url_for_layer(
        repositoryName="api/pulled", layerDigest=digest_of(b"none")))
    assert code == "LayersNotFoundException"


def test_uploads_in_parts_that_are_wrong(ecr):
    name = "api/parts"
    ecr.create_repository(repositoryName=name)

    def begin():
        return {"repositoryName": name, "uploadId": ecr.initiate_layer_upload(repositoryName=name)["uploadId"]}

    def part(upload, first, content, last=None):
        last = first + len(content) - 1 if last is None else last
        return ecr.upload_layer_part(**upload, partFirstByte=first, partLastByte=last, layerPartBlob=content)

    def complete(upload, content):
        return ecr.complete_layer_upload(**upload, layerDigests=[digest_of(content)])

    one = begin()
    assert error_of(lambda: complete(one, b""))[0] == "EmptyUploadException"
    part(one, 0, b"short")
    assert error_of(lambda: part(one, 9, b"more"))[0] == "InvalidLayerPartException"
    assert error_of(lambda: part(one, 5, b"more", 99))[0] == "InvalidLayerPartException"
    part(one, 5, b"more")
    assert error_of(lambda: complete(one, b"shortmore")) == (
        "LayerPartTooSmallException", "All layer parts except the last part should be at least 5MB")
    two = begin()
    part(two, 0, b"content")
    assert error_of(lambda: complete(two, b"other"))[0] == "InvalidLayerException"
    assert error_of(lambda: complete(two, b"content"))[0] == "UploadNotFoundException"
    big = bytes(range(256)) * (PART_BYTES // 256) + b"end"
    assert upload(ecr, name, big) == digest_of(big)
    assert error_of(lambda: upload(ecr, name, big))[0] == "LayerAlreadyExistsException"
    layers = ecr.batch_check_layer_availability(
        repositoryName=name, layerDigests=[digest_of(big), digest_of(b"none"), "sha256:00"])
    assert [(one["layerAvailability"], one.get("layerSize")) for one in layers["layers"]] == [
        ("AVAILABLE", len(big)), ("UNAVAILABLE", None)]
    assert [one["failureCode"] for one in layers["failures"]] == ["InvalidLayerDigest"]


def test_images_that_are_refused(ecr, layout):
    name = "api/refused"
    ecr.create_repository(repositoryName=name)
    _, manifest, parsed = layout
    put = {"repositoryName": name, "imageManifest": manifest.decode()}
    of_image = "application/vnd.oci.image.manifest.v1+json"
    missing = error_of(lambda: ecr.put_image(**put, imageManifestMediaType=of_image))
    assert missing[0] == "LayersNotFoundException" and parsed["config"]["digest"] in missing[1]
    kind = "application/vnd.oci.image.index.v1+json"
    assert error_of(lambda: ecr.put_image(**put, imageManifestMediaType=kind))[0] == "InvalidParameterException"
    wrong = digest_of(b"wrong")
    assert error_of(lambda: ecr.put_image(**put, imageDigest=wrong))[0] == "ImageDigestDoesNotMatchException"
    index = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": wrong, "size": 5}]})
    missing = error_of(lambda: ecr.put_image(repositoryName=name, imageManifest=index))
    assert missing[0] == "ReferencedImagesNotFoundException" and wrong in missing[1]


def test_images_are_deleted_by_tag_and_by_digest(ecr, layout):
    name = "api/deleted"
    ecr.create_repository(repositoryName=name)
    digest = push(ecr, name, layout, imageTag="1")["imageId"]["imageDigest"]
    push(ecr, name, layout, imageTag="2")
    answer = ecr.batch_delete_image(repositoryName=name, imageIds=[
        {"imageTag": "1"}, {"imageTag": "none"}, {"imageTag": "2", "imageDigest": digest_of(b"other")}])
    assert answer["imageIds"] == [{"imageTag": "1", "imageDigest": digest}]
    assert [one["failureCode"] for one in answer["failures"]] == ["ImageNotFound", "ImageTagDoesNotMatchDigest"]
    listed = ecr.list_images(repositoryName=name)["imageIds"]
    assert listed == [{"imageTag": "2", "imageDigest": digest}]
    ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "2"}])
    assert ecr.list_images(repositoryName=name)["imageIds"] == [], "an image goes with its last tag"
    push(ecr, name, layout, imageTag="3")
    answer = ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageDigest": digest}])
    assert answer["imageIds"] == [{"imageTag": "3", "imageDigest": digest}] and not answer["failures"]


def test_tags_that_do_not_move_and_their_exceptions(ecr, layout):
    name = "api/immutable"
    made = ecr.create_repository(
        repositoryName=name, imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev-*"}])["repository"]
    assert made["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    folder, manifest, parsed = layout
    other = json.dumps({**parsed, "annotations": {"other": "image"}}).encode()
    for tag in ["v1", "dev-1"]:
        push(ecr, name, layout, imageTag=tag)
    ecr.put_image(repositoryName=name, imageManifest=other.decode(), imageTag="dev-1",
                  imageManifestMediaType="application/vnd.oci.image.manifest.v1+json")

    def move():
        return ecr.put_image(repositoryName=name, imageManifest=other.decode(), imageTag="v1",
                             imageManifestMediaType="application/vnd.oci.image.manifest.v1+json")

    assert error_of(move)[0] == "ImageTagAlreadyExistsException"
    code, _ = error_of(lambda: ecr.put_image_tag_mutability(
        repositoryName=name, imageTagMutability="MUTABLE",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "v*"}]))
    assert code == "InvalidParameterException"
    answer = ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="MUTABLE")
    assert answer["imageTagMutability"] == "MUTABLE" and answer["repositoryName"] == name
    assert move()["image"]["imageId"]["imageTag"] == "v1"


def test_repositories_are_tagged_and_deleted(longshore, ecr, layout):
    made = ecr.create_repository(repositoryName="api/gone", tags=[{"Key": "a", "Value": "1"}])["repository"]
    arn = made["repositoryArn"]
    longshore.aws("ecr", "tag-resource", "--resource-arn", arn, "--tags", "Key=b,Value=2", "Key=c,Value=3")
    longshore.aws("ecr", "untag-resource", "--resource-arn", arn, "--tag-keys", "a", "c")
    assert longshore.aws("ecr", "list-tags-for-resource", "--resource-arn", arn)["tags"] == [
        {"Key": "b", "Value": "2"}]
    code, _ = error_of(lambda: ecr.list_tags_for_resource(resourceArn="arn:aws:ecr:us-east-1:1:x"))
    assert code == "InvalidParameterException"
    push(ecr, "api/gone", layout, imageTag="1")
    code, message = error_of(lambda: ecr.delete_repository(repositoryName="api/gone"))
    assert code == "RepositoryNotEmptyException" and message.endswith("because it still contains images")
    gone = ecr.delete_repository(repositoryName="api/gone", force=True)["repository"]
    assert gone["repositoryArn"] == arn
    assert error_of(lambda: ecr.list_images(repositoryName="api/gone"))[0] == "RepositoryNotFoundException"
    ecr.create_repository(repositoryName="api/gone")
    assert ecr.list_images(repositoryName="api/gone")["imageIds"] == []
    assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == []
    config = layout[2]["config"]["digest"]
    layers = ecr.batch_check_layer_availability(repositoryName="api/gone", layerDigests=[config])["layers"]
    assert layers[0]["layerAvailability"] == "UNAVAILABLE", "nothing of the old one is found"
    ecr.delete_repository(repositoryName="api/gone", registryId=gone["registryId"])
    unknown = "00000000-0000-4000-8000-000000000000"
    for call, options in [
        (ecr.delete_repository, {}), (ecr.initiate_layer_upload, {}),
        (ecr.put_image_tag_mutability, {"imageTagMutability": "MUTABLE"}),
        (ecr.batch_get_image, {"imageIds": [{"imageTag": "1"}]}),
        (ecr.batch_delete_image, {"imageIds": [{"imageTag": "1"}]}),
        (ecr.batch_check_layer_availability, {"layerDigests": [config]}),
        (ecr.get_download_url_for_layer, {"layerDigest": config}),
        (ecr.put_image, {"imageManifest": "{}"}),
        (ecr.complete_layer_upload, {"uploadId": unknown, "layerDigests": [config]}),
        (ecr.upload_layer_part, {"uploadId": unknown, "partFirstByte": 0, "partLastByte": 0, "layerPartBlob": b"x"}),
    ]:
        assert error_of(lambda: call(repositoryName="api/gone", **options))[0] == "RepositoryNotFoundException"
        other = error_of(lambda: call(repositoryName="api/gone", registryId="1" * 12, **options))
        assert other[0] == "InvalidParameterException", other


def test_an_upload_goes_on_after_the_server_was_killed(longshore, ecr):
    ecr.create_repository(repositoryName="api/resumed")
    basic = base64.b64encode(password(longshore).encode()).decode()

    def ask(method, path, body=b"", **headers):
        connection = http.client.HTTPConnection(longshore.endpoint.removeprefix("http://"), timeout=30)
        connection.request(method, path, body, {"Authorization": f"Basic {basic}", **headers})
        response = connection.getresponse()
        response.read()
        return response.status, response.headers

    _, headers = ask("POST", "/v2/api/resumed/blobs/uploads/")
    path = headers["Location"]
    first, rest = b"a" * 3_000_000, b"b" * 1_000_000
    assert ask("PATCH", path, first)[0] == 202
    by_api = ecr.initiate_layer_upload(repositoryName="api/resumed")["uploadId"]
    part = bytes(PART_BYTES)
    ecr.upload_layer_part(repositoryName="api/resumed", uploadId=by_api, partFirstByte=0,
                          partLastByte=len(part) - 1, layerPartBlob=part)
    longshore.kill()
    longshore.start()
    status, headers = ask("GET", path)
    assert (status, headers["Range"]) == (204, f"0-{len(first) - 1}")
    digest = digest_of(first + rest)
    assert ask("PUT", f"{path}?digest={digest}", rest)[0] == 201
    assert ask("HEAD", f"/v2/api/resumed/blobs/{digest}")[1]["Content-Length"] == str(len(first + rest))
    ecr.upload_layer_part(repositoryName="api/resumed", uploadId=by_api, partFirstByte=len(part),
                          partLastByte=len(part), layerPartBlob=b"x")
    ecr.complete_layer_upload(repositoryName="api/resumed", uploadId=by_api, layerDigests=[digest_of(part + b"x")])
