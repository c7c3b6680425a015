"""The deposits of the sample world, from `world/deposits.toml`, as a Zenodo has them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.standin.worldfiles import WORLD
from tests.support.small_zenodo import Deposit, SmallZenodo


@cache
def deposit_rows() -> tuple[dict[str, Any], ...]:
    """The deposits as the file has them."""
    return tuple(tomllib.loads((WORLD / "deposits.toml").read_text("utf-8"))["deposit"])


def load_zenodo() -> SmallZenodo:
    """A fresh Zenodo."""
    zenodo = SmallZenodo(*(each for row in deposit_rows() for each in versions_of(row)))
    for row in deposit_rows():
        for version in row["version"] if "removed" in row else ():
            zenodo.delete(version["id"], **row["removed"])
    return zenodo


def versions_of(row: Mapping[str, Any]) -> Iterator[Deposit]:
    """The versions of a deposit, whether or not they were removed since."""
    for index, version in enumerate(row["version"], 1):
        name = version.get("name", "")
        yield Deposit(
            version["id"], row["concept"], index, row["title"].format(version=name), name, row.get("repository"),
            version.get("tag", name), communities=tuple(row.get("communities", ())), type=row["type"],
            updated=f"{version['date']}T12:00:00+00:00", views=row.get("views", 7),
            extra=_metadata(row, version),
        )


def _metadata(row: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in `metadata` beside what every small deposit has."""
    return {
        "publication_date": version["date"], "description": row.get("description", ""),
        "creators": [_creator(each) for each in row["creators"]],
        "rights": [{"id": each} for each in row["licences"]],
        "subjects": [{"subject": each} for each in row.get("keywords", ())],
    }


def _creator(creator: Mapping[str, str]) -> dict[str, Any]:
    family, _, given = creator["name"].partition(", ")
    identifiers = [{"scheme": "orcid", "identifier": creator["orcid"]}] if "orcid" in creator else []
    affiliations = [{"name": creator["affiliation"]}] if "affiliation" in creator else []
    return {
        "person_or_org": {
            "type": "personal", "name": creator["name"], "given_name": given, "family_name": family,
            "identifiers": identifiers,
        },
        "affiliations": affiliations,
    }
