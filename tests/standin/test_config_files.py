"""What ships in `config/`: every setting with its default, and the sources that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from registry.settings import Settings, load_settings

CONFIG = Path(__file__).parents[2] / "config"
KEY = re.compile(r"^#(\w+ = .*)$", re.MULTILINE)


def test_settings_file_shows_every_key_with_its_default() -> None:
    shown = tomllib.loads("\n".join(KEY.findall((CONFIG / "registry.toml").read_text("utf-8"))))
    assert shown.pop("endpoints") == "endpoints.json"
    defaults = Settings().model_dump(mode="json", exclude={"endpoints"})
    secrets = {name: "" for name in shown if name.endswith(("_token", "_key"))}
    assert shown == defaults | secrets


def test_settings_file_as_it_ships_changes_nothing() -> None:
    assert load_settings(CONFIG / "registry.toml", {}) == Settings()


def test_settings_file_names_the_variable_of_each_key() -> None:
    text = (CONFIG / "registry.toml").read_text("utf-8")
    beside_another = {"zenodo_token", "dockerhub_token", "removal_count"}
    names = Settings.model_fields.keys() - beside_another
    assert {name for name in names if f"MODREG_{name.upper()}" not in text} == set()


def test_sources_file_names_the_hub_before_the_catalogue_of_the_years_before() -> None:
    rows = tomllib.loads((CONFIG / "sources.toml").read_text("utf-8"))["source"]
    assert [(row["name"], row.get("catalogue")) for row in rows if row["enabled"]] == [
        ("ai4os-hub", "ai4os-hub/modules-catalog"),
        ("ai4os-tools", "ai4os/tools-catalog"),
        ("deep-open-catalogue", "deephdc/deep-oc"),
    ]
