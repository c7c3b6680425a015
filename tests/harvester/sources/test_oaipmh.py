"""The source kind `oaipmh` over a good repository: what is asked, listed, read, and remembered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.errors import WrongSettings
from harvester.events import Event, Fetched, Gone, Listed, Unchanged
from harvester.harvest import harvest
from harvester.memory import Validator
from harvester.sources import SOURCES
from harvester.sources.oaipmh import address_asked
from harvester.sources.oaipmh_settings import OaipmhSettings
from tests.support.answers import session_of
from tests.support.harvests import cost, kinds, of
from tests.support.small_oai import URL, OaiItem, OaiWorld, dc, items_of, key_of

DAY = 86_400


def _listed(world: OaiWorld, **keys: bool) -> Listed:
    listed = world.run(**keys)[0]
    assert isinstance(listed, Listed), listed
    return listed


def test_list_when_first_is_whole_and_costs_identify_and_its_pages() -> None:
    world = OaiWorld(*items_of(7))
    events = world.run()
    listed = events[0]
    assert isinstance(listed, Listed)
    assert listed.whole
    assert listed.findings == ()
    assert [each.key for each in listed.entries] == [key_of(number) for number in range(1, 8)]
    assert kinds(events) == ["Listed", *["Fetched"] * 7, "Finished"]
    assert world.oai.verbs() == ["Identify", "ListRecords", "ListRecords", "ListRecords"]


def test_record_when_read_has_its_payload_its_header_and_its_datestamp() -> None:
    about = '<provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"/>'
    item = OaiItem("oai:records.example.org:ä/1", "2026-01-01T00:00:01Z", dc("One"), ("a", "b"), about=about)
    world = OaiWorld(item)
    (fetched,) = of(Fetched, world.run())
    url = f"{URL}?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai%3Arecords.example.org%3A%C3%A4%2F1"
    assert fetched.key == "oai:records.example.org:ä/1"
    assert fetched.url == url
    assert fetched.revision == "2026-01-01T00:00:01Z"
    assert [(each.path, each.url) for each in fetched.documents] == [("oai:oai_dc", url), ("oai:about", url)]
    payload, envelope = (each.body.decode() for each in fetched.documents)
    assert payload.startswith("<oai_dc:dc ")
    assert "<dc:title>One</dc:title>" in payload
    assert "<responseDate>2026-01-02T03:04:05Z</responseDate>" in envelope
    assert f"<request>{URL}</request>" in envelope
    assert "<setSpec>b</setSpec>" in envelope
    assert "OAI/2.0/provenance" in envelope
    assert "dc:title" not in envelope


def test_identifier_when_it_is_no_oai_name_gets_one_in_its_key() -> None:
    world = OaiWorld(OaiItem("https://records.example.org/1"))
    assert [each.key for each in _listed(world).entries] == ["oai:https://records.example.org/1"]


def test_second_run_when_nothing_changed_sends_one_request_and_keeps_nothing() -> None:
    world = OaiWorld(*items_of(7))
    world.run()
    before = (dict(world.memory.payloads), dict(world.memory.validators), dict(world.memory.entries))
    events = world.run()
    assert kinds(events) == ["Listed", "Finished"]
    assert events[0] == Listed((), (), whole=False)
    assert world.oai.asked() == [
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-01T00:00:08Z"}
    ]
    assert (world.memory.payloads, world.memory.validators, world.memory.entries) == before


def test_second_run_when_soon_asks_with_an_overlap_and_finds_it_unchanged() -> None:
    item = OaiItem("oai:x:1", "2026-01-02T03:00:00Z")
    world = OaiWorld(item)
    world.run()
    before = (dict(world.memory.payloads), dict(world.memory.validators))
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Finished"]
    assert world.oai.asked()[0]["from"] == "2026-01-02T02:50:00Z"
    assert (world.memory.payloads, world.memory.validators) == before


def test_second_run_when_one_changed_reads_that_one() -> None:
    world = OaiWorld(*items_of(7))
    world.run()
    world.oai.items[3].metadata, world.oai.items[3].datestamp = dc("Changed"), "2026-01-02T00:00:00Z"
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == [key_of(4)]
    assert isinstance(events[0], Listed)
    assert not events[0].whole
    assert kinds(world.run()) == ["Listed", "Unchanged", "Finished"]


def test_record_when_only_written_otherwise_is_unchanged() -> None:
    written = '<a:dc xmlns:a="http://www.openarchives.org/OAI/2.0/oai_dc/" b="1" c="2"/>'
    world = OaiWorld(OaiItem("oai:x:1", metadata=written))
    world.run()
    item = world.oai.items[0]
    item.datestamp = "2026-01-02T00:00:00Z"
    item.metadata = "<a:dc c='2' b='1' xmlns:a='http://www.openarchives.org/OAI/2.0/oai_dc/'></a:dc>"
    assert kinds(world.run()) == ["Listed", "Unchanged", "Finished"]


def test_deletion_when_it_is_listed_is_final_and_says_when() -> None:
    world = OaiWorld(*items_of(2))
    world.run()
    world.oai.items[1].deleted, world.oai.items[1].datestamp = True, "2026-01-02T01:00:00Z"
    (gone,) = of(Gone, world.run())
    assert (gone.entry.key, gone.final, gone.status) == (key_of(2), True, 410)
    assert gone.reason == "deleted by its repository on 2026-01-02"


def test_deletion_when_never_seen_before_is_not_listed() -> None:
    world = OaiWorld(*items_of(1), OaiItem("oai:x:gone", deleted=True))
    assert [each.key for each in _listed(world).entries] == [key_of(1)]


def test_list_when_days_are_all_there_is_asks_for_days() -> None:
    world = OaiWorld(OaiItem("oai:x:1", "2026-01-01"), OaiItem("oai:x:2", "2025-12-30"))
    world.oai.granularity, world.oai.takes_times = "YYYY-MM-DD", False
    world.run()
    world.run()
    assert world.oai.asked() == [{"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2025-12-31"}]
    world.clock.advance(3 * DAY)
    world.run()
    assert world.oai.asked()[0]["from"] == "2026-01-02"


def test_list_when_errors_come_with_422_is_empty_all_the_same() -> None:
    world = OaiWorld(*items_of(1))
    world.oai.error_status = 422
    world.run()
    assert _listed(world) == Listed((), (), whole=False)


def test_list_when_the_settings_are_others_is_whole_again() -> None:
    world = OaiWorld(*items_of(2, sets=("a", "b")))
    world.settings["set"] = "a"
    world.run()
    world.settings["set"] = "b"
    assert _listed(world).whole
    assert world.oai.asked()[1] == {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "b"}


def test_list_when_the_registry_forgot_the_records_is_whole_again() -> None:
    world = OaiWorld(*items_of(2))
    world.run()
    world.memory.entries.clear()
    events = world.run()
    assert isinstance(events[0], Listed)
    assert events[0].whole
    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Finished"]


@pytest.mark.parametrize("kept", [b"", b"[]", b"{}", b'{"owed": 1}', b'{"owed": [], "witnesses": [], "last": null}'])
def test_list_when_the_mark_is_of_another_version_is_whole_again(kept: bytes) -> None:
    world = OaiWorld(*items_of(2))
    world.run()
    world.memory.keep_validator(Validator("oaipmh:src", "", None, None, world.memory.keep_payload(kept)))
    assert _listed(world).whole


def test_list_when_full_reads_everything_anew() -> None:
    world = OaiWorld(*items_of(4))
    world.run()
    events = world.run(full=True)
    assert kinds(events) == ["Listed", *["Fetched"] * 4, "Finished"]
    assert kinds(world.run()) == ["Listed", "Finished"]


def test_list_when_a_first_date_is_set_asks_from_it_always() -> None:
    world = OaiWorld(*items_of(4))
    world.settings["from"] = "2026-01-01T00:00:03Z"
    listed = _listed(world)
    assert listed.whole
    assert [each.key for each in listed.entries] == [key_of(3), key_of(4)]
    assert world.oai.asked()[1]["from"] == "2026-01-01T00:00:03Z"
    world.settings["from"] = "2026-01-02"
    world.oai.items.append(OaiItem("oai:x:new", "2026-01-02T00:00:00Z"))
    _listed(world)
    assert world.oai.asked()[1]["from"] == "2026-01-02T00:00:00Z"


@pytest.mark.parametrize("killed", range(1, 9))
def test_kill_when_before_any_event_loses_no_record(killed: int) -> None:
    world = OaiWorld(*items_of(7))
    world.run(keep=killed)
    world.run()
    assert sorted(key for _, key in world.memory.entries) == [key_of(number) for number in range(1, 8)]


@pytest.mark.parametrize("killed", range(1, 5))
def test_kill_when_in_a_later_run_loses_no_change(killed: int) -> None:
    world = OaiWorld(*items_of(7))
    world.run()
    for number in (1, 3, 5):
        world.oai.items[number].metadata = dc("Changed")
        world.oai.items[number].datestamp = "2026-01-01T12:00:00Z"
    known = dict(world.memory.entries)
    world.run(keep=killed)
    world.clock.advance(5 * DAY)
    world.run()
    changed = {key for (_, key), each in world.memory.entries.items() if known["src", key] != each}
    assert changed == {key_of(2), key_of(4), key_of(6)}
    assert kinds(world.run()) == ["Listed", "Finished"]


def test_record_when_what_was_read_was_not_kept_is_asked_for_by_itself() -> None:
    world = OaiWorld(*items_of(5))
    for event in _harvest(world):
        # What the registry does when its own code stumbles over one record: that one is not kept.
        if not (isinstance(event, Fetched) and event.key == key_of(2)):
            world.memory.learn("src", [event])
    world.clock.advance(2 * DAY)
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == [key_of(2)]
    assert world.oai.verbs() == ["ListRecords", "GetRecord"]
    assert kinds(world.run()) == ["Listed", "Finished"]


def _harvest(world: OaiWorld) -> Iterator[Event]:
    client = Client(session_of(world.oai), world.memory, Endpoints(), world.clock, contact="us@example.org")
    return harvest("src", "oaipmh", world.settings, Endpoints(), client, world.memory, world.clock)


def test_relist_when_deletions_are_not_kept_notices_what_vanished() -> None:
    world = OaiWorld(*items_of(5))
    world.oai.deletions = "no"
    world.run()
    del world.oai.items[2]
    assert not _listed(world).whole
    world.clock.advance(7 * DAY)
    events = world.run()
    listed = events[0]
    assert isinstance(listed, Listed)
    assert listed.whole
    assert [each.key for each in listed.entries] == [key_of(number) for number in (1, 2, 4, 5)]
    assert {type(each) for each in events[1:-1]} == {Unchanged}
    assert world.oai.verbs() == ["ListRecords", "Identify", "ListIdentifiers", "ListIdentifiers"]
    assert cost(events)[0] == 4
    assert not _listed(world).whole


def test_relist_when_deletions_are_kept_is_never_due() -> None:
    world = OaiWorld(*items_of(5))
    world.run()
    world.clock.advance(400 * DAY)
    assert not _listed(world).whole
    assert world.oai.verbs() == ["ListRecords"]


def test_relist_when_it_brings_up_a_record_asks_for_it() -> None:
    world = OaiWorld(*items_of(4))
    world.oai.deletions = "transient"
    world.run()
    # It became visible long after the moment it is stamped with.
    world.oai.items.append(OaiItem("oai:x:late", "2025-06-01T00:00:00Z", dc("Late")))
    world.clock.advance(8 * DAY)
    events = world.run()
    assert [each.key for each in of(Fetched, events)] == ["oai:x:late"]
    assert world.oai.verbs() == ["ListRecords", "Identify", "ListIdentifiers", "ListIdentifiers", "GetRecord"]


def test_relist_when_it_brings_up_very_many_lists_them_with_their_payloads() -> None:
    world = OaiWorld(*items_of(4))
    world.oai.deletions = "no"
    world.run()
    world.oai.page = 200
    world.oai.items += [OaiItem(f"oai:x:late{number}", "2025-06-01T00:00:00Z") for number in range(101)]
    world.clock.advance(8 * DAY)
    events = world.run()
    assert len(of(Fetched, events)) == 101
    assert world.oai.verbs() == ["ListRecords", "Identify", "ListIdentifiers", "ListRecords"]


def test_base_url_when_it_has_a_query_keeps_it() -> None:
    world = OaiWorld(*items_of(1))
    world.settings["url"] = f"{URL}?mode=oai"
    world.run()
    assert world.oai.urls[0] == f"{URL}?mode=oai&verb=Identify"


def test_zenodo_when_the_endpoints_move_it_is_asked_there() -> None:
    endpoints = Endpoints.from_mapping({"zenodo_oai": "http://127.0.0.1:9/oai2d"})
    assert address_asked(endpoints, OaipmhSettings(url="https://zenodo.org/oai2d")) == "http://127.0.0.1:9/oai2d"
    assert address_asked(endpoints, OaipmhSettings(url="https://records.example.org/oai")) == URL
    assert SOURCES["oaipmh"].home(endpoints, OaipmhSettings(url=URL)) == URL


@pytest.mark.parametrize(("settings", "told"), [
    ({}, "src: url: Field required."),
    ({"url": "records"}, "src: url: an address such as https://HOST/oai, without user and fragment."),
    ({"url": "https://u:p@host/oai"}, "src: url: an address such as https://HOST/oai, without user and fragment."),
    ({"url": f"{URL}?verb=Identify"}, "src: url: the base URL alone, without `verb` and what follows."),
    (
        {"url": URL, "from": "yesterday"},
        "src: from: a date such as 2024-01-31, or a moment such as 2024-01-31T00:00:00Z.",
    ),
    ({"url": URL, "deleted": "perhaps"}, "src: deleted: Input should be 'as-declared', 'trust' or 'relist'."),
    ({"url": URL, "sett": "x"}, "src: sett: Extra inputs are not permitted."),
])
def test_settings_when_wrong_are_refused(settings: dict[str, object], told: str) -> None:
    world = OaiWorld()
    world.settings = settings
    with pytest.raises(WrongSettings) as refused:
        world.run()
    assert refused.value.seen == told


def test_settings_when_kept_and_read_again_are_the_same() -> None:
    settings = OaipmhSettings.model_validate({"url": URL, "from": "2026-01-01", "set": "a:b"})
    form = settings.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    assert form == {"url": URL, "from": "2026-01-01", "set": "a:b"}
    assert OaipmhSettings.model_validate(form) == settings


def test_settings_when_made_into_a_form_tell_what_each_is_for() -> None:
    fields = OaipmhSettings.model_json_schema()["properties"]
    assert list(fields)[:4] == ["url", "prefix", "set", "from"]
    assert [name for name, field in fields.items() if not field.get("description")] == []
