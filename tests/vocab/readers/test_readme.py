from __future__ import annotations

import pytest

from tests.support.documents import a_reading, found

V2 = "title: Fish\ndescription: It finds fish.\nlinks: {}\n"


@pytest.mark.parametrize("banner", [
    "### it is now maintained in https://github.com/ai4os-hub/fish/",
    "### it is moved to [the hub](https://github.com/ai4os-hub/fish)",
    "> **Note** This repository has been migrated to https://github.com/ai4os-hub/fish.git",
    "This project has moved!\nNew home: github.com/ai4os-hub/fish",
    "## Moved!\nPlease visit https://github.com/ai4os-hub/fish for the latest version.",
    "Development continues at https://github.com/ai4os-hub/fish.",
    "ARCHIVED. We have a new repository: https://github.com/ai4os-hub/fish",
    "We moved to a new organisation, see https://github.com/ai4os-hub/fish.",
    "# Dieses Repository ist umgezogen nach https://github.com/ai4os-hub/fish",
    "Das Projekt wurde nach https://github.com/ai4os-hub/fish verschoben.",
    "Dieses Projekt wird jetzt unter https://github.com/ai4os-hub/fish weiterentwickelt.",
    "Ce dépôt a été déplacé vers https://github.com/ai4os-hub/fish",
    "Este repositorio se ha movido a https://github.com/ai4os-hub/fish",
])
def test_readme_banner_of_a_move_is_evidence(banner: str) -> None:
    record = a_reading({"README.md": f"# Fish finder\n\n{banner}\n\nMore words.\n"})
    assert record.values("evidence.moved_to") == ["github.com/ai4os-hub/fish"]
    assert record.values("evidence.replaced_by") == []
    (told,) = found(record, "repository-moved")
    assert told.message == "the README says that this is now maintained in github.com/ai4os-hub/fish"


@pytest.mark.parametrize("banner", [
    "This module was superseded by https://github.com/ai4os-hub/whale",
    "**Deprecated**: please use https://github.com/ai4os-hub/whale instead.",
    "Archived in favour of https://github.com/ai4os-hub/whale",
    "This repository is archived, see https://github.com/ai4os-hub/whale",
    "This repo is obsolete, see https://github.com/ai4os-hub/whale",
    "Dieses Modul ist durch https://github.com/ai4os-hub/whale ersetzt.",
    "Ce dépôt est remplacé par https://github.com/ai4os-hub/whale",
])
def test_readme_banner_of_a_replacement_is_other_evidence(banner: str) -> None:
    record = a_reading({"README.md": f"{banner}\n\n# Fish finder\n"})
    assert record.values("evidence.replaced_by") == ["github.com/ai4os-hub/whale"]
    assert record.values("evidence.moved_to") == []


@pytest.mark.parametrize("text", [
    "# Fish\n\nBased on https://github.com/other/thing and trained at sea.\n",
    "# Fish\n\n" + "Words.\n\n" * 20 + "It is now maintained in https://github.com/other/thing\n",
    "# Fish\n\nIt is now maintained in https://github.com/hub/fish-finder\n",
    "# Fish\n\n[![Moved to](https://github.com/other/thing/badge.svg)](https://github.com/other/thing)\n",
    "# Fish\n\nThe data moved to a new disk.\n\nSee https://github.com/other/thing\n",
    "# Fish\n\nImages are cut with https://github.com/other/thing; we moved to Python 3.11.\n",
    "# Fish\n\nWe moved to PyTorch 2, thanks to https://github.com/other/thing.\n",
    "# Fish\n\nThe upstream library is now maintained in https://github.com/other/thing\n",
    "# Fish\n\nThe original pipeline is developed in https://github.com/other/thing\n",
    "# Fish\n\nIt is developed in Python on top of https://github.com/other/thing\n",
    "# Fish\n\nThe data moved to https://zenodo.org/records/1. Code: https://github.com/other/thing\n",
    "# Fish\n\nBilder nach https://zenodo.org/records/1 übertragen. Siehe https://github.com/other/thing\n",
])
def test_readme_without_a_banner_is_no_evidence(text: str) -> None:
    record = a_reading({"README.md": text})
    assert record.values("evidence.moved_to") == []
    assert record.values("evidence.replaced_by") == []


def test_readme_stands_in_for_a_title_and_description_that_nobody_gives() -> None:
    readme = (
        "[![Build](https://x.eu/b.svg)](https://x.eu)\n\n# Fish *finder*\n\n<img src='x.png'/>\n\n"
        "It looks at pictures of the sea and finds the fish in them.\n"
    )
    record = a_reading({"README.md": readme})
    assert record.values("title") == ["Fish finder"]
    assert record.values("description") == ["It looks at pictures of the sea and finds the fish in them."]
    rules = {each.field: each.origin.rule for each in record.statements if each.origin.reader == "readme"}
    assert rules == {"title": "derived from the first heading", "description": "derived from the first paragraph"}


def test_readme_says_nothing_where_the_metadata_does() -> None:
    readme = "# Other title\n\nIt looks at pictures of the sea and finds the fish in them.\n"
    record = a_reading({"README.md": readme, "ai4-metadata.yml": V2})
    assert record.values("title") == ["Fish"]
    assert record.values("description") == ["It finds fish."]
