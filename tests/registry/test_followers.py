"""Followers: in step with the change log, built anew when they are lost or ahead, and none holds up another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from registry import leases
from registry.exporting import FORMATS, export
from registry.followers import rebuild_follower, run_followers
from registry.modules import StoredModule
from registry.search.engine import Query, SearchUnavailableError
from registry.search_follower import SearchFollower
from registry.services import Services
from registry.tables import follower
from tests.support.store import dump, fetched, harvested, unchanged


class Remembering:
    """A follower that remembers what it was given."""

    name = "remembering"

    def __init__(self, fault: Exception | None = None) -> None:
        self.at = 0
        self.had: dict[str, str] = {}
        self.rebuilt = 0
        self.fault = fault

    def sequence(self) -> int:
        return self.at

    def apply(self, modules: Sequence[StoredModule], sequence: int) -> None:
        if self.fault is not None:
            raise self.fault
        self.had |= {each.module.slug: each.status.value for each in modules}
        self.at = sequence

    def rebuild(self, modules: Iterable[StoredModule], sequence: int) -> None:
        self.rebuilt += 1
        self.had = {each.module.slug: each.status.value for each in modules}
        self.at = sequence


def _report(services: Services) -> dict[str, tuple[int, str | None]]:
    with services.database.read() as connection:
        return {row.name: (row.sequence, row.problem) for row in connection.execute(select(follower))}


def test_follower_when_new_then_built_whole_and_afterwards_in_step(services: Services) -> None:
    each = Remembering()
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    assert run_followers(services, [each]) == {"remembering": 2}

    harvested(services, "hub", unchanged("a/one"), fetched("a/three", "Three"))

    assert run_followers(services, [each]) == {"remembering": 2}
    assert each.had == {"one": "published", "two": "withdrawn", "three": "published"}
    assert (each.at, each.rebuilt) == (4, 1)
    assert _report(services) == {"remembering": (4, None)}


def test_follower_when_in_step_then_nothing_is_written(services: Services) -> None:
    each = Remembering()
    harvested(services, "hub", fetched("a/one", "One"))
    run_followers(services, [each])
    before = dump(services)
    services.clock.sleep(60)

    assert run_followers(services, [each]) == {"remembering": 0}

    assert dump(services) == before


def test_follower_when_it_is_ahead_of_a_restored_store_then_built_anew(services: Services) -> None:
    each = Remembering()
    each.at, each.had = 99, {"ghost": "published"}
    harvested(services, "hub", fetched("a/one", "One"))

    run_followers(services, [each])

    assert (each.at, each.had, each.rebuilt) == (1, {"one": "published"}, 1)


def test_follower_when_one_fails_then_its_problem_is_told_and_the_others_follow(services: Services) -> None:
    lame, gone, well = Remembering(ValueError("no room")), Remembering(SearchUnavailableError("asleep")), Remembering()
    lame.name, gone.name = "lame", "gone"
    lame.at = gone.at = well.at = 1
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))

    assert run_followers(services, [lame, gone, well]) == {"remembering": 1}

    assert _report(services) == {
        "lame": (0, "ValueError: no room"), "gone": (0, "asleep"), "remembering": (2, None),
    }


def test_follower_when_another_process_is_at_it_then_left_to_that(services: Services) -> None:
    each = Remembering()
    harvested(services, "hub", fetched("a/one", "One"))
    with services.database.write() as connection:
        leases.take(connection, "follower:remembering", "elsewhere 1 2 3", services.clock.now())

    assert run_followers(services, [each]) == {}
    assert each.at == 0


def test_search_when_modules_change_then_the_index_has_the_published_ones(local: Services) -> None:
    harvested(local, "hub", fetched("a/one", "Trout finder"), fetched("a/two", "Perch finder"))
    run_followers(local)
    harvested(local, "hub", unchanged("a/one"))
    run_followers(local)

    assert local.search.slugs() == {"one": 1}
    assert [each.slug for each in local.search.search(Query("trout")).hits] == ["one"]
    assert rebuild_follower(local, SearchFollower(local.search)) == 2
    assert local.search.slugs() == {"one": 1}


def test_export_when_lines_then_one_canonical_module_a_line_tombstones_too(local: Services) -> None:
    harvested(local, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(local, "hub", unchanged("a/one"))

    lines = b"".join(export(local)).splitlines()

    assert [line[:13] for line in lines] == [b'{"slug":"one"', b'{"slug":"two"']
    assert b'"status":"withdrawn"' in lines[1]
    assert b"".join(export(local, "jsonl", ["github.com/a/one"])).splitlines() == lines[:1]


def test_export_when_in_any_face_then_it_can_be_read(local: Services) -> None:
    import orjson
    import rdflib
    from lxml import etree

    harvested(local, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))

    modules = {f"{local.settings.base_url}/id/module/{slug}" for slug in ("one", "two")}
    for form in FORMATS:
        body = b"".join(export(local, form))
        if form in {"ttl", "nt", "dcat-ap", "rdf"}:
            read = rdflib.Graph().parse(data=body, format={"nt": "nt", "rdf": "xml"}.get(form, "turtle"))
            assert {str(each) for each in read.subjects(rdflib.RDF.type, rdflib.DCAT.Dataset)} == modules
        elif form == "nq":
            graphs = {line.split()[-2].decode().strip("<>") for line in body.splitlines()}
            assert graphs == {each.replace("/id/module/", "/id/record/") for each in modules}
        elif form in {"dc.xml", "oai_dc"}:
            assert len(etree.fromstring(body)) == 2
        elif form != "jsonl":
            assert len(orjson.loads(body)) == 2
