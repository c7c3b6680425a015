"""Every identifier by which a module is known: repositories now and before, images, DOIs, old slugs, catalogue names.

An image or a forwarding address counts only when its name is made of the module's own words: children name their
parent's image, and a copied banner leads elsewhere. Border: who gets an alias that two modules claim is decided in
the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vocab.evidence_facts import last_part
from vocab.evidence_names import name_signature, names_related
from vocab.identifiers import slug_of
from vocab.merge_choice import Desk, collect
from vocab.module import Alias, Identifier
from vocab.record import SourceRecord


def aliases_of(desk: Desk, identifiers: Iterable[Identifier]) -> tuple[Alias, ...]:
    """All aliases, sorted."""
    records = desk.places.records
    found = set(collect(desk, "aliases"))
    for record in records:
        found |= set(_repositories(record))
        found.add(Alias("uri", record.url))
    own_names = sorted({last_part(str(each)) for record in records for each in (record.key, *_former(record))})
    for record in records:
        found |= {Alias("repository", each) for each in _values(record, "moved_to") if _is_own(each, own_names)}
        images = [each for each in _values(record, "image") if _is_own(each, own_names)]
        found |= {Alias("image", each) for each in images}
        # The first catalogue's pages were named after the image.
        found |= {Alias("slug", slug_of(last_part(each))) for each in images}
    found |= {Alias("doi", each.value) for each in identifiers if each.scheme == "doi" and each.role != "paper"}
    return tuple(sorted(found, key=lambda each: (each.kind, each.value)))


def _repositories(record: SourceRecord) -> Iterator[Alias]:
    for key in (record.key, *_former(record)):
        yield Alias("repository", key)


def _former(record: SourceRecord) -> list[str]:
    return _values(record, "repository")


def _values(record: SourceRecord, name: str) -> list[str]:
    return [str(each) for each in record.values(f"evidence.{name}") if each]


def _is_own(key: str, own_names: Iterable[str]) -> bool:
    words = name_signature(last_part(key))
    if last_part(key) in own_names:
        return True
    own = [name_signature(each) for each in own_names]
    return bool(words) and any(words == each or names_related(words, each) for each in own)
