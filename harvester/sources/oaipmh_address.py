"""What stands behind an address, and why a list cannot be had: in sentences that an administrator can act on.

A wrong address, a format or a set that there is not, a protocol of another age: told apart by asking what the
repository has (`Identify`, `ListMetadataFormats`, the first pages of `ListSets`). OAI-PMH 2.0 §4.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from harvester.errors import HarvestError, ListingUnusable, ProtocolAnswer
from harvester.sources.oaipmh_client import Oai, OaiItems, own
from harvester.sources.oaipmh_times import Granularity, granularity_of
from vocab.readers.oai_formats import FORMATS, format_of
from vocab.safe_xml import text_of
from vocab.text import one_line

# Some repositories have tens of thousands of sets: for a suggestion the first ones are enough.
_SETS_LOOKED_AT = 500
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository says of itself. `deletions`: `persistent`, `transient`, `no`, or what else stands there."""

    granularity: Granularity
    deletions: str


def identify(oai: Oai) -> Identity:
    """Ask who is there.

    Raises:
        ListingUnusable: it speaks another version of the protocol.
        HarvestError: it is no repository, or does not answer.
    """
    answer = oai.harvest(verb="Identify")
    version = _said(answer.listed, "protocolVersion")
    if version not in {"", "2.0"}:
        seen = f"The repository speaks OAI-PMH {version[:20]}; only 2.0 is read."
        raise ListingUnusable(seen, mend="Ask its operators for an address that speaks 2.0.", url=oai.endpoint)
    deletions = _said(answer.listed, "deletedRecord").lower()[:20]
    return Identity(granularity_of(_said(answer.listed, "granularity")), deletions)


def explained(oai: Oai, error: ProtocolAnswer, prefix: str, set_spec: str | None) -> HarvestError | None:
    """Why the repository says no to a whole list; None when it says in truth that the list is empty."""
    if error.code in {"cannotDisseminateFormat", "noMetadataFormats", "badArgument"}:
        return _about_format(oai, prefix) or error
    if error.code == "noSetHierarchy" and set_spec is not None:
        return ListingUnusable("The repository has no sets.", mend="Take `set` out of this source.", url=oai.endpoint)
    if error.code == "badVerb":
        seen = "The repository does not see the question that is asked: something on the way drops it."
        return ListingUnusable(seen, mend="Check `url`; a redirect may lose the query.", url=oai.endpoint)
    if error.code == "noRecordsMatch":
        return _about_set(oai, set_spec) if set_spec is not None else _nothing(oai, prefix)
    return error


def unread_format(oai: Oai, prefix: str, namespace: str) -> ListingUnusable:
    """The records of a list are of a kind that nothing here reads."""
    offered = [each for each in _formats(oai) if format_of(each[1], "") or each[0] in FORMATS]
    there = ", ".join(f"`{name}`" for name, _ in offered[:_SHOWN])
    seen = f"Records in the format `{prefix}` ({namespace[:200] or 'without a namespace'}) are not read here."
    mend = f"Set `prefix` to one that is: {there}." if there else f"Read here are {', '.join(FORMATS)}."
    return ListingUnusable(seen, mend=mend, url=oai.endpoint)


def _about_format(oai: Oai, prefix: str) -> ListingUnusable | None:
    offered = _formats(oai)
    if not offered or any(name == prefix for name, _ in offered):
        return None
    there = ", ".join(f"`{name}`" for name, _ in offered[:_SHOWN])
    readable = [name for name, namespace in offered if format_of(namespace, "") is not None]
    mend = f"Set `prefix` to one that is read here: {', '.join(f'`{each}`' for each in readable)}."
    if not readable:
        mend = f"Nothing of that is read here; read are {', '.join(FORMATS)}."
    return ListingUnusable(f"The repository has no format `{prefix}`; it has {there}.", mend=mend, url=oai.endpoint)


def _about_set(oai: Oai, set_spec: str) -> ListingUnusable | None:
    specs, complete = _sets(oai)
    if set_spec in specs:
        return None
    near = difflib.get_close_matches(set_spec, specs, 3, 0.75)
    mend = f"Did you mean {' or '.join(f'`{each}`' for each in near)}?" if near else "Check the spelling of `set`."
    if complete:
        return ListingUnusable(f"The repository has no set `{set_spec}`.", mend=mend, url=oai.endpoint)
    seen = (
        f"The repository has no records in the set `{set_spec}`, and it is not among the first {len(specs)} sets that "
        "it names."
    )
    return ListingUnusable(seen, mend=mend, url=oai.endpoint)


def _nothing(oai: Oai, prefix: str) -> ListingUnusable:
    seen = f"The repository says that it has no records in the format `{prefix}`."
    mend = "Check `url`, `prefix` and `from`; nothing was withdrawn."
    return ListingUnusable(seen, mend=mend, url=oai.endpoint)


def _formats(oai: Oai) -> list[tuple[str, str]]:
    """Prefix and namespace of each format; nothing when it does not tell."""
    try:
        parts = [each.parts for each in oai.ListMetadataFormats()]
    except HarvestError:
        return []
    return [(each.get("metadataPrefix", "")[:80], each.get("metadataNamespace", "")) for each in parts]


def _sets(oai: Oai) -> tuple[list[str], bool]:
    """The first sets, and whether they are all."""
    try:
        items: OaiItems = oai.ListSets()
        specs = [str(each.parts.get("setSpec", "")) for each in islice(items, _SETS_LOOKED_AT)]
        complete = len(specs) < _SETS_LOOKED_AT
    except HarvestError:
        return [], False
    return specs, complete


def _said(element: etree._Element, name: str) -> str:
    return one_line(text_of(next(own(element, name), None)))
