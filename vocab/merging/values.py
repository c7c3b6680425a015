"""Statement values as parts of a module, when two of them are the same thing, and how their parts complete each other.

Border: which of two comes first is decided by the caller, who passes them the more believed first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from vocab import module as parts
from vocab.evidence_names import fold
from vocab.identifiers import clean_url, doi, image_reference, repository_key, url_key
from vocab.licences import licence_value

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from vocab.record import Json

Part = TypeVar("Part", bound="DataclassInstance")

_KINDS: dict[str, type[Any]] = {
    "Agent": parts.Agent, "LicenceValue": parts.LicenceValue, "Identifier": parts.Identifier, "Link": parts.Link,
    "Distribution": parts.Distribution, "Resource": parts.Resource, "Version": parts.Version,
    "Relation": parts.Relation, "Requirements": parts.Requirements, "Alias": parts.Alias,
}


def part_of(kind: str, value: Json) -> Any:
    """The part of a module that a value stands for; None when it is not of that shape.

    A plain text is understood where it can mean only one thing: the name of an agent, a licence, an address.
    """
    if kind == "str":
        return value if isinstance(value, str) and value else None
    if isinstance(value, str):
        return _part_of_text(kind, value)
    if not isinstance(value, dict):
        return None
    known = {each.name for each in fields(_KINDS[kind])}
    made = {name: tuple(each) if isinstance(each, list) else each for name, each in value.items() if name in known}
    try:
        return _KINDS[kind](**made)
    except TypeError:
        return None


def _part_of_text(kind: str, text: str) -> Any:
    if kind == "Agent":
        return parts.Agent(text)
    if kind == "LicenceValue":
        return licence_value(text)
    if kind == "Resource":
        return parts.Resource(url=clean_url(text), doi=doi(text))
    if kind == "Identifier" and (found := doi(text)):
        return parts.Identifier("doi", found)
    return None


def completed(best: Part, other: Part) -> Part:
    """The first value, its empty parts filled from the second. Nothing becomes inferred that was stated."""
    missing = {
        each.name: getattr(other, each.name) for each in fields(best)
        if each.name != "inferred"
        and getattr(best, each.name) in (None, False, ()) and getattr(other, each.name) not in (None, False, ())
    }
    return replace(best, **missing) if missing else best


def thing_key(url: str | None, name: str | None) -> str:
    """A data set, paper or set of weights for comparing: by its DOI, which may hide in its address."""
    found = doi(name or "") or doi(url or "")
    return f"doi:{found}" if found else url_key(url)


def folded_name(name: str) -> str:
    """The name of a person for comparing: order of given and family name, accents, case and initials' dots aside."""
    return " ".join(sorted(re.findall(r"[^\W_]+", fold(name))))


def image_name(distribution: parts.Distribution) -> str:
    """The canonical name of an image, without tag and digest."""
    found = image_reference(distribution.reference or distribution.pull or "")
    return found.name if found else (distribution.reference or url_key(distribution.url))


def same_agent(a: parts.Agent, b: parts.Agent) -> bool:
    """Are these one person or organisation? By ORCID where both have one, else by name or address."""
    if a.orcid and b.orcid:
        return a.orcid == b.orcid
    if a.email and b.email and a.email.casefold() == b.email.casefold():
        return True
    return folded_name(a.name) == folded_name(b.name)


def may_be_short_for(short: str, long: str) -> bool:
    """Can the one name be the other one cut short: `V. Kozlov` or `Valentin` for `Valentin Kozlov`?"""
    few, many = folded_name(short).split(), folded_name(long).split()
    whole = [each for each in few if len(each) > 1]
    initials = [each for each in few if len(each) == 1]
    rest = [each for each in many if each not in whole]
    return bool(whole) and all(each in many for each in whole) and all(
        any(other.startswith(each) for other in rest) for each in initials
    )


def _distribution_key(each: parts.Distribution) -> str:
    if each.kind == "image":
        return f"image:{image_name(each)}"
    if each.kind == "source":
        return f"source:{repository_key(each.url or '') or url_key(each.url)}"
    return f"{each.kind}:{thing_key(each.url, each.doi) or each.title or ''}"


def _link_key(each: parts.Link) -> str:
    found = repository_key(each.url) if each.rel == "source_code" else None
    return f"{each.rel}:{found or url_key(each.url)}"


def _resource_key(each: parts.Resource) -> str:
    return thing_key(each.url, each.doi) or f"title:{fold(each.title or '')}"


def _target_key(each: parts.Relation) -> str:
    return f"{each.type}:{repository_key(each.target) or url_key(each.target)}"


def _text_key(each: str, *, spelling: bool) -> str:
    return " ".join(re.split(r"[\s_-]+", fold(each))).strip() if spelling else each


# What makes two values of a field the same thing. Agents are compared by `same_agent`.
SAME_THING: dict[str, Callable[[Any], str]] = {
    "keywords": partial(_text_key, spelling=True),
    "libraries": str, "tasks": str, "categories": str, "data_types": str, "communities": str,
    "identifiers": lambda each: f"{each.scheme}:{each.value.casefold()}",
    "links": _link_key,
    "distributions": _distribution_key,
    "training_data": _resource_key,
    "publications": _resource_key,
    "resources": _resource_key,
    "versions": lambda each: re.sub(r"^v\.?(?=\d)", "", each.name.casefold()),
    "relations": _target_key,
    "requirements": lambda each: each.purpose,
    "aliases": lambda each: f"{each.kind}:{each.value}",
}
