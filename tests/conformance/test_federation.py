"""Our own `/oai` harvested by a second registry, and that one by a third: the same modules, and the way they came."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.events import Event
from registry.harvesting import apply_run, events_of
from registry.memory import DatabaseMemory
from registry.rebuilding import rebuild
from registry.runs import RunStatus, list_runs
from registry.source_rows import count_entries, require_source
from tests.support.federation import Member, a_member, all_hops, dublin_core, hops, is_deleted, served
from tests.support.processes import seconds_until, started
from tests.support.site import OTHERS, WITHDRAWN, fill
from tests.support.standards import check, compile_oai_schema
from tests.support.store import changes, dump, fetched, harvested, statuses

DAY = 86_400
# What Dublin Core carries of a module over any number of registries.
SAME = ("title", "description", "creator", "subject", "rights", "source", "date", "type", "contributor")
NETS = 25


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Member]:
    """The first registry, with modules of every kind, served."""
    with a_member(tmp_path / "one", "one") as member:
        fill(member.services)
        with served(member) as on_air:
            yield on_air


@pytest.fixture
def nets(tmp_path: Path) -> Iterator[Member]:
    """The first registry with twenty-five plain modules, served."""
    with a_member(tmp_path / "one", "one") as member:
        _list_nets(member, range(NETS))
        with served(member) as on_air:
            yield on_air


def _list_nets(member: Member, numbers: range, **titles: str) -> None:
    """One harvest of the first registry: nets of these numbers, some with other titles (`net_3`)."""
    harvested(member.services, "hub", *(
        fetched(f"a/net-{each}", titles.get(f"net_{each}", f"Net {each}"), line=each + 1,
                revision="c2" if f"net_{each}" in titles else "c1")
        for each in numbers
    ))


def test_modules_when_harvested_from_another_registry_are_the_same(one: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=one) as two:
        run = two.harvest()
        assert [run.counts[each] for each in ("listed", "fetched", "created", "failed")] == [OTHERS + 5] * 3 + [0]
        ours, theirs = one.records(), two.records()
        assert theirs.keys() == ours.keys() - {WITHDRAWN}
        for slug, record in theirs.items():
            assert dublin_core(record, *SAME) == dublin_core(ours[slug], *SAME), slug
            identifiers, before = (dublin_core(each, "identifier")["identifier"] for each in (record, ours[slug]))
            assert set(identifiers) == {*before, f"https://two.sample.internal/id/module/{slug}"}


def test_provenance_when_over_three_registries_nests_each_hop(one: Member, tmp_path: Path, shared: Path) -> None:
    schema = compile_oai_schema(shared / "standards", tmp_path / "xsd")
    with a_member(tmp_path / "two", "two", of=one) as two_at_home:
        two_at_home.harvest()
        with served(two_at_home) as two, a_member(tmp_path / "three", "three", of=two) as three:
            three.harvest()
            first, second, third = (each.records()["fish-finder"] for each in (one, two, three))
            check(schema, third.getroottree())
            forge = ("https://github.com/", "https://github.com/a/fish-finder")
            assert hops(first) == [forge]
            assert hops(second) == [(one.url, "oai:one.sample.internal:fish-finder"), forge]
            assert hops(third) == [(two.url, "oai:two.sample.internal:fish-finder"), *hops(second)]
            assert dublin_core(third, *SAME) == dublin_core(first, *SAME)


def test_module_when_two_registries_bring_it_is_one_with_both_ways(one: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=one) as two_at_home:
        two_at_home.harvest()
        with served(two_at_home) as two, a_member(tmp_path / "three", "three", of=one, and_of=two) as three:
            three.harvest()
            assert three.harvest("another").counts["created"] == 0
            assert three.records().keys() == one.records().keys() - {WITHDRAWN}
            ways = [[base for base, _ in each] for each in all_hops(three.records()["bare-weights"])]
            assert ways == [[two.url, one.url, "https://github.com/"], [one.url, "https://github.com/"]]


def test_second_harvest_when_nothing_changed_sends_one_request_and_writes_nothing(nets: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=nets) as two:
        two.harvest()
        nets.clock.advance(2 * DAY)
        two.clock.advance(2 * DAY)
        before = dump(two.services, without=("run",))
        run = two.harvest()
        assert (run.counts["listed"], run.requests["sent"], run.status) == (0, 1, RunStatus.FINDINGS)
        assert dump(two.services, without=("run",)) == before


def test_change_when_in_the_first_registry_comes_over_alone(nets: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=nets) as two:
        two.harvest()
        nets.clock.advance(2 * DAY)
        two.clock.advance(2 * DAY)
        log = changes(two.services)
        _list_nets(nets, range(NETS), net_3="Another net")
        run = two.harvest()
        assert (run.counts["listed"], run.counts["fetched"], run.requests["sent"]) == (1, 1, 1)
        assert changes(two.services)[len(log) :] == [("updated", "net-3")]
        assert dublin_core(two.records()["net-3"], "title") == {"title": ["Another net"]}


def test_deletion_when_in_the_first_registry_is_a_tombstone_with_its_reason(nets: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=nets) as two:
        two.harvest()
        nets.clock.advance(2 * DAY)
        two.clock.advance(2 * DAY)
        _list_nets(nets, range(1, NETS))
        assert is_deleted(nets.records()["net-0"])
        run = two.harvest()
        assert (run.counts["withdrawn"], run.status) == (1, RunStatus.FINDINGS)
        assert statuses(two.services)["net-0"] == "withdrawn"
        record = two.records()["net-0"]
        assert is_deleted(record)
        assert [child.tag.rpartition("}")[2] for child in record] == ["header"]
        _list_nets(nets, range(NETS))
        assert two.harvest().counts["restored"] == 1
        assert statuses(two.services)["net-0"] == "published"


def test_deletion_when_of_very_many_holds_the_run(nets: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=nets) as two:
        two.harvest()
        nets.clock.advance(2 * DAY)
        two.clock.advance(2 * DAY)
        for first in (3, 6, 9):  # so few at once never hold a run
            _list_nets(nets, range(first, NETS))
        assert two.harvest().status is RunStatus.HELD
        assert set(statuses(two.services).values()) == {"published"}


@pytest.mark.parametrize("number", [1, 2, 13, NETS, NETS + 1])
def test_harvest_when_it_breaks_off_at_any_event_goes_on(nets: Member, tmp_path: Path, number: int) -> None:
    with a_member(tmp_path / "whole", "two", of=nets) as whole, a_member(tmp_path / "two", "two", of=nets) as two:
        whole.harvest()
        source = require_source(two.services.database, "other")

        def cut() -> Iterator[Event]:
            events = events_of(two.services, source, DatabaseMemory(two.services.database))
            for event, _ in zip(events, range(number), strict=False):
                yield event
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            apply_run(two.services, source, cut())
        two.harvest()
        tables = ("source_record", "module", "oai_record", "document", "alias")
        assert dump(two.services, *tables) == dump(whole.services, *tables)


@pytest.mark.slow
def test_harvest_when_killed_in_the_middle_goes_on(nets: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=nets) as two:
        settings = two.services.settings
        environment = os.environ | {
            "MODREG_HOME": str(settings.home), "MODREG_ENDPOINTS": str(tmp_path / "two" / "endpoints.json"),
            "MODREG_DATABASE_URL": str(settings.database_url), "MODREG_BASE_URL": settings.base_url,
            "MODREG_REPOSITORY_ID": settings.repository_id, "MODREG_CONFIG": str(tmp_path / "two" / "registry.toml"),
        }
        (tmp_path / "two" / "registry.toml").write_text("", "utf-8")
        with started(environment, "harvest") as process:
            seconds_until(lambda: count_entries(two.services.database, "other").get("ok", 0) > 4)
            process.kill()
            process.communicate()
        assert count_entries(two.services.database, "other")["ok"] < NETS
        run = two.harvest()
        assert run.counts["fetched"] + run.counts["unchanged"] == NETS
        assert [each.status for each in list_runs(two.services.database)] == [RunStatus.FINDINGS, RunStatus.INTERRUPTED]
        assert two.records().keys() == nets.records().keys()


def test_rebuild_when_of_harvested_modules_gives_the_same_bytes(one: Member, tmp_path: Path) -> None:
    with a_member(tmp_path / "two", "two", of=one) as two:
        two.harvest()
        before = dump(two.services, without=("run", "follower"))
        rebuild(two.services)
        assert dump(two.services, without=("run", "follower")) == before
