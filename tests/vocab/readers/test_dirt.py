"""The dirt of the real catalogues, one test for each kind: the value is recovered, a finding says where and what."""

from __future__ import annotations

import pytest
import yaml

from tests.support.documents import a_document, a_reading, found, parts, place
from vocab.readers.json_text import parse_json
from vocab.record import SourceRecord

V1 = """{
    "title": "Fish finder",
    "summary": "Finds fish in pictures.",
    "description": ["It looks for fish.", "It finds them."],
    "keywords": ["tensorflow", "trainable"],
    "license": "MIT",
    "date_creation": "2021-03-04",
    "sources": {
        "dockerfile_repo": "https://github.com/hub/fish-finder",
        "docker_registry_repo": "ai4oshub/fish-finder",
        "code": "https://github.com/hub/fish-finder"
    }
}
"""
V2 = """metadata_version: 2.0.0
title: Fish finder
summary: Finds fish in pictures.
description: |-
  It looks for fish.
dates:
  created: '2021-03-04'
  updated: '2024-08-12'
links:
  source_code: https://github.com/hub/fish-finder
  docker_image: ai4oshub/fish-finder
tags:
  - deep sea
tasks:
  - Computer Vision
categories:
  - AI4 inference
libraries:
  - Keras
data-type:
  - Image
"""


def v2(*changes: tuple[str, str]) -> SourceRecord:
    """The reading of the clean V2 file after some changes of its text."""
    text = V2
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return a_reading({"ai4-metadata.yml": text})


def v1(*changes: tuple[str, str]) -> SourceRecord:
    """The reading of the clean V1 file after some changes of its text."""
    text = V1
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return a_reading({"metadata.json": text})


@pytest.mark.parametrize("record", [v1(), v2()])
def test_clean_metadata_has_no_finding(record: SourceRecord) -> None:
    assert record.findings == ()
    assert record.values("title") == ["Fish finder"]


def test_d01_json_trailing_comma_is_repaired_and_told() -> None:
    record = v1(('"It finds them."]', '"It finds them.",]'))
    assert record.values("description") == ["It looks for fish.\nIt finds them."]
    (told,) = found(record, "json-repaired")
    assert (told.file, told.line, told.message) == ("metadata.json", 4, "a comma before the closing bracket")
    assert told.mend == "Correct the syntax at this line; check with `python -m json.tool metadata.json`."
    assert record.unparsed == ()


def test_d02_yaml_with_an_unquoted_colon_keeps_every_section_and_the_text() -> None:
    record = v2(("description: |-\n  It looks for fish.", "description:\n  It looks for fish.\n\n  **Options**: two."))
    assert record.values("description") == ["It looks for fish.\n\n**Options**: two."]
    assert record.values("libraries") == ["keras"]
    (parser, mended) = found(record, "yaml-salvaged")
    assert (parser.line, mended.line) == (7, 4)
    assert mended.message == "the value of `description` is no YAML, taken as plain text"
    statement = next(each for each in record.statements if each.field == "description")
    assert statement.origin.rule == "repaired"


def test_d03_a_list_under_a_key_that_stands_twice_is_joined_and_told() -> None:
    record = v2(("data-type:", "libraries:\n- TensorFlow\ndata-type:"))
    assert record.values("libraries") == ["keras", "tensorflow"]
    (told,) = found(record, "yaml-duplicate-key")
    assert (told.file, told.line, told.found) == ("ai4-metadata.yml", 20, "libraries")
    assert told.message == "the key `libraries` stands on line 18 and again on line 20"


def test_d04_a_misspelt_key_is_read_as_what_it_means_and_told() -> None:
    record = v2(("data-type:", "sata-type:"))
    assert record.values("data_types") == ["image"]
    (told,) = found(record, "key-misspelt")
    assert (told.line, told.mend) == (20, "Write `data-type` instead of `sata-type`.")


