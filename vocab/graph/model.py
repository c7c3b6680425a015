"""A graph: IRIs, literals and the triples between them, safe by construction.

An `Iri` cannot hold a character that breaks out of a serialisation and a `Literal` none that XML forbids, so that
the writers need not distrust their input and all four of them say the same. RDF 1.1 Concepts §3; RFC 3986 §5.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

from vocab.plain_text import xml_legal

XSD = "http://www.w3.org/2001/XMLSchema#"

_SAFE = "!#$%&'()*+,-./:;=?@_~"
_KNOWN = re.compile(r"(?:https?://(?=[^/?#])|mailto:|urn:)", re.IGNORECASE)
_LEGAL = re.compile(r"(?:https?://(?=[^/?#])|mailto:|urn:)[A-Za-z0-9!#$%&'()*+,\-./:;=?@_~]+")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Iri:
    """An absolute IRI in URI form. Raises `ValueError` for anything else; `iri` mends what can be mended."""

    value: str

    def __post_init__(self) -> None:
        """Refuse what could break out of a serialisation."""
        if not _LEGAL.fullmatch(self.value):
            raise ValueError(f"{self.value!r} is not an absolute IRI; http, https, mailto and urn are known")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, with a language tag or the IRI of a datatype; characters that XML forbids are dropped."""

    text: str
    language: str | None = None
    datatype: str | None = None

    def __post_init__(self) -> None:
        """Drop what not every serialisation can hold."""
        object.__setattr__(self, "text", xml_legal(self.text))


Node: TypeAlias = Iri | Literal


class Graph:
    """Triples in the order in which their subjects and predicates came; a triple stands once."""

    def __init__(self) -> None:
        """An empty graph."""
        self._nodes: dict[Iri, dict[Iri, dict[Node, None]]] = {}

    def add(self, subject: Iri, predicate: Iri, *values: Node | None) -> None:
        """Add a triple for each value that is not None."""
        for value in values:
            if value is not None:
                self._nodes.setdefault(subject, {}).setdefault(predicate, {})[value] = None

    def subjects(self) -> Iterator[tuple[Iri, dict[Iri, tuple[Node, ...]]]]:
        """Every subject with its predicates and their values."""
        for subject, predicates in self._nodes.items():
            yield subject, {predicate: tuple(values) for predicate, values in predicates.items()}


def iri(address: str | None) -> Iri | None:
    """The IRI of an address as somebody wrote it, illegal characters percent-encoded; None when it is none."""
    if not address:
        return None
    legal = _BROKEN_PERCENT.sub("%25", xml_legal(address).strip())
    if not _KNOWN.match(legal):
        return None
    scheme, colon, rest = legal.partition(":")
    head, hash_sign, fragment = quote(rest, safe=_SAFE).partition("#")
    encoded = scheme.lower() + colon + head + hash_sign + fragment.replace("#", "%23")
    normal = _normalised(encoded)
    return Iri(normal) if _LEGAL.fullmatch(normal) else None


def _normalised(address: str) -> str:
    """The address as readers of RDF resolve it: without dot segments, empty query and empty fragment; else empty."""
    try:
        parts = urlsplit(address)
        if not address.startswith("http"):
            return address
        return urlunsplit(parts._replace(path=_without_dots(parts.path))) if parts.hostname else ""
    except ValueError:
        return ""


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    return "/".join(kept) + ("/" if segments[-1] in {".", ".."} and kept and kept[-1] else "")


def text(value: str | None, language: str | None = "en") -> Literal | None:
    """A text for people in a language, or None when there is nothing to say."""
    kept = xml_legal(value or "").strip()
    return Literal(kept, language=language) if kept else None


def date_literal(value: str | None) -> Literal | None:
    """A typed literal for an ISO 8601 date or UTC date-time to the second; None for anything else."""
    if value and _DATE.fullmatch(value) and _is_real(date, value):
        return Literal(value, datatype=XSD + "date")
    if value and _DATE_TIME.fullmatch(value) and _is_real(datetime, value):
        return Literal(value, datatype=XSD + "dateTime")
    return None


def _is_real(kind: type[date], value: str) -> bool:
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True
