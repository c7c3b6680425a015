from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_document, found, parts
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

MODEL: dict[str, Any] = {
    "_id": "621ffdc136468d709f17ade3", "id": "Reef/Corals", "createdAt": "2024-01-02T03:04:05.000Z",
    "lastModified": "2025-02-03T00:00:00.000Z", "pipeline_tag": "object-detection", "library_name": "keras",
    "tags": ["keras", "doi:10.57967/hf/0039", "arxiv:2005.12872", "arxiv:1910.09700", "dataset:coco", "region:us"],
    "cardData": {
        "license": "apache-2.0", "datasets": ["coco", "reef/pictures", "not an id"], "base_model": "sea/fish",
        "tags": ["object-detection", "deep-sea"],
    },
}


def a_reading(model: object, **files: str) -> SourceRecord:
    context = EntryContext("hub", "huggingface.co/reef/corals", "https://huggingface.co/Reef/Corals", "c0ffee")
    documents = [a_document("api:huggingface-model", json.dumps(model) if not isinstance(model, str) else model)]
    return read_entry(context, [*documents, *(a_document(f"{name}.md", text) for name, text in files.items())])


def test_model_says_what_its_card_and_the_hub_know() -> None:
    record = a_reading(MODEL)
    assert record.values("evidence.repository") == ["huggingface.co/reef/corals"]
    assert record.values("evidence.numeric_id") == ["621ffdc136468d709f17ade3"]
    assert parts(record, "licence.declared", "spdx") == ["Apache-2.0"]
    assert (record.values("libraries"), record.values("tasks")) == (["keras"], ["object-detection"])
    assert record.values("keywords") == ["deep sea"]
    assert parts(record, "training_data", "title", "url", "kind") == [
        ("coco", "https://huggingface.co/datasets/coco", "dataset"),
        ("reef/pictures", "https://huggingface.co/datasets/reef/pictures", "dataset"),
    ]
    assert parts(record, "relations", "type", "target") == [("base_model", "https://huggingface.co/sea/fish")]
    assert parts(record, "identifiers", "scheme", "value") == [("doi", "10.57967/hf/0039")]
    assert parts(record, "publications", "doi", "kind") == [("10.48550/arxiv.2005.12872", "paper")]
    assert parts(record, "authors", "name", "inferred") == [("Reef", True)]
    assert parts(record, "distributions", "kind", "url") == [("weights", "https://huggingface.co/Reef/Corals")]
    assert record.values("dates.created") == ["2024-01-02T03:04:05Z"]
    assert record.values("dates.updated") == ["2025-02-03T00:00:00Z"]
    assert record.findings == ()


@pytest.mark.parametrize(
    ("card", "spdx", "raw"),
    [
        ({"license": ["mit", "apache-2.0"]}, "MIT OR Apache-2.0", "mit OR apache-2.0"),
        ({"license": "other", "license_name": "Reef Licence"}, None, "Reef Licence"),
        ({"license": "llama3.1"}, None, "llama3.1"),
    ],
)
def test_licence_is_read_in_each_form_that_cards_have(card: dict[str, Any], spdx: str | None, raw: str) -> None:
    record = a_reading({**MODEL, "cardData": card})
    assert parts(record, "licence.declared", "spdx", "raw") == [(spdx, raw)]


@pytest.mark.parametrize("card", [None, "x", {}, {"license": "other"}, {"license": {"x": 1}}])
def test_card_without_a_licence_says_none(card: object) -> None:
    assert a_reading({**MODEL, "cardData": card}).values("licence.declared") == []


def test_words_of_a_card_are_read_without_the_settings_before_them() -> None:
    card = (
        "---\nlicense: mit\ndatasets:\n- a long list of words that is no description of anything\n---\n\n"
        "# Coral reefs\n\nTells corals from each other in pictures of the sea floor.\n"
    )
    record = a_reading(MODEL, README=card)
    assert record.values("title") == ["Coral reefs"]
    (said,) = [each for each in record.statements if each.field == "description"]
    assert (said.value, said.origin.line) == ("Tells corals from each other in pictures of the sea floor.", 9)


@pytest.mark.parametrize("text", ["---\n\n# Reef\n\n---\n", "---\nnot: closed\n\n# Reef\n", "# Reef\n---\na: b\n---\n"])
def test_line_that_only_parts_a_text_hides_nothing(text: str) -> None:
    assert a_reading(MODEL, README=text).values("title") == ["Reef"]


def test_every_recorded_model_is_read(shared: Path) -> None:
    for file in sorted((shared / "recordings" / "huggingface" / "models").glob("*.json")):
        body = file.read_text(encoding="utf-8")
        record = a_reading(body)
        assert not record.unparsed, file.name
        assert {each.code for each in record.findings} <= {"licence-unknown"}, file.name
        if json.loads(body).get("cardData", {}).get("license"):
            assert len(record.values("licence.declared")) == 1, file.name


@pytest.mark.parametrize("body", ["", "<html>", "1", "[]", "[" * 100_000])
def test_what_is_no_answer_of_the_hub_is_told(body: str) -> None:
    record = a_reading(body)
    assert record.unparsed == ("api:huggingface-model",)
    assert [each.message for each in found(record, "document-not-text")] == [
        "the answer for api:huggingface-model is no JSON of its form"
    ]


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
KEYS = st.sampled_from([*MODEL, "license", "datasets", "base_model", "license_name"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6))


@given(ANYTHING)
def test_whatever_json_comes_nothing_is_raised(value: object) -> None:
    record = a_reading(json.dumps(value))
    assert not found(record, "reader-failed")
