"""Where a record was harvested from, hop by hop: the `originDescription` of OAI-PMH's provenance, read and written.

A record that was harvested from a repository which harvested it itself nests what that one said, so that nobody's
share is lost on the way. What cannot be part of a valid description is no part of it. Border: which records a module
has, and when it was harvested, come in. OAI-PMH 2.0, Implementation Guidelines: provenance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree

from vocab.dates import iso_date
from vocab.graph import iri
from vocab.plain_text import xml_legal, xml_text
from vocab.record import Json
from vocab.safe_xml import children_of, text_of
from vocab.text import one_line

NAMESPACE = "http://www.openarchives.org/OAI/2.0/provenance"

# So many hops are kept; a chain that is longer turns in a circle.
MOST_HOPS = 8

_SAFE = "!$&'()*+,-./:;=?@_~%#"
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OPEN = (
    f'<provenance xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{NAMESPACE} http://www.openarchives.org/OAI/2.0/provenance.xsd">'
)


@dataclass(frozen=True, slots=True)
class OriginDescription:
    """One hop: a record as a repository gave it out. `altered`: it was changed since it was harvested."""

    base_url: str
    identifier: str
    datestamp: str
    namespace: str
    harvested: str
    altered: bool = True
    before: OriginDescription | None = None

    def to_json(self) -> dict[str, Json]:
        """For keeping."""
        form: dict[str, Json] = {
            "base_url": self.base_url, "identifier": self.identifier, "datestamp": self.datestamp,
            "namespace": self.namespace, "harvested": self.harvested, "altered": self.altered,
        }
        return form | ({"before": self.before.to_json()} if self.before is not None else {})


def origin_of(
    base_url: str, identifier: str, datestamp: str, namespace: str, harvested: str, *, altered: bool = True,
    before: OriginDescription | None = None,
) -> OriginDescription | None:
    """A hop in valid form, or None when it cannot have one."""
    base, name, space = iri(base_url), _uri(identifier), _uri(namespace)
    stamp, moment = iso_date(datestamp), iso_date(harvested)
    if base is None or not name or not space or stamp is None or moment is None:
        return None
    return OriginDescription(base.value, name, stamp, space, moment, altered, before)


def origin_in(element: etree._Element | None, hops: int = MOST_HOPS) -> OriginDescription | None:
    """The hop that an `originDescription` element tells of, with those before it."""
    if element is None or hops < 1:
        return None
    said = {
        name: one_line(text_of(next(children_of(element, name), None)))[:2_000]
        for name in ("baseURL", "identifier", "datestamp", "metadataNamespace")
    }
    return origin_of(
        said["baseURL"], said["identifier"], said["datestamp"], said["metadataNamespace"],
        element.get("harvestDate") or said["datestamp"], altered=element.get("altered") not in {"false", "0"},
        before=origin_in(next(children_of(element, "originDescription"), None), hops - 1),
    )


def origin_from_json(form: Json, hops: int = MOST_HOPS + 1) -> OriginDescription | None:
    """The hop that was kept with `to_json`; None for what is none."""
    if not isinstance(form, Mapping) or hops < 1:
        return None
    parts = {name: form.get(name) for name in ("base_url", "identifier", "datestamp", "namespace", "harvested")}
    texts = {name: value for name, value in parts.items() if isinstance(value, str)}
    if len(texts) < len(parts):
        return None
    before = origin_from_json(form.get("before"), hops - 1)
    return OriginDescription(**texts, altered=form.get("altered") is not False, before=before)


def provenance_xml(origin: OriginDescription) -> str:
    """The `provenance` element, valid by its schema."""
    return f"{_OPEN}{_described(origin)}</provenance>"


def _described(origin: OriginDescription) -> str:
    return (
        f'<originDescription harvestDate="{xml_text(origin.harvested)}" altered="{str(origin.altered).lower()}">'
        f"<baseURL>{xml_text(origin.base_url)}</baseURL><identifier>{xml_text(origin.identifier)}</identifier>"
        f"<datestamp>{xml_text(origin.datestamp)}</datestamp>"
        f"<metadataNamespace>{xml_text(origin.namespace)}</metadataNamespace>"
        f"{_described(origin.before) if origin.before is not None else ''}</originDescription>"
    )


def _uri(text: str) -> str:
    """A text as an `xs:anyURI`, illegal characters percent-encoded."""
    return quote(_BROKEN_PERCENT.sub("%25", xml_legal(text).strip()), safe=_SAFE)
