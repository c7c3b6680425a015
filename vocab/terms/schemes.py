"""The concept schemes as values, read from the TOML files beside this one. Border: only data and look-up by name."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any

# Other vocabularies that our terms are matched to. The AI4OS platform writes IRIs of these forms for every term of its
# closed lists, also for those that its published vocabulary does not hold yet.
NAMESPACES: Mapping[str, str] = MappingProxyType({
    "ai4os": "http://w3id.org/ai4os/vocabulary/tasktype/",
    "ai4os-library": "http://w3id.org/ai4os/vocabulary/library/",
    "ai4os-category": "http://w3id.org/ai4os/vocabulary/category/",
    "hf": "https://huggingface.co/tasks/",
    "hf-library": "https://huggingface.co/models?library=",
    "mlso": "http://w3id.org/mlso/vocab/ml_task_type/",
    "mlso-field": "http://w3id.org/mlso/vocab/ml_field/",
    "mlso-method": "http://w3id.org/mlso/vocab/learning_method/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
})
_ORDER = ("tasks", "categories", "libraries", "data-types", "communities")


@dataclass(frozen=True, slots=True)
class Term:
    """One concept of ours. `exact` and `close` are IRIs in other vocabularies, `names` other words for it.

    `keyword`: whether the bare word among free keywords may be taken for this term.
    """

    scheme: str
    id: str
    label: str
    definition: str
    broader: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    keyword: bool = True

    def match(self, prefix: str) -> str | None:
        """The name of this term in the vocabulary with this prefix of `NAMESPACES`, exact before close, or None."""
        base = NAMESPACES[prefix]
        return next((iri.removeprefix(base) for iri in self.exact + self.close if iri.startswith(base)), None)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One concept scheme with its terms by id, in the order of the file."""

    id: str
    title: str
    definition: str
    terms: Mapping[str, Term]
    lookup: Mapping[str, Term] = field(repr=False, compare=False)


def key_of(text: str) -> str:
    """What names are compared by: letters and digits in lower case, without marks."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^\w+]|_", "", "".join(char for char in folded if not unicodedata.combining(char)))


def _scheme(name: str) -> Scheme:
    table = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    terms = {term_id: _term(name, term_id, row) for term_id, row in table["terms"].items()}
    lookup: dict[str, Term] = {}
    for found in terms.values():
        for word in (found.id, found.label):
            lookup[key_of(word)] = found
    for found in terms.values():
        for word in found.names:
            lookup.setdefault(key_of(word), found)
    about = table["scheme"]
    return Scheme(name, about["title"], about["definition"], MappingProxyType(terms), MappingProxyType(lookup))


def _term(scheme: str, term_id: str, row: Mapping[str, Any]) -> Term:
    broader = row.get("broader", ())
    return Term(
        scheme=scheme, id=term_id, label=row["label"], definition=row["definition"],
        broader=(broader,) if isinstance(broader, str) else tuple(broader),
        exact=tuple(map(_iri, row.get("exact", ()))), close=tuple(map(_iri, row.get("close", ()))),
        names=tuple(row.get("names", ())), keyword=row.get("keyword", True),
    )


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


SCHEMES: Mapping[str, Scheme] = MappingProxyType({name: _scheme(name) for name in _ORDER})
