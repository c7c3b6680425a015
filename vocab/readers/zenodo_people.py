"""Creators and contributors of a record of Zenodo, in any of its JSON shapes → people and organisations.

The older shapes have one text for a name (`Family, Given`), the native one has its parts and says what is a person; a
whole name in the family name alone is what the GitHub integration writes of an organisation. Border: names are taken
apart and ORCIDs checked in `vocab.readers.people`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vocab.module import Agent
from vocab.readers.notes import Notes
from vocab.readers.people import agent_of
from vocab.readers.tree import Node
from vocab.readers.zenodo_record import part, parts, text

_MAX_PEOPLE = 300
_CONTACTS = frozenset({"contactperson", "datamanager", "supervisor", "projectleader"})


def creators_of(notes: Notes, metadata: Mapping[str, Any]) -> Iterator[Agent]:
    """Those who made it, in their order."""
    for each in parts(metadata.get("creators"), _MAX_PEOPLE):
        agent = _agent(notes, each, "authors")
        if agent is not None:
            yield agent


def contacts_of(notes: Notes, metadata: Mapping[str, Any]) -> Iterator[Agent]:
    """Those contributors who answer for it."""
    for each in parts(metadata.get("contributors"), _MAX_PEOPLE):
        role = text(each, "type") or text(part(each, "role"), "id")
        agent = _agent(notes, each, "contacts") if role.lower() in _CONTACTS else None
        if agent is not None:
            yield agent


def _agent(notes: Notes, form: Mapping[str, Any], field: str) -> Agent | None:
    person = part(form, "person_or_org")
    known = _native(person) if person else _plain(form)
    known["affiliation"] = _affiliation(form)
    return agent_of(notes, Node({name: Node(value, 0) for name, value in known.items() if value}, 0), field)


def _plain(form: Mapping[str, Any]) -> dict[str, str]:
    return {"name": text(form, "name"), "orcid": text(form, "orcid")}


def _native(person: Mapping[str, Any]) -> dict[str, str]:
    given, family = text(person, "given_name"), text(person, "family_name")
    schemes = {text(each, "scheme"): text(each, "identifier") for each in parts(person.get("identifiers"), 20)}
    known = {"name": text(person, "name") or family, "orcid": schemes.get("orcid", "")}
    if schemes.get("ror"):
        known["ror"] = f"https://ror.org/{schemes['ror'].rpartition('/')[2]}"
    if text(person, "type") == "organizational":
        return known | {"type": "Organization"}
    return known | {"given-names": given, "family-names": family} if given else known


def _affiliation(form: Mapping[str, Any]) -> str:
    """Where somebody works; a GitHub account's `@company` is read as its name, signs alone are nothing."""
    names = [text(each, "name") for each in parts(form.get("affiliations"), 20)] or [text(form, "affiliation")]
    bare = (each.removeprefix("@") for each in names)
    return "; ".join(each for each in bare if any(char.isalpha() for char in each))
