"""The published modules in any face, as one stream. `jsonl` is one canonical module a line.

Withdrawn modules are in `jsonl` as tombstones, and in the other formats when they are named; merged ones only when
they are named. RDF/XML and Dublin Core are one document of many, JSON-LD a list; `nq` keeps each module in a graph
named by its record's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from registry.errors import RegistryError
from registry.modules import face_of, list_modules, module_by_slug, slug_of_alias
from registry.services import Services
from vocab.faces import FACES
from vocab.graph.namespaces import PREFIXES
from vocab.module import Status

JSONL = "jsonl"
_PAGE = 200
NQUADS = "nq"
_TRIPLES = "nt"
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>\s*")
# Triples of many documents stand in one `rdf:RDF`, which knows every prefix that a document of ours may use.
_RDF = re.compile(rb"\A<rdf:RDF[^>]*>\s*(.*?)\s*</rdf:RDF>\s*\Z", re.DOTALL)
_RDF_ROOT = "".join(f'\n    xmlns:{prefix}="{namespace}"' for prefix, namespace in PREFIXES.items())


@dataclass(frozen=True, slots=True)
class _Format:
    """How documents of one face are put together."""

    face: str
    extension: str
    media_type: str


def _formats() -> dict[str, _Format]:
    found: dict[str, _Format] = {}
    for name, spec in FACES.items():
        for each in spec.serialisations:
            found[each.extension] = _Format(name, each.extension, each.media_type)
        found.setdefault(name, found[spec.extension])
    return found


_FORMATS = _formats()
FORMATS = (JSONL, *sorted({*_FORMATS, NQUADS}))


def export(services: Services, form: str = JSONL, slugs: Sequence[str] = ()) -> Iterator[bytes]:
    """The modules (or those named by slug or alias) in one format, piece by piece.

    Raises:
        RegistryError: an unknown format or module.
    """
    if form == JSONL:
        return _lines(services, slugs)
    if form == NQUADS:
        return _quads(services, slugs)
    if form not in _FORMATS:
        raise RegistryError(f"format {form!r}: found none of this name, expected one of {', '.join(FORMATS)}")
    return _joined(_bodies(services, _FORMATS[form], slugs), _FORMATS[form].media_type)


def _lines(services: Services, slugs: Sequence[str]) -> Iterator[bytes]:
    if slugs:
        for slug in _known(services, slugs):
            stored = module_by_slug(services.database, slug)
            if stored is not None:
                yield stored.canonical + b"\n"
        return
    after = None
    while page := list_modules(services.database, after, _PAGE, merged=False):
        yield from (each.canonical + b"\n" for each in page)
        after = page[-1].module.slug


def _quads(services: Services, slugs: Sequence[str]) -> Iterator[bytes]:
    for slug, body in _faces(services, _FORMATS[_TRIPLES], slugs):
        graph = f" <{services.settings.base_url}/id/record/{slug}> .".encode()
        yield from (line.removesuffix(b" .") + graph + b"\n" for line in body.split(b"\n") if line)


def _bodies(services: Services, form: _Format, slugs: Sequence[str]) -> Iterator[bytes]:
    return (body for _, body in _faces(services, form, slugs))


def _faces(services: Services, form: _Format, slugs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    wanted: Iterable[str] = _known(services, slugs) if slugs else _published(services)
    for slug in wanted:
        face = face_of(services.database, slug, form.face, form.extension)
        if face is not None:
            yield slug, face.body


def _published(services: Services) -> Iterator[str]:
    after = None
    while page := list_modules(services.database, after, _PAGE, Status.PUBLISHED):
        yield from (each.module.slug for each in page)
        after = page[-1].module.slug


def _known(services: Services, slugs: Sequence[str]) -> list[str]:
    found: list[str] = []
    for each in slugs:
        known = each if module_by_slug(services.database, each) else slug_of_alias(services.database, each)
        if known is None:
            raise RegistryError(f"{each}: there is no module of this name; `modreg modules list` shows them")
        found.append(known)
    return list(dict.fromkeys(found))


def _joined(bodies: Iterator[bytes], media_type: str) -> Iterator[bytes]:
    """One document out of many: lists of JSON, an element around XML; Turtle and N-Triples simply follow each other."""
    if media_type.endswith("json"):
        opening, between, closing = b"[", b",\n", b"]\n"
    elif media_type == "application/rdf+xml":
        opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{_RDF_ROOT}>\n'.encode()
        between, closing = b"\n", b"\n</rdf:RDF>\n"
        bodies = (_RDF.sub(rb"\1", _DECLARATION.sub(b"", each)) for each in bodies)
    elif media_type.endswith("xml"):
        opening, between, closing = b'<?xml version="1.0" encoding="UTF-8"?>\n<modules>\n', b"\n", b"\n</modules>\n"
        bodies = (_DECLARATION.sub(b"", each) for each in bodies)
    else:
        opening, between, closing = b"", b"\n", b"\n"
    yield opening
    for number, body in enumerate(bodies):
        if number:
            yield between
        yield body
    yield closing
