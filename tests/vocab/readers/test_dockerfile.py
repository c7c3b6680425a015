from __future__ import annotations

import pytest

from tests.support.documents import a_reading, found, parts
from vocab.readers.dockerfile import instructions, pairs, substituted


@pytest.mark.parametrize(
    ("text", "target", "line"),
    [
        (
            "ARG tag=latest\nFROM ai4oshub/ai4os-yolo-torch:${tag}\n",
            "https://hub.docker.com/r/ai4oshub/ai4os-yolo-torch",
            2,
        ),
        ("ARG tag\nFROM deephdc/deep-oc-yolov8_api:${tag}\n", "https://hub.docker.com/r/deephdc/deep-oc-yolov8_api", 2),
        (
            "ARG image=ai4oshub/base-fish\nFROM --platform=linux/amd64 $image AS build\nFROM build\n",
            "https://hub.docker.com/r/ai4oshub/base-fish",
            2,
        ),
    ],
)
def test_dockerfile_states_the_image_it_is_built_on(text: str, target: str, line: int) -> None:
    record = a_reading({"Dockerfile": text})
    assert parts(record, "relations", "type", "target") == [("base_model", target)]
    statement = next(each for each in record.statements if each.field == "relations")
    assert (statement.origin.line, statement.origin.rule) == (line, "derived from FROM")


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ("tensorflow/tensorflow:2.16.1", "https://hub.docker.com/r/tensorflow/tensorflow"),
        ("python:3.11", "https://hub.docker.com/_/python"),
        ("ubuntu@sha256:" + "0" * 64, "https://hub.docker.com/_/ubuntu"),
        ("registry.sea.eu/models/trawler:2", "https://registry.sea.eu/models/trawler"),
    ],
)
def test_dockerfile_on_any_image_states_it_and_keeps_tag_and_digest(base: str, target: str) -> None:
    record = a_reading({"Dockerfile": f"FROM {base}\n"})
    (statement,) = [each for each in record.statements if each.field == "relations"]
    assert (statement.value, statement.raw) == ({"type": "base_model", "target": target}, base)


def test_dockerfile_of_several_stages_states_what_the_last_one_builds_on() -> None:
    text = "FROM golang:1.22 AS tools\nFROM hub/seal:1 AS model\nFROM model\nCOPY --from=tools /x /x\n"
    assert parts(a_reading({"Dockerfile": text}), "relations", "target") == ["https://hub.docker.com/r/hub/seal"]


@pytest.mark.parametrize("base", ["${image}:latest", "scratch", "'"])
def test_dockerfile_on_nothing_that_can_be_told_states_no_image(base: str) -> None:
    assert a_reading({"Dockerfile": f"FROM {base}\n"}).values("relations") == []


def test_dockerfile_labels_say_maintainer_and_version() -> None:
    record = a_reading({"Dockerfile": """FROM python:3.11
# LABEL version="9.9.9"
LABEL maintainer="Ada Fisher (CSIC)" \\
      version='0.1.0'
LABEL org.opencontainers.image.licenses=MIT org.opencontainers.image.source=https://github.com/hub/fish-finder
"""})
    assert parts(record, "contacts", "name", "affiliation", "inferred") == [("Ada Fisher", "CSIC", None)]
    assert parts(record, "authors", "name", "inferred") == [("Ada Fisher", True)]
    assert record.values("version") == ["0.1.0"]
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    version = next(each for each in record.statements if each.field == "version")
    assert (version.origin.line, version.origin.rule) == (3, "LABEL version")


def test_dockerfile_variables_of_the_older_kind_say_maintainer_and_version() -> None:
    record = a_reading(
        {"Dockerfile": 'FROM python:3\nENV CONTAINER_MAINTAINER "Ada Fisher <ada@sea.eu>"\nENV CONTAINER_VERSION=0.2\n'}
    )
    assert parts(record, "contacts", "name", "email") == [("Ada Fisher", "ada@sea.eu")]
    assert record.values("version") == ["0.2"]


def test_dockerfile_label_of_an_unknown_variable_says_nothing() -> None:
    record = a_reading({"Dockerfile": "FROM python:3\nLABEL version=$VERSION maintainer=\n"})
    assert record.values("version") == []
    assert not found(record, "maintainer-unclear")


def test_dockerfile_with_the_maintainer_instruction_says_the_maintainer() -> None:
    assert parts(a_reading({"Dockerfile": 'FROM python:3\nMAINTAINER "Ada Fisher"\n'}), "contacts", "name") == [
        "Ada Fisher"
    ]


def test_dockerfile_in_its_own_folder_is_read_and_variants_are_not() -> None:
    text = 'FROM python:3\nLABEL version="0.1.0"\n'
    assert a_reading({"docker/Dockerfile": text}).values("version") == ["0.1.0"]
    assert a_reading({"Dockerfile.cicd": text}).values("version") == []


def test_instructions_join_lines_and_count_from_where_they_begin() -> None:
    found_here = instructions("FROM a\n\nRUN one \\\n  # a comment between\n  two\nlabel x=y")
    assert [(each.name, each.arguments, each.line) for each in found_here] == [
        ("FROM", "a", 1), ("RUN", "one two", 3), ("LABEL", "x=y", 6),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a="x y" b=z', {"a": "x y", "b": "z"}),
        ("name some value", {"name": "some value"}),
        ('"a.b"="c=d"', {"a.b": "c=d"}),
        ("lonely", {}),
        ('a="say \\"hi\\""', {"a": 'say "hi"'}),
    ],
)
def test_pairs_of_a_label(text: str, expected: dict[str, str]) -> None:
    assert pairs(text) == expected


def test_substituted_takes_defaults_and_leaves_unknown_names() -> None:
    assert substituted("${a}-$b-${c:-d}-${e}", {"a": "1", "b": "2"}) == "1-2-d-${e}"


def test_variables_that_double_themselves_stay_small() -> None:
    text = (
        "ARG a0=xxxxxxxxxx\n"
        + "".join(f"ARG a{n}=$a{n - 1}$a{n - 1}\n" for n in range(1, 60))
        + "FROM $a59\nLABEL version=$a59\n"
    )
    assert a_reading({"Dockerfile": text}).values("version") == []