def test_d05_legacy_keys_inside_links_are_understood_and_told() -> None:
    record = v2((
        "tags:",
        "  cite_url: https://doi.org/10.17882/4711\n  dataset_url: https://zenodo.org/records/4712345\n"
        "  training_files_url: https://files.uni.eu/weights.tar\ntags:",
    ))
    assert parts(record, "publications", "doi") == ["10.17882/4711"]
    assert parts(record, "training_data", "doi") == ["10.5281/zenodo.4712345"]
    assert ("weights", "https://files.uni.eu/weights.tar") in parts(record, "distributions", "kind", "url")
    assert [(each.line, each.found, each.expected) for each in found(record, "key-legacy")] == [
        (12, "links.cite_url", "links.citation"), (13, "links.dataset_url", "links.dataset"),
        (14, "links.training_files_url", "links.weights"),
    ]


def test_d06_a_value_outside_the_closed_list_is_kept_as_a_term_of_ours_and_told() -> None:
    record = v2(("- Computer Vision", "- Object detection"))
    assert record.values("tasks") == ["object-detection"]
    (told,) = found(record, "value-not-in-list")
    assert (told.line, told.field, told.found) == (15, "tasks", "Object detection")


def test_d06_a_value_that_nobody_knows_becomes_a_keyword_and_is_told() -> None:
    record = v2(("- Computer Vision", "- Bathymetric folklore"))
    assert record.values("tasks") == []
    assert "bathymetric folklore" in record.values("keywords")
    assert place(record, "value-not-in-list") == ("ai4-metadata.yml", 15)


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1"])
def test_d07_the_shape_decides_the_format_and_not_the_metadata_version(version: str) -> None:
    record = v2(("metadata_version: 2.0.0", f"metadata_version: {version}"))
    assert {each.origin.reader for each in record.statements if each.field == "title"} == {"ai4_v2"}
    (told,) = found(record, "metadata-version-odd")
    assert (told.line, told.found, told.expected) == (1, version, "2.0.0")


def test_d08_metadata_in_a_file_of_another_name_is_read_and_told() -> None:
    record = a_reading({"metadata.yaml": V2})
    assert record.values("title") == ["Fish finder"]
    (told,) = found(record, "file-name-unexpected")
    assert told.mend == "Rename metadata.yaml to `ai4-metadata.yml`."
    assert not found(record, "no-metadata")


def test_d09_a_null_is_an_absent_value_and_told() -> None:
    record = v2(("tags:", "  dataset: null\n  weights:\ntags:"))
    assert record.values("training_data") == []
    assert [(each.line, each.field) for each in found(record, "value-null")] == [
        (12, "links.dataset"), (13, "links.weights"),
    ]


def test_d10_a_placeholder_address_is_an_absent_value_and_told() -> None:
    record = v2(("tags:", "  documentation: http://add-some-documentation.com\n  # weights: http://add-some-weights-url.com\ntags:"))
    assert parts(record, "links", "rel") == ["source_code"]
    (told,) = found(record, "value-placeholder")
    assert (told.line, told.found) == (12, "http://add-some-documentation.com")


def test_d11_a_placeholder_licence_is_an_absent_value_and_told() -> None:
    record = v1(('"MIT"', '"No license file"'))
    assert record.values("licence.declared") == []
    (told,) = found(record, "licence-missing")
    assert (told.line, told.found) == (6, "No license file")


def test_d12_json_with_tabs_is_never_given_to_a_yaml_loader() -> None:
    tabbed = V1.replace("    ", "\t")
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(tabbed)
    record = a_reading({"metadata.json": tabbed})
    assert record.findings == ()
    assert record.values("title") == ["Fish finder"]


def test_d12_json_with_tabs_under_a_yaml_name_is_read_as_json() -> None:
    record = a_reading({"ai4-metadata.yml": '{\t"title": "Fish finder",\t"links": {}}'})
    assert record.values("title") == ["Fish finder"]
    assert record.unparsed == ()


