"""The DOIs of the sample world, from `world/dois.toml`, with those of its deposits, as their agencies have them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.standin.deposits import deposit_rows, versions_of
from tests.standin.worldfiles import WORLD
from tests.support.small_datacite import Registered, SmallDatacite
from tests.support.small_zenodo import Deposit

_TYPES = {"software": "Software", "dataset": "Dataset", "model": "Model"}


@cache
def doi_rows() -> tuple[dict[str, Any], ...]:
    """The DOIs as the file has them."""
    return tuple(tomllib.loads((WORLD / "dois.toml").read_text("utf-8"))["doi"])


def load_datacite() -> SmallDatacite:
    """A fresh DataCite, which also has what Zenodo registers: a DOI of each version and of each concept, for ever."""
    archived = (each for row in deposit_rows() for deposit in versions_of(row) for each in _archived(deposit))
    return SmallDatacite(*map(_registered, doi_rows()), *archived)


def _registered(row: Mapping[str, Any]) -> Registered:
    facts = _citation(row) if "journal" in row else _attributes(row)
    return Registered(row["doi"], row["agency"], row["title"], facts=facts)


def _attributes(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "creators": [{"name": name, "nameType": "Personal"} for name in row["creators"]],
        "publisher": row["publisher"], "publicationYear": row["year"],
        "types": {"resourceTypeGeneral": row["type"]}, "url": row["url"],
        "rightsList": [{"rightsIdentifier": row["licence"]}] if "licence" in row else [],
    }


def _citation(row: Mapping[str, Any]) -> dict[str, object]:
    """An article for citing, as an agency of publishers gives it."""
    names = (name.partition(", ") for name in row["creators"])
    return {
        "author": [{"given": given, "family": family} for family, _, given in names],
        "container-title": row["journal"], "publisher": row["publisher"],
        "issued": {"date-parts": [[row["year"]]]}, "URL": f"https://doi.org/{row['doi']}",
        "license": [{"URL": row["licence"]}] if "licence" in row else [],
    }


def _archived(deposit: Deposit) -> Iterator[Registered]:
    metadata = deposit.extra
    row = {
        "creators": [each["person_or_org"]["name"] for each in metadata["creators"]], "publisher": "Zenodo",
        "year": int(metadata["publication_date"][:4]), "type": _TYPES[deposit.type],
        "url": f"https://zenodo.org/records/{deposit.id}", "licence": metadata["rights"][0]["id"],
    }
    for doi in (deposit.own_doi, deposit.concept_doi):
        if doi:
            yield Registered(doi, title=deposit.title, facts=_attributes(row))
