"""A stand-in with one small catalogue, so that a test can spoil one thing and count what else moved.

`lists/hub` lists seven repositories of seven owners; `e/victim` is the one to spoil. `c/reef` and `d/deep-oc-reef` look
alike and name the same code, so that one module's trouble could become the other's.
"""

from __future__ import annotations

from typing import Any

from tests.standin.server import StandIn
from tests.standin.world import World
from tests.support.store import metadata_of

CATALOGUE, LISTING, VICTIM = "lists/hub", ".gitmodules", "e/victim"
NAMES = ("a/one", "b/two", "c/reef", "d/deep-oc-reef", VICTIM, "f/six", "g/seven")
METADATA = "ai4-metadata.yml"
# The line of the catalogue in which the victim's address stands.
VICTIM_LINE = 3 * NAMES.index(VICTIM) + 3
SOURCES = '[[source]]\nname = "hub"\nkind = "github"\ncatalogue = "lists/hub"\nschedule = "6h"\n'


def small_catalogue() -> StandIn:
    """The stand-in, not started."""
    standin = StandIn(World())
    standin.create_repo(CATALOGUE, {LISTING: listing_of(*NAMES), "README.md": "# The list\n"})
    for name in NAMES:
        reef = name.endswith("reef")
        links = {"links": {"source_code": "https://github.com/c/reef"}} if reef else {}
        standin.create_repo(name, files_of("Coral reefs" if reef else f"Module {name}", **links))
    return standin


def listing_of(*names: str, branch: str | None = None) -> str:
    """A `.gitmodules` of these repositories, three lines each."""
    extra = f"\tbranch = {branch}\n" if branch else ""
    return "".join(
        f'[submodule "{name}"]\n\tpath = {name}\n\turl = https://github.com/{name}\n{extra}' for name in names
    )


def files_of(title: str, **keys: Any) -> dict[str, str]:
    """The files of a good module."""
    return {
        METADATA: metadata_of(title, **keys).decode(), "README.md": f"# {title}\n\nIt tells fish apart.\n",
        "LICENSE": "MIT License\n\nCopyright (c) 2025 Ada\n", "code.py": "1\n",
    }
