"""What is read from a registry: what an image is, and which of its labels are its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import found, parts
from vocab.readers import read_entry
from vocab.readers.images_said import in_order, platform_name
from vocab.record import Document, EntryContext, Listing, SourceRecord

NAME = "docker.io/sample/fish-finder"
PAGE = "https://hub.docker.com/r/sample/fish-finder"
REPOSITORY = "github.com/sample-group/fish"
NAMED = Listing(PAGE, named_by=(REPOSITORY, "doi:10.5281/zenodo.1"))
DIGEST = f"sha256:{'a' * 64}"
OCI = "org.opencontainers.image."
WORDS = {
    f"{OCI}title": "Fish Finder", f"{OCI}description": "Finds\n fish.", f"{OCI}licenses": "Apache-2.0",
    f"{OCI}version": "1.2.0", f"{OCI}revision": "C0FFEE1", f"{OCI}documentation": "https://fish.sample.eu/docs",
    f"{OCI}authors": "Ada Ocean <ada@sample.eu>", f"{OCI}base.name": "docker.io/sample/base:2",
}
SOURCE = {f"{OCI}source": f"https://{REPOSITORY}.git"}


def a_record(listing: Listing | None = NAMED, key: str = f"image:{NAME}", **bodies: object) -> SourceRecord:
    """What is read; the documents are `image`, `platform` and `config`."""
    names = {"image": "api:oci-image", "platform": "api:oci-image-platform", "config": "api:oci-image-config"}
    urls = {"image": "https://registry-1.docker.io/v2/sample/fish-finder/manifests/latest"}
    documents = [
        Document(names[each], body if isinstance(body, bytes) else json.dumps(body).encode(), each, urls.get(each))
        for each, body in bodies.items()
    ]
    return read_entry(EntryContext("registries", key, PAGE, DIGEST, listing), documents)


def labelled(*labels: dict[str, str], listing: Listing | None = NAMED, **more: object) -> SourceRecord:
    """What is read of a configuration with these labels."""
    inner = {"Labels": {name: value for each in labels for name, value in each.items()}}
    return a_record(listing, config={"os": "linux", "architecture": "amd64", "config": inner, **more})


def said(record: SourceRecord) -> dict[str, list[Any]]:
    """Everything stated but what is of every image, by field."""
    fields = {each.field for each in record.statements} - {"evidence.about_image", "distributions"}
    return {field: record.values(field) for field in sorted(fields)}


def image_of(record: SourceRecord) -> dict[str, Any]:
    """The distribution that all parts together state."""
    whole: dict[str, Any] = {}
    for part in record.values("distributions"):
        assert isinstance(part, dict)
        whole = {**part, **whole}
    return whole


def test_index_manifest_and_configuration_make_one_image() -> None:
    record = a_record(
        image={"manifests": [
            {"platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"platform": {"os": "linux", "architecture": "amd64"}},
            {"platform": {"os": "unknown", "architecture": "unknown"}}, {"platform": None}, None,
        ]},
        platform={"config": {"size": 30}, "layers": [{"size": 1000}, {"size": 200}]},
        config={"os": "linux", "architecture": "amd64", "created": "2025-05-06T09:08:09.123+02:00"},
    )

    assert record.findings == ()
    assert image_of(record) == {
        "kind": "image", "url": PAGE, "reference": f"{NAME}:latest", "pull": "sample/fish-finder:latest",
        "tag": "latest", "digest": DIGEST, "platforms": ["linux/amd64", "linux/arm64/v8"], "size_bytes": 1230,
        "created": "2025-05-06T07:08:09Z",
    }
    assert {each["digest"] for each in record.values("distributions") if isinstance(each, dict)} == {DIGEST}
    assert said(record) == {}
    assert record.values("evidence.about_image") == [NAME] * 3
    assert {each.origin.url for each in record.statements} == {PAGE}


def test_manifest_of_one_platform_and_its_configuration_make_one_image() -> None:
    record = a_record(
        image={"config": {"size": 5}, "layers": []},
        config={"os": "linux", "architecture": "amd64", "created": "1970-01-01"},
    )

    whole = image_of(record)

    assert (whole["size_bytes"], whole["platforms"], whole["tag"]) == (5, ["linux/amd64"], "latest")
    assert "created" not in whole


def test_manifest_of_schema_1_tells_its_configuration_in_its_history() -> None:
    newest = {"created": "2016-03-03T11:29:44Z", "config": {"Labels": {**SOURCE, f"{OCI}title": "Fish"}}}
    record = a_record(image={
        "architecture": "amd64", "fsLayers": [], "history": [{"v1Compatibility": json.dumps(newest)}],
    })

    whole = image_of(record)

    assert (whole["created"], whole["platforms"], whole["tag"]) == ("2016-03-03T11:29:44Z", ["linux/amd64"], "latest")
    assert record.values("title") == ["Fish"]


def test_labels_whose_source_is_the_repository_that_names_the_image_are_believed() -> None:
    record = labelled(WORDS, SOURCE, {"maintainer": "NVIDIA CORPORATION"})

    assert record.findings == ()
    assert image_of(record)["revision"] == "c0ffee1"
    assert said(record) == {
        "authors": [{"name": "Ada Ocean", "kind": "person", "email": "ada@sample.eu", "inferred": True}],
        "contacts": [{"name": "Ada Ocean", "kind": "person", "email": "ada@sample.eu"}],
        "evidence.about_repository": [REPOSITORY],
        "licence.declared": record.values("licence.declared"),
        "links": [
            {"rel": "source_code", "url": f"https://{REPOSITORY}"},
            {"rel": "documentation", "url": "https://fish.sample.eu/docs"},
        ],
        "relations": [{"type": "base_model", "target": "https://hub.docker.com/r/sample/base"}],
        "summary": ["Finds fish."],
        "title": ["Fish Finder"],
        "version": ["1.2.0"],
    }
    assert parts(record, "licence.declared", "spdx") == ["Apache-2.0"]
    (title,) = [each for each in record.statements if each.field == "title"]
    assert title.origin.rule == f"label {OCI}title"


@pytest.mark.parametrize("source", [
    {}, {f"{OCI}source": "https://github.com/pytorch/pytorch"}, {f"{OCI}source": "$VCS_URL"}, {f"{OCI}source": ""},
    {f"{OCI}source": "https://github.com/sample-group/another-fish"}, {f"{OCI}url": "https://www.nvidia.com"},
])
def test_labels_that_may_be_those_of_a_base_image_are_not_believed(source: dict[str, str]) -> None:
    record = labelled(WORDS, source)

    assert said(record) == {}
    assert "revision" not in image_of(record)
    (told,) = found(record, "label-inherited")
    assert (str(told.severity), told.expected) == ("info", "labels of the module")
    assert told.found is not None
    assert told.found.startswith("authors, base.name, description")


def test_labels_that_are_not_believed_are_told_with_the_source_they_name() -> None:
    (bare,) = found(labelled({f"{OCI}ref.name": "ubuntu", f"{OCI}version": "22.04"}), "label-inherited")
    (named,) = found(labelled({f"{OCI}source": "https://github.com/pytorch/pytorch"}), "label-inherited")

    may_be = f"labels of {NAME} may be those of the image it is built on"
    assert bare.message == f"{may_be}: none of them names a repository"
    assert bare.found == "ref.name, version"
    assert named.message == f"{may_be}: their source is https://github.com/pytorch/pytorch"


def test_labels_of_no_standard_are_left_alone() -> None:
    record = labelled({"maintainer": "Somebody", "version": "0.1", "com.nvidia.volumes.needed": "nvidia_driver"})
    assert (said(record), record.findings) == ({}, ())


@pytest.mark.parametrize(("repository", "believed"), [
    ("github.com/another/fish-finder", True), ("github.com/another/fish_finder_api", True),
    ("github.com/another/deep-oc-fish-finder", True), ("github.com/another/fish", False),
    ("github.com/another/fish-finder-tools-for-whales", False),
])
def test_labels_are_believed_when_the_repository_is_called_like_the_image(repository: str, believed: bool) -> None:
    listing = Listing(PAGE)  # nobody names the image: it is listed for its own sake
    record = labelled({f"{OCI}source": f"https://{repository}", f"{OCI}title": "Fish"}, listing=listing)

    assert record.values("evidence.about_repository") == ([repository] if believed else [])
    assert record.values("title") == (["Fish"] if believed else [])


def test_repository_that_is_believed_is_the_one_that_names_the_image_and_not_the_base_of_it() -> None:
    record = labelled({f"{OCI}source": "https://github.com/pytorch/pytorch", f"{OCI}url": f"https://{REPOSITORY}"})
    assert record.values("evidence.about_repository") == [REPOSITORY]


def test_labels_that_were_set_long_before_the_source_are_those_of_a_base_image() -> None:
    history = [
        {"created": "2022-04-01T00:00:00Z", "created_by": f'/bin/sh -c #(nop)  LABEL {OCI}version=22.04'},
        {"created": "2022-04-01T00:00:00Z", "created_by": f'LABEL {OCI}licenses=MIT {OCI}source=https://x.example'},
        {"created": "2025-05-05T00:00:00Z", "created_by": f'LABEL {OCI}title=Fish'},
        {"created": "2025-05-06T00:00:00Z", "created_by": f'LABEL {OCI}source=https://{REPOSITORY}'},
        {"created": "nonsense"}, None,
    ]
    labels = {**SOURCE, f"{OCI}version": "22.04", f"{OCI}licenses": "MIT", f"{OCI}title": "Fish"}

    record = labelled(labels, history=history, created="2025-05-06T00:00:01Z")

    assert record.values("title") == ["Fish"]
    assert (record.values("version"), record.values("licence.declared")) == ([], [])
    (told,) = found(record, "label-inherited")
    assert told.message == (
        f"labels of {NAME} may be those of the image it is built on: they were set long before its source"
    )
    assert told.found == "licenses, version"


def test_labels_of_a_build_that_gives_its_source_by_another_way_are_held_against_its_date() -> None:
    history = [{"created": "2022-04-01T00:00:00Z", "created_by": f"LABEL {OCI}version=22.04"}]
    record = labelled(SOURCE, {f"{OCI}version": "22.04"}, history=history, created="2025-05-06T00:00:00Z")
    assert record.values("version") == []


def test_label_schema_is_read_where_the_newer_labels_say_nothing() -> None:
    record = labelled({
        "org.label-schema.vcs-url": f"git@github.com:{REPOSITORY.partition('/')[2]}.git",
        "org.label-schema.name": "Older", "org.label-schema.vcs-ref": "abcdef0", f"{OCI}title": "unknown",
    })
    assert (record.values("title"), image_of(record)["revision"]) == (["Older"], "abcdef0")


@pytest.mark.parametrize(("label", "value", "field"), [
    ("version", "main", "version"), ("version", "${VERSION}", "version"),
    ("licenses", "see the file", "licence.declared"),
    ("title", "  ", "title"), ("title", "TODO", "title"), ("revision", "HEAD", "revision"), ("url", PAGE, "links"),
    ("documentation", "none", "links"), ("base.name", NAME, "relations"), ("description", "x" * 3_000, "summary"),
])
def test_labels_that_say_nothing_are_left_out(label: str, value: str, field: str) -> None:
    record = labelled(SOURCE, {f"{OCI}{label}": value})
    if field == "links":
        assert parts(record, "links", "rel") == ["source_code"]
    else:
        assert (record.values(field), image_of(record).get(field)) == ([], None)


def test_annotations_are_no_base_images_and_believed_unless_they_name_another_source() -> None:
    plain = {f"{OCI}licenses": "MIT", f"{OCI}revision": "abcdef01"}

    alone = a_record(image={"manifests": [], "annotations": plain})
    foreign = {**plain, f"{OCI}source": "https://github.com/pytorch/pytorch"}
    of_another = a_record(platform={"config": {}, "layers": [], "annotations": foreign})
    own = a_record(image={"manifests": [], "annotations": {**plain, **SOURCE}})

    assert parts(alone, "licence.declared", "spdx") == ["MIT"]
    assert alone.values("evidence.about_repository") == []
    assert said(of_another) == {}
    assert own.values("evidence.about_repository") == [REPOSITORY]
    assert image_of(own)["revision"] == "abcdef01"


def test_variables_of_the_container_are_never_stated() -> None:
    inner = {"Env": ["API_TOKEN=of-somebody"], "Cmd": ["--password=of-somebody"], "Labels": SOURCE}
    history = [{"created_by": "RUN export TOKEN=of-somebody"}]
    record = a_record(config={"config": inner, "history": history})
    assert "of-somebody" not in repr(record)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"[" * 100_000, b"\xff\xfe"])
def test_part_that_is_no_object_is_told(body: bytes) -> None:
    record = a_record(image=body, config={"os": "linux", "architecture": "amd64"})
    assert record.unparsed == ("api:oci-image",)
    (told,) = found(record, "document-not-text")
    assert told.expected == "an answer of a registry's API"
    assert image_of(record)["platforms"] == ["linux/amd64"]


def test_part_of_something_that_is_no_image_says_nothing() -> None:
    record = a_record(key="github.com/sample/one", config={"os": "linux", "architecture": "amd64"})
    assert record.values("distributions") == []


@pytest.mark.parametrize(("where", "name"), [
    (("linux", "arm64", "v8"), "linux/arm64/v8"), (("Linux", "AMD64", ""), "linux/amd64"),
    (("unknown", "unknown"), None),
    (("linux", None), None), (("linux", 7), None), (("li nux", "amd64"), None), (("linux", "amd64", 3), "linux/amd64"),
])
def test_platform_is_named_in_one_way(where: tuple[Any, ...], name: str | None) -> None:
    assert platform_name(*where) == name


def test_platforms_begin_with_the_one_most_people_run_on() -> None:
    assert in_order(["linux/arm64", None, "linux/amd64", "linux/arm64", "linux/386"]) == (
        "linux/amd64", "linux/386", "linux/arm64",
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(f"https://{REPOSITORY}"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from([
            "config", "Labels", "layers", "manifests", "platform", "os", "architecture", "variant", "size", "history",
            "created", "created_by", "annotations", "fsLayers", "v1Compatibility", *WORDS, *SOURCE,
        ]), inner, max_size=6,
    ),
    max_leaves=25,
)


_PARTS = st.sampled_from(["config", "annotations", "layers", "manifests", "history", "created", "fsLayers"])


@given(st.dictionaries(_PARTS, _JSON), st.sampled_from(["image", "platform", "config"]))
def test_parts_of_any_shape_are_read_without_a_defect_of_ours(form: dict[str, object], part: str) -> None:
    bodies: dict[str, Any] = {part: json.dumps(form).encode()}
    record = a_record(**bodies)
    assert found(record, "reader-failed") == []


@given(st.dictionaries(st.sampled_from([*WORDS, *SOURCE]), st.text(max_size=200)))
def test_labels_of_any_text_are_stated_only_with_a_source_that_is_believed(labels: dict[str, str]) -> None:
    record = labelled(labels)
    assert found(record, "reader-failed") == []
    assert not said(record) or record.values("evidence.about_repository")
