"""What a record names that another source can be asked for."""

from __future__ import annotations

import pytest

from vocab.canonical import to_json
from vocab.module import Distribution
from vocab.record import Origin, SourceRecord, Statement
from vocab.references import Reference, references_of

ORIGIN = Origin("src", "github.com/sample/one", "ai4_v2")


def record_of(reference: str) -> SourceRecord:
    value = to_json(Distribution("image", reference=reference))
    return SourceRecord(
        "src", "github.com/sample/one", "https://github.com/sample/one",
        statements=(Statement("distributions", value, ORIGIN),),
    )


@pytest.mark.parametrize(("reference", "tagged"), [
    ("ghcr.io/sample/one:1.2", "ghcr.io/sample/one:1.2"),
    ("ghcr.io/sample/one@sha256:" + "0" * 64, "ghcr.io/sample/one@sha256:" + "0" * 64),
])
def test_image_that_is_named_with_a_tag_is_a_reference_with_and_without_it(reference: str, tagged: str) -> None:
    assert references_of(record_of(reference)) == (
        Reference("image", "ghcr.io/sample/one", "own"),
        Reference("image-tag", tagged, "own"),
        Reference("repository", "github.com/sample/one", "own"),
    )


def test_image_that_is_named_without_a_tag_is_a_reference_to_its_name() -> None:
    assert references_of(record_of("docker.io/sample/one")) == (
        Reference("image", "docker.io/sample/one", "own"), Reference("repository", "github.com/sample/one", "own"),
    )
