"""The images of the sample world, from `world/images.toml`: what Docker Hub tells of them and what its registry holds.

Both are made of the same builds, so that the digests are the same ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from typing_extensions import override

from harvester.clock import Clock
from tests.standin.worldfiles import WORLD
from tests.support.small_dockerhub import Hosted, SmallHub
from tests.support.small_oci import HUB, Host, Image, SmallRegistries

_MIB = 1024 * 1024
_LABEL = "org.opencontainers.image."
# What BuildKit keeps beside the platforms is told by Docker Hub as one more of them.
_ATTESTATION = {"architecture": "unknown", "os": "unknown", "variant": None, "size": 1_400}


@dataclass(slots=True)
class Stocked(Hosted):
    """A repository whose tags are those of the world, with the rows that tell of them."""

    rows: dict[str, dict[str, object]] = field(default_factory=dict)

    @override
    def tag(self, name: str) -> dict[str, object]:
        return self.rows[name]


@cache
def image_rows() -> tuple[dict[str, Any], ...]:
    """The images as the file has them."""
    return tuple(tomllib.loads((WORLD / "images.toml").read_text("utf-8"))["image"])


def load_hub() -> SmallHub:
    """A fresh Docker Hub."""
    return SmallHub(*map(_stocked, image_rows()))


def load_registry(clock: Clock) -> SmallRegistries:
    """A fresh registry of Docker Hub."""
    host = Host(images={row["name"]: _pushed(row)[0] for row in image_rows()})
    return SmallRegistries(clock, **{HUB.replace(".", "__"): host})


def _stocked(row: Mapping[str, Any]) -> Stocked:
    image, builds = _pushed(row)
    pushed = [build["created"] for build in row["build"]]
    facts = {
        "description": row.get("description", ""), "star_count": row.get("stars", 0),
        "date_registered": min(pushed), "last_updated": max(pushed),
    }
    rows = {tag: _tag(tag, image, build) for build in builds for tag in build["tags"]}
    return Stocked(
        row["name"], list(rows), pulls=row.get("pulls", 0), facts=facts, page=row.get("page", ""), rows=rows
    )


def _pushed(row: Mapping[str, Any]) -> tuple[Image, list[Mapping[str, Any]]]:
    """The image with all its builds."""
    image = Image()
    for build in row["build"]:
        said = row.get("labels", {}) | build.get("labels", {})
        labels = {_LABEL + name: value for name, value in said.items()}
        layers = (int(build["mib"] * 0.7) * _MIB, int(build["mib"] * 0.3) * _MIB)
        arches = build.get("platforms", ["amd64"])
        first = build["tags"][0]
        if len(arches) > 1:
            image.push_index(first, arches=arches, labels=labels, created=build["created"], layers=layers)
        else:
            image.tags[first] = image.build(labels, arches[0], created=build["created"], layers=layers)
        image.tags.update(dict.fromkeys(build["tags"], image.tags[first]))
    return image, row["build"]


def _tag(name: str, image: Image, build: Mapping[str, Any]) -> dict[str, object]:
    """A tag as Docker Hub tells it; the oldest have no digest."""
    digest, size = image.tags[name], build["mib"] * _MIB
    arches = build.get("platforms", ["amd64"])
    below: list[dict[str, object]] = [
        {"architecture": arch, "os": "linux", "variant": None, "size": size, "last_pushed": build["created"],
         **({} if len(arches) > 1 else {"digest": digest})}
        for arch in arches
    ]
    if len(arches) > 1:
        digests = image.platforms_of(digest)
        below = [{**each, "digest": digests[str(each["architecture"])]} for each in below] + [
            {**_ATTESTATION, "digest": digests["unknown"]}
        ]
    row: dict[str, object] = {
        "name": name, "images": below, "tag_last_pushed": build["created"], "last_updated": build["created"],
        "full_size": size, "tag_status": "active",
    }
    if build.get("digest", True):
        return {**row, "digest": digest}
    return {**row, "images": [{**each, "digest": ""} for each in below]}
