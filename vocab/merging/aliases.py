"""Every identifier by which a module is known: repositories now and before, images, DOIs, old slugs, catalogue names.

An image that is merely named, or a forwarding address, counts only when its name is made of the module's own words:
children name their parent's image, and a copied banner leads elsewhere. Border: who gets an alias that two modules
claim is decided in the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from vocab.evidence_facts import last_part
from vocab.evidence_names import PACKING, name_signature, names_related
from vocab.identifiers import EntryKind, entry_kind, slug_of, value_of
from vocab.merging.choice import Desk, collect
from vocab.module import Alias, Identifier
from vocab.record import SourceRecord
from vocab.things import identities_of


def aliases_of(desk: Desk, identifiers: Iterable[Identifier]) -> tuple[Alias, ...]:
    """All aliases, sorted."""
    records = desk.places.repositories
    found = set(collect(desk, "aliases"))
    for record in records:
        found |= set(_repositories(record))
    # The address of an OAI item is that of a question, and nobody's page.
    found |= {Alias("uri", each.url) for each in desk.places.records if entry_kind(each.key) is not EntryKind.OAI}
    own_names = sorted({last_part(str(each)) for record in records for each in (record.key, *_former(record))})
    for record in records:
        found |= {Alias("repository", each) for each in _values(record, "moved_to") if _is_own(each, own_names)}
        found |= {Alias("repository", each) for each in names_before(record)}
        found |= {Alias("repository", each) for each in _values(record, "catalogue_rename")}
        found |= set(_images(_values(record, "image"), own_names))
    found |= set(_images_before(records, found))
    # The second one's after the repository.
    names = [slug_of(last_part(each.value)) for each in found if each.kind == "repository"]
    found |= {Alias("slug", each) for each in names if each}
    found |= {Alias("doi", each.value) for each in identifiers if each.scheme == "doi" and each.role != "paper"}
    for record in desk.places.things:
        found |= set(_of_thing(record, own_names))
    return tuple(sorted(found, key=lambda each: (each.kind, each.value)))


def _images(names: Iterable[str], own_names: Sequence[str]) -> Iterator[Alias]:
    """The images that bear the module's own words; the first catalogue's pages were named after the image."""
    for each in names:
        if _is_own(each, own_names):
            yield Alias("image", each)
            yield Alias("slug", slug_of(last_part(each)))


def _of_thing(record: SourceRecord, own_names: Sequence[str]) -> Iterator[Alias]:
    """By what an image, a DOI or an item is called that belongs to the module, whatever its words."""
    for key in sorted(identities_of(record)):
        value = value_of(key)
        match entry_kind(key):
            case EntryKind.IMAGE:
                yield Alias("image", value)
                yield from _images([value], own_names or [last_part(value)])
            case EntryKind.DOI:
                yield Alias("doi", value)
            case EntryKind.OAI:
                yield Alias("oai", key)
            case _:
                pass
    yield from (Alias("uri", str(each)) for each in record.values("evidence.about_module") if "://" in str(each))


def names_before(record: SourceRecord) -> list[str]:
    """By which names the metadata calls its own repository that it no longer bears: same owner, only a prefix differs.

    `DEEP-OC-x` beside `x` is no such pair: the first catalogue kept Dockerfile and code in two repositories.
    """
    owner, _, name = record.key.rpartition("/")
    if "deep-oc-" in name:
        return []
    named = {*_values(record, "names_repository"), *_values(record, "code")} - {record.key, *_former(record)}
    own = _without_prefix(name)
    siblings = [each for each in named if each.rpartition("/")[0] == owner]
    return sorted(each for each in siblings if _without_prefix(last_part(each)) == own)


def _without_prefix(name: str) -> list[str]:
    words = re.split(r"[-_.]+", name.casefold())
    while len(words) > 1 and words[0] in PACKING:
        words = words[1:]
    return words


def _images_before(records: Iterable[SourceRecord], found: Iterable[Alias]) -> Iterator[Alias]:
    """Images bear the name of their repository: the one that does today bore the repository's earlier names."""
    repositories = [each.value for each in found if each.kind == "repository"]
    for record in records:
        owner, _, name = record.key.rpartition("/")
        for image in _values(record, "image"):
            namespace, _, called = image.rpartition("/")
            if called == name:
                yield from (
                    Alias("image", f"{namespace}/{last_part(each)}") for each in repositories
                    if each.rpartition("/")[0] == owner
                )


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
