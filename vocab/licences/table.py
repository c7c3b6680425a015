"""The table of licences that we know by name, read from `licences.toml`. Border: only data, no rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

EU_LICENCES = "http://publications.europa.eu/resource/authority/licence/"


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """One licence: its SPDX identifier, title, EU code, OSI approval, and other names in `names.key_of` form."""

    spdx: str
    title: str
    osi: bool
    eu: str | None = None
    names: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The page of the licence in the SPDX list, which is also its IRI."""
        return f"https://spdx.org/licenses/{self.spdx}"


@cache
def licences() -> dict[str, LicenceRow]:
    """All rows by SPDX identifier."""
    table = tomllib.loads(files(__package__).joinpath("licences.toml").read_text(encoding="utf-8"))
    return {
        spdx: LicenceRow(spdx, row["title"], row["osi"], row.get("eu"), tuple(row.get("names", ())))
        for spdx, row in table.items()
    }


@cache
def by_eu_code() -> dict[str, LicenceRow]:
    """The rows that have a code in the EU authority table, by that code."""
    return {row.eu: row for row in licences().values() if row.eu}
