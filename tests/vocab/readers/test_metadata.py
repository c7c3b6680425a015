"""What both metadata formats share, and what each says beyond the dirt list."""

from __future__ import annotations

import pytest

from tests.support.documents import a_context, a_document, a_reading, found, parts
from vocab.readers import ai4_v2, deep_v1, metadata
from vocab.readers.json_text import parse_json

V2_LINKS = """title: Fish
links:
  source_code: https://github.com/hub/fish-finder
  docker_image: {image}
"""


def test_ai4_v2_says_every_field_of_the_schema() -> None:
    text = """metadata_version: 2.3.0
title: Fish
summary: Finds fish
description: |-
  One **bold** line.

  Another.
doi: https://doi.org/10.5281/zenodo.4712345
dates:
  created: '2021-03-04'
  updated: '2024-08-12'
links:
  documentation: https://fish.readthedocs.io/
  source_code: https://github.com/hub/fish-finder
  docker_image: ai4oshub/fish-finder
  dataset: https://zenodo.org/records/4712346
  weights: https://files.uni.eu/weights.tar
  citation: https://doi.org/10.17882/4711
  base_model: https://github.com/hub/Base-Model
  zenodo_doi: 10.5281/zenodo.4712347
tags: [deep sea, vo.imagine-ai.eu]
tasks: [Computer Vision]
categories: [AI4 trainable, AI4 tools]
libraries: [PyTorch]
data-type: [Image]
resources:
  inference: {cpu: 2, memory_MB: 4000, gpu_compute_capability: 7.5}
"""
    record = a_reading({"ai4-metadata.yml": text})
    assert record.findings == ()
    values = {each.field: each.value for each in record.statements if each.origin.reader == "ai4_v2"}
    assert values["description"] == "One **bold** line.\n\nAnother."
    assert (values["dates.created"], values["dates.updated"]) == ("2021-03-04", "2024-08-12")
    assert parts(record, "identifiers", "scheme", "value") == [
        ("doi", "10.5281/zenodo.4712345"), ("doi", "10.5281/zenodo.4712347"),
    ]
    assert parts(record, "training_data", "doi", "url") == [("10.5281/zenodo.4712346", "https://doi.org/10.5281/zenodo.4712346")]
    assert parts(record, "relations", "type", "target") == [("base_model", "https://github.com/hub/base-model")]
    assert parts(record, "distributions", "kind", "pull") == [
        ("source", None),
        ("image", "ai4oshub/fish-finder"),
        ("weights", None),
    ]
    assert record.values("categories") == ["trainable", "tool"]
    assert record.values("type") == ["tool"]
    assert record.values("communities") == ["vo.imagine-ai.eu"]
    assert record.values("keywords") == ["deep sea"]
    assert record.values("requirements") == [
        {"purpose": "inference", "cpu": 2, "memory_mb": 4000, "gpu_compute_capability": 7.5}
    ]


def test_every_statement_of_a_file_says_where_it_stands() -> None:
    record = a_reading({"ai4-metadata.yml": V2_LINKS.format(image="ai4oshub/fish-finder")})
    for each in record.statements:
        if each.origin.reader == "ai4_v2":
            assert each.origin.file == "ai4-metadata.yml"
            assert each.origin.commit == "c0ffee"
            assert each.origin.line is not None
    title = next(each for each in record.statements if each.field == "title")
    assert (title.origin.line, title.origin.rule, title.raw) == (1, "declared", None)


@pytest.mark.parametrize(
    ("keyword", "field", "value"),
    [
        ("tensorflow", "libraries", "tensorflow"),
        ("library/keras", "libraries", "keras"),
        ("trainable", "categories", "trainable"),
        ("pre-trained", "categories", "pre-trained"),
        ("image", "data_types", "image"),
        ("vo.imagine-ai.eu", "communities", "vo.imagine-ai.eu"),
        ("deep sea", "keywords", "deep sea"),
    ],
)
def test_deep_v1_puts_a_keyword_where_it_belongs(keyword: str, field: str, value: str) -> None:
    record = a_reading({"metadata.json": f'{{"sources": {{}}, "keywords": ["{keyword}", "docker", "api-v2"]}}'})
    assert record.values(field) == [value]
    assert [each.field for each in record.statements if each.origin.reader == "deep_v1"] == [field]


def test_deep_v1_says_weights_and_training_files() -> None:
    record = a_reading({"metadata.json": """{
        "training_files_url": "https://files.uni.eu/train/",
        "sources": {"pre_trained_weights": "https://files.uni.eu/weights.tar"}
    }"""})
    assert parts(record, "distributions", "kind", "url") == [
        ("weights", "https://files.uni.eu/train/"), ("weights", "https://files.uni.eu/weights.tar"),
    ]


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ("image-classification-tf", "image-unreadable"),
        ("https://github.com/hub/x", "image-unreadable"),
        ("''", "value-empty"),
    ],
)
def test_an_image_name_that_is_none_gives_no_image_and_is_told(image: str, code: str) -> None:
    record = a_reading({"ai4-metadata.yml": V2_LINKS.format(image=image)})
    assert record.values("evidence.image") == []
    assert [(each.line, each.field) for each in found(record, code)] == [(4, "links.docker_image")]


def test_an_image_with_a_tag_keeps_it_apart_from_the_name() -> None:
    record = a_reading({"ai4-metadata.yml": V2_LINKS.format(image="vllm/vllm-openai:latest")})
    assert record.values("evidence.image") == ["docker.io/vllm/vllm-openai"]
    assert ("vllm/vllm-openai:latest", "latest") in parts(record, "distributions", "pull", "tag")


