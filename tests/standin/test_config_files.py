"""What ships in `config/`: every setting with its default, and the sources that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import SecretStr

from registry.settings import Settings, load_settings
from registry.source_files import read_sources

CONFIG = Path(__file__).parents[2] / "config"
KEY = re.compile(r"^#(\w+ = .*)$", re.MULTILINE)


def test_settings_file_shows_every_key_with_its_default() -> None:
    shown = tomllib.loads("\n".join(KEY.findall((CONFIG / "registry.toml").read_text("utf-8"))))
    assert shown.pop("endpoints") == "endpoints.json"
    defaults = Settings().model_dump(mode="json", exclude={"endpoints"})
    secrets = {name: "" for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert shown == defaults | secrets


def test_settings_file_as_it_ships_changes_nothing() -> None:
    assert load_settings(CONFIG / "registry.toml", {}) == Settings()


def test_settings_file_names_the_variable_of_each_key() -> None:
    text = (CONFIG / "registry.toml").read_text("utf-8")
    beside_another = {"removal_count"}
    names = Settings.model_fields.keys() - beside_another
    assert {name for name in names if f"MODREG_{name.upper()}" not in text} == set()


def test_sources_file_names_the_hub_before_the_catalogue_of_the_years_before() -> None:
    sources = read_sources((CONFIG / "sources.toml").read_text("utf-8"), "sources.toml")
    listed = [(source.name, source.settings["catalogue"]) for source in sources if "catalogue" in source.settings]
    assert listed == [
        ("ai4os-hub", "ai4os-hub/modules-catalog"),
        ("ai4os-tools", "ai4os/tools-catalog"),
        ("deep-open-catalogue", "deephdc/deep-oc"),
    ]


def test_sources_file_follows_the_images_and_dois_that_modules_name() -> None:
    sources = read_sources((CONFIG / "sources.toml").read_text("utf-8"), "sources.toml")
    following = {source.kind for source in sources if source.enabled and source.settings.get("follow") is True}
    assert following >= {"dockerhub", "datacite"}


def test_sources_file_shows_the_other_two_ways_to_name_repositories_switched_off() -> None:
    sources = read_sources((CONFIG / "sources.toml").read_text("utf-8"), "sources.toml")
    ways = [sorted(source.settings.keys() - {"catalogue"}) for source in sources
            if not source.enabled and source.kind == "github"]
    assert ways == [["organisation"], ["repositories"]]


def test_sources_of_the_demo_are_the_three_catalogues_of_the_sample_world_and_what_they_name() -> None:
    sources = read_sources(Path(__file__).with_name("demo-sources.toml").read_text("utf-8"), "demo-sources.toml")
    assert [source.settings.get("catalogue", source.kind) for source in sources] == [
        "sample-hub/modules-catalog", "sample-tools/tools-catalog", "sample-oc/open-catalogue",
        "dockerhub", "oci", "zenodo", "datacite",
    ]
    assert [source.settings.get("follow", False) for source in sources] == [False] * 3 + [True] * 4