def test_d13_blanks_around_values_are_taken_away_and_told() -> None:
    record = v1(('"ai4oshub/fish-finder"', '" ai4oshub/fish-finder"'), ('"Fish finder"', '"Fish finder "'))
    assert record.values("title") == ["Fish finder"]
    assert record.values("evidence.image") == ["docker.io/ai4oshub/fish-finder"]
    assert [each.line for each in found(record, "value-blanks")] == [2, 10]
    assert next(each.raw for each in record.statements if each.field == "title") == "Fish finder "


def test_d14_a_broken_host_gives_no_link_and_is_told() -> None:
    record = v1(('"code": "https://github.com/', '"code": "https://github.chub-'))
    assert record.values("evidence.code") == []
    (told,) = found(record, "url-broken")
    assert (told.line, told.found) == (11, "https://github.chub-hub/fish-finder")


@pytest.mark.parametrize(("written", "fault"), [
    ("https://github.com/hub/fish-finder.git", ".git"),
    ("https://github.com/hub/fish-finder/", "trailing slash"),
    ("http://github.com/hub/fish-finder", "scheme"),
    ("https://github.com/hub/fish-finder/fish-finder", "below"),
    ("https://github.com/hub/fish-finder/tree/main", "below"),
])
def test_d14_an_untidy_repository_address_is_brought_into_its_plain_form_and_told(written: str, fault: str) -> None:
    record = v2(("source_code: https://github.com/hub/fish-finder", f"source_code: {written}"))
    assert record.values("evidence.code") == ["github.com/hub/fish-finder"]
    assert parts(record, "links", "rel", "url") == [("source_code", "https://github.com/hub/fish-finder")]
    (told,) = found(record, "url-untidy")
    assert (told.line, told.expected) == (10, "https://github.com/hub/fish-finder")
    assert told.message == f"the repository address is not the plain one: {fault}"


def test_d14_another_letter_case_is_the_same_repository() -> None:
    record = v2(("hub/fish-finder\n  docker", "Hub/Fish-Finder\n  docker"))
    assert record.values("evidence.names_repository") == ["github.com/hub/fish-finder"]


def test_d15_the_licence_of_the_metadata_and_that_of_the_file_both_stand() -> None:
    record = a_reading({"metadata.json": V1, "LICENSE": "SPDX-License-Identifier: AGPL-3.0-only\n"})
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    assert parts(record, "licence.detected", "spdx") == ["AGPL-3.0-only"]
    detected = next(each for each in record.statements if each.field == "licence.detected")
    assert (detected.origin.reader, detected.origin.file) == ("licence_file", "LICENSE")


def test_d16_a_change_before_the_creation_is_told() -> None:
    record = v2(("created: '2021-03-04'", "created: '2025-03-04'"))
    (told,) = found(record, "date-order")
    assert (told.line, told.message) == (8, "updated 2024-08-12, but created 2025-03-04")


def test_d16_a_date_of_change_older_than_the_last_content_is_told() -> None:
    commit = '{"message": "x", "tree": {"sha": "t"}, "committer": {"date": "2025-02-03T00:00:00Z"}}'
    commits = f'[{{"sha": "a1", "parents": [], "commit": {commit}}}]'
    record = a_reading({"ai4-metadata.yml": V2, "api:commits": commits})
    (told,) = found(record, "date-stale")
    assert (told.file, told.line, told.expected) == ("ai4-metadata.yml", 8, "2025-02-03")


def test_d17_both_versions_of_the_metadata_are_witnesses() -> None:
    record = a_reading({"ai4-metadata.yml": V2, "metadata.json": V1.replace("Fish finder", "Old fish finder")})
    titles = {each.origin.reader: each.value for each in record.statements if each.field == "title"}
    assert titles == {"ai4_v2": "Fish finder", "deep_v1": "Old fish finder"}


def test_d18_an_empty_description_is_absent_and_told() -> None:
    record = v1(('["It looks for fish.", "It finds them."]', '[""]'))
    assert record.values("description") == []
    (told,) = found(record, "value-empty")
    assert (told.line, told.field) == (4, "description")


