"""The OAI-PMH sets of a module: where it was found, what it is for, whose community it serves.

A setSpec is made of a kind and a term id, `task:classification`, and says itself what the set is called; so no table
of sets is kept. OAI-PMH 2.0 §4.6; `openaire` is what OpenAIRE asks for by its guidelines 3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vocab.module import Module
from vocab.terms import label

_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9\-_.!~*'()]")


@dataclass(frozen=True, slots=True)
class SetKind:
    """One row: the first part of the setSpec, its name for people, the scheme of its terms if they have one."""

    spec: str
    name: str
    scheme: str | None = None


_ROWS = (
    SetKind("category", "What modules are for", "categories"),
    SetKind("community", "Communities", "communities"),
    SetKind("openaire", "OpenAIRE"),
    SetKind("source", "Sources"),
    SetKind("task", "Tasks", "tasks"),
    SetKind("type", "Types"),
)

SET_KINDS: dict[str, SetKind] = {row.spec: row for row in _ROWS}


def sets_of(module: Module) -> tuple[str, ...]:
    """The setSpecs of a module, sorted, without the ancestors that the hierarchy implies."""
    members = {
        "category": module.categories,
        "community": module.communities,
        "source": tuple(each.source for each in module.sources),
        "task": module.tasks,
        "type": (module.type,),
    }
    found = {f"{kind}:{_NOT_ALLOWED.sub('_', value)}" for kind, values in members.items() for value in values if value}
    return tuple(sorted(found | {"openaire"}))


def with_ancestors(set_specs: tuple[str, ...]) -> tuple[str, ...]:
    """The setSpecs and all sets that contain them, sorted."""
    parts = (spec.split(":") for spec in set_specs)
    return tuple(sorted({":".join(part[: end + 1]) for part in parts for end in range(len(part))}))


def set_name(set_spec: str) -> str:
    """What a set is called: `task:classification` is `Tasks: Classification`."""
    kind, _, term_id = set_spec.partition(":")
    row = SET_KINDS[kind]
    if not term_id:
        return row.name
    return f"{row.name}: {label(row.scheme, term_id) if row.scheme else term_id}"
