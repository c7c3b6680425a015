"""Rules 55 to 73: records, deletions, sets, formats, Identify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.oai_records import clear_oai, write_oai
from registry.oai_sets import SET_KINDS, set_name, sets_of, with_ancestors
from registry.oai_tables import oai_membership, oai_record
from tests.support.faces import a_context
from tests.support.oai import DOMAIN, OAI, Registry, a_registry, attributes, identifier_of, numbered, stamp_at
from vocab.faces import FACES
from vocab.module import SourceRef
from vocab.provenance import OriginDescription

RECORD = {"verb": "GetRecord", "metadataPrefix": "oai_dc"}
PROVENANCE = "{http://www.openarchives.org/OAI/2.0/provenance}"


def test_rule_55_unknown_identifier_then_id_does_not_exist(registry: Registry) -> None:
    answer = registry.ask(**RECORD, identifier="oai:registry.example.org:nothing")
    assert (answer.error, answer.message) == ("idDoesNotExist", "there is no oai:registry.example.org:nothing")


def test_rule_56_format_not_there_for_the_item_then_cannot_disseminate(tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path) as made:
        made.publish([(numbered(1), stamp_at(1))])
        with made.database.write() as connection:
            connection.execute(oai_record.update().values(prefix="another"))
        answer = made.ask(**RECORD, identifier=identifier_of(1))
        assert answer.error == "cannotDisseminateFormat"
        assert answer.message == f"{identifier_of(1)} is not there in the format oai_dc"
        assert made.ask(verb="ListMetadataFormats", identifier=identifier_of(1)).error == "noMetadataFormats"


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_rule_57_prefix_nobody_has_in_a_list_then_cannot_disseminate(registry: Registry, verb: str) -> None:
    answer = registry.ask(verb=verb, metadataPrefix="marc")
    assert (answer.error, answer.message) == ("cannotDisseminateFormat", "there is no format marc; there are oai_dc")


def test_rule_57_prefix_nobody_has_in_get_record_then_cannot_disseminate(registry: Registry) -> None:
    answer = registry.ask(verb="GetRecord", metadataPrefix="marc", identifier=identifier_of(1))
    assert answer.error == "cannotDisseminateFormat"


def test_rule_58_formats_of_an_item_then_its_own(registry: Registry) -> None:
    assert registry.ask(verb="ListMetadataFormats", identifier=identifier_of(34)).texts("metadataPrefix") == ["oai_dc"]
    assert registry.ask(verb="ListMetadataFormats", identifier="oai:x.org:none").error == "idDoesNotExist"


def test_rule_59_formats_then_oai_dc_with_its_addresses(registry: Registry) -> None:
    answer = registry.ask(verb="ListMetadataFormats")
    assert "oai_dc" in answer.texts("metadataPrefix")
    assert "http://www.openarchives.org/OAI/2.0/oai_dc.xsd" in answer.texts("schema")
    assert "http://www.openarchives.org/OAI/2.0/oai_dc/" in answer.texts("metadataNamespace")


def test_rule_60_deletion_then_a_header_for_ever_in_every_verb_and_set(registry: Registry) -> None:
    assert registry.ask(verb="Identify").texts("deletedRecord") == ["persistent"]
    record = registry.ask(**RECORD, identifier=identifier_of(34)).root.find(f".//{OAI}record")
    assert record is not None
    assert [child.tag for child in record] == [f"{OAI}header"]
    header = record[0]
    assert header.get("status") == "deleted"
    assert header.findtext(f"{OAI}datestamp") == stamp_at(40 * 60)
    assert [each.text for each in header.findall(f"{OAI}setSpec")] == list(sets_of(numbered(34)))
    for arguments in ({}, {"set": "task"}, {"set": "task:computer-vision"}, {"from_": stamp_at(36 * 60)}):
        for verb in ("ListRecords", "ListIdentifiers"):
            assert registry.harvest(verb, **arguments)[-1] == identifier_of(34)


def test_rule_62_deleted_and_there_again_then_one_header_that_is_not_deleted(changing: Registry) -> None:
    changing.withdraw(numbered(5), stamp_at(3000))
    assert changing.ask(**RECORD, identifier=identifier_of(5)).texts("metadata") == []
    changing.publish([(numbered(5), stamp_at(4000))])
    assert changing.harvest().count(identifier_of(5)) == 1
    assert len(changing.ask(**RECORD, identifier=identifier_of(5)).texts("metadata")) == 1


def test_rule_60_deleted_twice_with_fewer_sets_then_the_sets_stay(changing: Registry) -> None:
    changing.withdraw(numbered(5), stamp_at(3000))
    changing.withdraw(numbered(5, sources=(), tasks=()), stamp_at(3001))
    assert identifier_of(5) in changing.harvest(set="source:deep-open-catalogue")
    answer = changing.ask(**RECORD, identifier=identifier_of(5))
    assert answer.texts("setSpec") == list(sets_of(numbered(5)))


def test_rule_63_left_a_set_then_not_deleted_and_not_in_it(changing: Registry) -> None:
    changing.publish([(numbered(4, tasks=("classification",)), stamp_at(5000))])
    assert identifier_of(4) not in changing.harvest(set="task:computer-vision")
    assert identifier_of(4) in changing.harvest(set="task:classification", from_=stamp_at(4999))
    header = changing.ask(**RECORD, identifier=identifier_of(4)).root.find(f".//{OAI}header")
    assert header is not None
    assert header.get("status") is None


def test_rule_64_sets_of_a_header_then_all_in_every_verb(registry: Registry) -> None:
    expected = list(sets_of(numbered(3)))
    for answer in (
        registry.ask(**RECORD, identifier=identifier_of(3)),
        *(
            registry.ask(verb=verb, metadataPrefix="oai_dc", set="task", from_=stamp_at(180), until=stamp_at(180))
            for verb in ("ListRecords", "ListIdentifiers")
        ),
    ):
        assert answer.texts("setSpec") == expected


def test_rule_65_set_then_holds_what_its_parts_hold(registry: Registry) -> None:
    parts = [registry.harvest(set=f"source:{name}") for name in ("ai4os-hub", "deep-open-catalogue")]
    assert sorted(parts[0] + parts[1]) == sorted(registry.harvest(set="source"))
    assert len(parts[0]) == 18


def test_rule_66_sets_then_legal_unique_and_named(registry: Registry) -> None:
    answer = registry.ask(verb="ListSets")
    specs = answer.texts("setSpec")
    assert specs == sorted(set(specs))
    assert {"openaire", "source", "source:ai4os-hub", "task", "task:classification", "type", "type:module"} <= set(
        specs
    )
    assert all(answer.texts("setName"))


def test_rule_66_member_with_illegal_characters_then_replaced() -> None:
    odd = numbered(1, sources=(SourceRef("my source/ü", "k", "https://example.org/"),))
    assert "source:my_source__" in sets_of(odd)
    assert with_ancestors(("a:b:c", "d")) == ("a", "a:b", "a:b:c", "d")


def test_set_names_then_kind_and_label() -> None:
    assert set_name("source") == "Sources"
    assert set_name("source:ai4os-hub") == "Sources: ai4os-hub"
    assert set_name("task:computer-vision") == "Tasks: Computer Vision"
    assert {spec.partition(":")[0] for spec in sets_of(numbered(1))} == set(SET_KINDS)


@pytest.mark.parametrize("name", ["a b", "a::b", ":", "", "a/b", "task:", "é"])
def test_rule_67_set_of_bad_syntax_then_bad_argument(registry: Registry, name: str) -> None:
    answer = registry.ask(verb="ListRecords", metadataPrefix="oai_dc", set=name)
    assert answer.message == "set must be names of letters, digits and -_.!~*'(), joined by colons"


def test_rule_67_no_records_then_no_set_hierarchy(tmp_path: Path) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path) as made:
        assert made.ask(verb="ListSets").error == "noSetHierarchy"
        assert made.ask(verb="ListRecords", metadataPrefix="oai_dc").error == "noRecordsMatch"


def test_rule_68_identifier_then_described_in_identify(registry: Registry) -> None:
    block = registry.ask(verb="Identify").root.find(
        ".//{http://www.openarchives.org/OAI/2.0/oai-identifier}oai-identifier"
    )
    assert block is not None
    assert [child.text for child in block] == ["oai", DOMAIN, ":", f"oai:{DOMAIN}:image-classifier"]
    assert (
        b'<oai-identifier xmlns="http://www.openarchives.org/OAI/2.0/oai-identifier"'
        in registry.get("verb=Identify").response.data
    )


def test_rule_70_provenance_then_where_the_record_came_from(registry: Registry) -> None:
    answer = registry.ask(**RECORD, identifier=identifier_of(3))
    origin = answer.root.find(f".//{PROVENANCE}originDescription")
    assert origin is not None
    assert attributes(origin) == {"harvestDate": stamp_at(180), "altered": "true"}
    assert [child.text for child in origin] == [
        "https://github.com/",
        "https://github.com/example/m3",
        "2025-06-30T08:15:00Z",
        "https://github.com/",
    ]


def test_rule_70_without_sources_then_no_about(changing: Registry) -> None:
    changing.publish([(numbered(3, sources=()), stamp_at(6000))])
    assert changing.ask(**RECORD, identifier=identifier_of(3)).texts("about") == []


def test_rule_70_harvested_record_then_every_hop_of_each_way(changing: Registry) -> None:
    first = OriginDescription("https://first.sea.eu/oai", "oai:first:1", "2024-01-01", OAI[1:-1], "2024-02-01")
    ways = (replace(first, base_url="https://near.sea.eu/oai", before=first), replace(first, identifier="oai:first:2"))
    with changing.database.write() as connection:
        faces = {name: spec.render(numbered(3), a_context()) for name, spec in FACES.items() if spec.oai}
        arguments = (connection, numbered(3), faces, stamp_at(6000), sets_of(numbered(3)))
        assert write_oai(*arguments, repository_id=DOMAIN, origins=ways)
        assert not write_oai(*arguments, repository_id=DOMAIN, origins=ways)
    answer = changing.ask(**RECORD, identifier=identifier_of(3))  # valid by the official schema, as every answer
    parts = answer.root.iter(f"{PROVENANCE}provenance")
    found = [[each.text for each in way.iter(f"{PROVENANCE}baseURL")] for way in parts]
    assert found == [["https://near.sea.eu/oai", "https://first.sea.eu/oai"], ["https://first.sea.eu/oai"]]


def test_rule_72_identify_then_in_the_order_of_the_schema(registry: Registry) -> None:
    identify = registry.ask(verb="Identify").root.find(f"{OAI}Identify")
    assert identify is not None
    assert [(child.tag.removeprefix(OAI), child.text) for child in identify][:-1] == [
        ("repositoryName", "Module Registry"),
        ("baseURL", "https://registry.example.org/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", "admin@example.org"),
        ("earliestDatestamp", stamp_at(0)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ("compression", "gzip"),
    ]


def test_store_written_again_then_the_same_rows(changing: Registry) -> None:
    changing.withdraw(numbered(7), stamp_at(7000))

    def rows() -> list[tuple[object, ...]]:
        with changing.database.read() as connection:
            questions = (
                select(oai_record).order_by(oai_record.c.identifier),
                select(oai_membership).order_by(*oai_membership.c),
            )
            return [tuple(row) for question in questions for row in connection.execute(question)]

    before = rows()
    with changing.database.write() as connection:
        clear_oai(connection)
    assert rows() == []
    changing.publish((numbered(number), stamp_at(number * 60)) for number in range(35))
    changing.withdraw(numbered(7), stamp_at(7000))
    assert rows() == before


def test_write_without_a_face_then_the_item_is_not_in_that_format(changing: Registry) -> None:
    with changing.database.write() as connection:
        write_oai(connection, numbered(8), {}, stamp_at(8000), (), repository_id=DOMAIN)
    assert changing.ask(**RECORD, identifier=identifier_of(8)).error == "idDoesNotExist"