def test_d19_a_title_that_is_the_name_of_the_repository_is_kept_and_told() -> None:
    record = v2(("title: Fish finder", "title: fish-finder"))
    assert record.values("title") == ["fish-finder"]
    (told,) = found(record, "value-template-text")
    assert (told.line, told.message) == (2, "the title is the name of the repository")


def test_d19_text_of_the_template_is_told() -> None:
    record = v1(("Finds fish in pictures.", "Fish finder is an application using the DEEPaaS API."))
    assert place(record, "value-template-text") == ("metadata.json", 3)


@pytest.mark.parametrize(
    "address", ["https://cephrgw01.ifca.es:8080/swift/v1/fish/", "https://nc.deep-hybrid-datacloud.eu/s/abc"],
)
def test_d20_an_address_on_a_dead_host_gives_no_link_and_is_told(address: str) -> None:
    record = v2(("tags:", f"  weights: {address}\ntags:"))
    assert parts(record, "distributions", "kind") == ["source", "image"]
    (told,) = found(record, "url-dead-host")
    assert (told.line, told.found, told.expected) == (12, address, "an address that answers")


def test_d20_a_dead_host_that_has_a_successor_is_told_with_it() -> None:
    record = v2(("tags:", "  weights: https://jenkins.services.ai4os.eu/job/x\ntags:"))
    (told,) = found(record, "url-dead-host")
    assert told.message == "jenkins.services.ai4os.eu (build server) was found gone in 2026-07"
    assert told.expected == "an address on jenkins.cloud.ai4eosc.eu"


def test_d21_dead_fields_are_passed_over_in_silence() -> None:
    dead = (
        '"tosca": [{"title": "Mesos", "url": "https://raw.githubusercontent.com/x/y/z.yml"}],'
        ' "continuous_integration": {"build_status_url": "https://jenkins.indigo-datacloud.eu/job/x"}, "sources"'
    )
    record = v1(('"sources"', dead), ('"code":', '"ai4_template": "ai4-template/2.0.0", "code":'))
    assert record.findings == ()
    assert "jenkins" not in str(record.statements)
    assert "Mesos" not in str(record.statements)


def test_d22_a_code_link_is_evidence_of_code_and_names_no_repository() -> None:
    record = v1(('"code": "https://github.com/hub/fish-finder"', '"code": "https://github.com/hub/image-classification-tf"'))
    assert record.values("evidence.code") == ["github.com/hub/image-classification-tf"]
    assert record.values("evidence.names_repository") == ["github.com/hub/fish-finder"]
    assert record.values("evidence.repository") == ["github.com/hub/fish-finder"]


def test_d23_a_link_to_a_former_name_stays_evidence_and_the_present_name_stands_beside_it() -> None:
    facts = '{"id": 7, "full_name": "hub/fish-finder", "html_url": "https://github.com/hub/fish-finder"}'
    record = a_reading(
        {"ai4-metadata.yml": V2.replace("hub/fish-finder\n  docker", "hub/old-fish\n  docker"), "api:repository": facts}
    )
    assert record.values("evidence.names_repository") == ["github.com/hub/old-fish"]
    assert set(record.values("evidence.repository")) == {"github.com/hub/fish-finder"}
    assert record.values("evidence.numeric_id") == ["7"]


def test_d24_every_repository_in_the_archived_banner_is_evidence_of_the_move() -> None:
    readme = (
        "---\n# The Repository is ARCHIVED!\n"
        "### it is now maintained in https://codebase.helmholtz.cloud/m-team/ai/fish "
        "<br>(mirrored to https://github.com/ai4os-hub/fish-finder/)\n---\n\n# Fish\n\nSee https://github.com/other/thing.\n"
    )
    record = a_reading({"metadata.json": V1, "README.md": readme})
    assert record.values("evidence.moved_to") == [
        "codebase.helmholtz.cloud/m-team/ai/fish", "github.com/ai4os-hub/fish-finder",
    ]
    assert {(each.file, each.line) for each in found(record, "repository-moved")} == {("README.md", 3)}


def test_parsing_json_of_the_clean_file_repairs_nothing() -> None:
    assert parse_json(a_document("metadata.json", V1).body).defects == []