def test_an_unknown_key_is_told_and_nothing_else_is_lost() -> None:
    record = a_reading({"ai4-metadata.yml": "title: Fish\nfavourite-colour: blue\nlinks: {}\n"})
    assert record.values("title") == ["Fish"]
    assert [(each.line, each.found) for each in found(record, "key-unknown")] == [(2, "favourite-colour")]


@pytest.mark.parametrize("text", ["title: [a, b]\nlinks: {}\n", "title: Fish\nlinks: nothing\n"])
def test_a_value_of_another_shape_is_told(text: str) -> None:
    record = a_reading({"ai4-metadata.yml": text})
    assert len(found(record, "shape-unexpected")) == 1


@pytest.mark.parametrize("body", ["- a\n- b\n", "just words\n", "# title: all of it\n# links: is a comment\n"])
def test_a_metadata_file_without_keys_is_unparsed_and_told(body: str) -> None:
    record = a_reading({"ai4-metadata.yml": body})
    assert record.unparsed == ("ai4-metadata.yml",)
    assert [each.line for each in found(record, "shape-unexpected")] == [1]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"sources": {}}', "deep_v1"),
        ('{"links": {}}', "ai4_v2"),
        ('{"links": {}, "sources": {}, "tosca": [], "cite_url": ""}', "deep_v1"),
        ('{"title": "x"}', "ai4_v2"),
        ('{"date_creation": "2020-01-01"}', "deep_v1"),
    ],
)
def test_the_shape_of_a_file_is_told_by_its_keys(text: str, shape: str) -> None:
    root = parse_json(text.encode()).root
    assert root is not None
    assert metadata.shape_of(root) == shape


def test_metadata_json_that_holds_yaml_is_read_and_told() -> None:
    record = a_reading({"metadata.json": "title: Fish\nlinks:\n  documentation: https://fish.readthedocs.io/\n"})
    assert record.values("title") == ["Fish"]
    assert [each.line for each in found(record, "json-unreadable")] == [1]


def test_each_format_can_be_read_by_itself() -> None:
    assert ai4_v2.read(a_document("x.yml", "title: Fish\n"), a_context()).statements[0].value == "Fish"
    assert deep_v1.read(a_document("x.json", '{"title": "Fish"}'), a_context()).statements[0].value == "Fish"


def test_a_number_that_is_none_is_told() -> None:
    record = a_reading(
        {
            "ai4-metadata.yml": "links: {}\nresources:\n  inference:\n    cpu: many\n    gpu: 1\n    disk: 3\n"
            "  nowhere: {}\n"
        }
    )
    assert record.values("requirements") == [{"purpose": "inference", "gpu": 1}]
    assert [(each.line, each.found) for each in found(record, "number-unreadable")] == [(4, "many")]
    assert [(each.line, each.found) for each in found(record, "key-unknown")] == [(6, "disk"), (7, "nowhere")]


def test_dates_that_are_placeholders_or_unreadable_are_absent_and_told() -> None:
    record = a_reading({"ai4-metadata.yml": "links: {}\ndates:\n  created: 'YYYY-MM-DD'\n  updated: last spring\n"})
    assert record.values("dates.created") == []
    assert [each.line for each in found(record, "value-placeholder")] == [3]
    assert [each.line for each in found(record, "date-unreadable")] == [4]


def test_a_malformed_tag_in_a_description_is_told_and_the_text_kept_as_written() -> None:
    image = "<img class='fit', src='https://fish.sea.eu/x.png'/>"
    record = a_reading({"ai4-metadata.yml": f"title: Fish\nlinks: {{}}\ndescription: |-\n  {image}\n"})
    assert record.values("description") == [image]
    (told,) = found(record, "html-malformed")
    assert (told.line, told.found) == (3, image)
    assert told.expected == "attributes parted by blanks, each in one pair of quotes"


def test_a_list_of_dois_is_several_identifiers() -> None:
    metadata = "title: Fish\nlinks: {}\ndoi:\n  - 10.5281/zenodo.1\n  - 10.5281/zenodo.2\n"
    record = a_reading({"ai4-metadata.yml": metadata})
    assert parts(record, "identifiers", "value") == ["10.5281/zenodo.1", "10.5281/zenodo.2"]


def test_a_folder_that_is_linked_like_a_page_is_mended_and_told() -> None:
    metadata = "title: Fish\nlinks:\n  documentation: https://github.com/hub/Fish-finder/docs\n"
    record = a_reading({"ai4-metadata.yml": metadata})
    assert parts(record, "links", "url") == ["https://github.com/hub/Fish-finder/tree/HEAD/docs"]
    (told,) = found(record, "url-untidy")
    assert (told.line, told.message) == (3, "GitHub has no such page of a repository")


def test_a_page_of_a_repository_is_left_as_it_is() -> None:
    metadata = "title: Fish\nlinks:\n  documentation: https://github.com/hub/fish-finder/wiki\n"
    record = a_reading({"ai4-metadata.yml": metadata})
    assert parts(record, "links", "url") == ["https://github.com/hub/fish-finder/wiki"]
    assert found(record, "url-untidy") == []


def test_an_older_key_without_a_value_is_told_as_that_alone() -> None:
    record = a_reading({"ai4-metadata.yml": "title: Fish\nlinks:\n  training_data: null\n  dataset_url:\n"})
    assert found(record, "key-legacy") == []
    assert [(each.line, each.field) for each in found(record, "value-null")] == [
        (3, "links.training_data"), (4, "links.dataset_url")
    ]
