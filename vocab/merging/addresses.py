"""Links and distributions: what leads to the module, and what one can fetch and run.

The source code of earlier places is only an alias today. Border: images are put together in `vocab.merging.images`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from vocab.identifiers import repository_address, repository_key
from vocab.merging.aliases import names_before
from vocab.merging.choice import Desk, collect
from vocab.merging.images import images_of, is_image
from vocab.merging.things import completed_weights
from vocab.merging.values import SAME_THING, part_of
from vocab.module import Distribution, Link
from vocab.record import SourceRecord, Statement

Addressed = TypeVar("Addressed", Link, Distribution)


def links_of(desk: Desk) -> tuple[Link, ...]:
    """The links, the most believed first; its own repository is always one."""
    own = _own_repository(desk)
    of_earlier_places = _only_today(desk, "links", "rel", "source_code")

    def refuse(each: Statement) -> str | None:
        value = each.value if isinstance(each.value, dict) else {}
        address = repository_address(value.get("url"))
        if value.get("rel") == "homepage" and address and address.key in desk.places.place and not address.below:
            return "it is no page beside the repository"
        return of_earlier_places(each)

    links = tuple(dict.fromkeys(_spelt(desk, each) for each in collect(desk, "links", refuse)))
    if own is None or any(each.rel == "source_code" and repository_key(each.url) == own.key for each in links):
        return links
    desk.ledger.derive("links", own.url, "the repository itself", own.source, own.key)
    return (Link("source_code", own.url), *links)


def distributions_of(desk: Desk) -> tuple[Distribution, ...]:
    """What one can fetch, in the order in which it is named first; its own repository is always one."""
    same = SAME_THING["distributions"]
    images = images_of(desk)
    said = collect(desk, "distributions", _only_today(desk, "distributions", "kind", "source"), leave_out=is_image)
    others = {same(each): [_spelt(desk, each) if each.kind == "source" else each] for each in said}
    slots = dict.fromkeys(same(part_of("Distribution", each.value)) for each in desk.said("distributions"))
    known = others | {f"image:{name}": builds for name, builds in images.items()}
    found = [one for slot in slots for one in known.get(slot, ())]
    own = _own_repository(desk)
    if own is not None and not any(each.kind == "source" for each in found):
        desk.ledger.derive("distributions", own.url, "the repository itself", own.source, own.key)
        found.append(Distribution("source", url=own.url))
    return completed_weights(desk, found)


def _only_today(desk: Desk, field: str, part: str, value: str) -> Callable[[Statement], str | None]:
    """Refuses the source code of earlier places and of the older metadata file when a better witness states some."""

    def concerned(each: Statement) -> bool:
        return isinstance(each.value, dict) and each.value.get(part) == value

    stated = [each for each in desk.said(field) if concerned(each)]
    latest = min((desk.places.of(each) for each in stated), default=0)
    in_new_file = {each.origin.entry for each in stated if each.origin.reader == "ai4_v2"}

    def refuse(each: Statement) -> str | None:
        if not concerned(each):
            return None
        if desk.places.of(each) > latest:
            return "the module has moved since; the address stays an alias"
        older = each.origin.reader == "deep_v1" and each.origin.entry in in_new_file
        return "the newer metadata file is believed before the older one" if older else None

    return refuse


def _spelt(desk: Desk, part: Addressed) -> Addressed:
    """The repository's own address as it is today, in the letters in which its forge writes it."""
    address = repository_address(part.url)
    if address is None or address.below:
        return part
    key = address.key
    own = next((one for one in desk.places.repositories if key == one.key or key in names_before(one)), None)
    return replace(part, url=own.url) if own is not None else part


def _own_repository(desk: Desk) -> SourceRecord | None:
    return next((each for each in desk.places.repositories if repository_key(each.url) == each.key), None)
