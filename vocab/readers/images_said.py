"""What an image repository says of an image, in one form for every reader of such records.

The parts of a distribution may be stated one by one, from several documents: `vocab.merge` completes what is of the
same image. Border: where the facts come from, and whether labels are to be believed, is the business of the readers.
Platforms are written as the OCI image specification's index has them: `os/architecture[/variant]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vocab.dates import iso_date
from vocab.identifiers import EntryKind, ImageReference, entry_kind, image_reference, value_of
from vocab.module import Distribution
from vocab.readers.notes import Notes
from vocab.record import EntryContext

MOST_PLATFORMS = 40
MOST_TAGS = 100
_PREFERRED = "linux/amd64"
# What a builder writes for things that are no image, as for attestations.
_UNKNOWN = "unknown"
_PLATFORM_PART = re.compile(r"[a-z0-9][a-z0-9._-]{0,30}\Z", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = re.compile(r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})\Z")
_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z", re.IGNORECASE)
# No image is older than the program that makes them; builders that hide the time write 1970 or the year 1.
_FIRST_IMAGES = "2013-03-01"
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What is known of an image under one tag; anything may be missing or nonsense, which is then left out."""

    tag: object = None
    tags: tuple[object, ...] = ()
    digest: object = None
    platforms: tuple[str, ...] = ()
    size_bytes: object = None
    created: object = None
    pushed: object = None
    revision: object = None


def image_of(context: EntryContext) -> ImageReference | None:
    """The image that the entry is of."""
    return image_reference(value_of(context.entry)) if entry_kind(context.entry) is EntryKind.IMAGE else None


def page_of(image: ImageReference) -> str:
    """Where people look at an image: its page, or its plain address where its registry has none that is known."""
    return image.page or f"https://{image.name}"


def platform_name(os: object, architecture: object, variant: object = None) -> str | None:
    """`linux/arm64/v8`, or None for what is no platform."""
    parts = [each for each in (os, architecture, *([variant] if variant else [])) if isinstance(each, str)]
    if len(parts) < 2 or _UNKNOWN in parts or not all(map(_PLATFORM_PART.match, parts)):
        return None
    return "/".join(parts).lower()


def in_order(platforms: Iterable[str | None]) -> tuple[str, ...]:
    """Platforms, each once: the one most people run on first, the others by name."""
    known = {each for each in platforms if each}
    return tuple(sorted(known, key=lambda each: (each != _PREFERRED, each)))[:MOST_PLATFORMS]


def distribution_of(image: ImageReference, facts: ImageFacts) -> Distribution:
    """The image under one tag as something to fetch."""
    tag = facts.tag if isinstance(facts.tag, str) and _TAG.match(facts.tag) else None
    named = ImageReference(image.registry, image.repository, tag)
    return Distribution(
        "image", url=image.page, reference=named.reference, pull=named.pull, tag=tag,
        tags=tuple(sorted({each for each in facts.tags if isinstance(each, str) and _TAG.match(each)})[:MOST_TAGS]),
        digest=facts.digest if isinstance(facts.digest, str) and _DIGEST.match(facts.digest) else None,
        platforms=facts.platforms, size_bytes=_size(facts.size_bytes), created=_date(facts.created),
        pushed=_date(facts.pushed), revision=_revision(facts.revision),
    )


def say_image(notes: Notes, image: ImageReference, facts: ImageFacts, *, rule: str = "declared") -> None:
    """States the image as a distribution, and that the record is of it."""
    page = page_of(image)
    notes.say("evidence.about_image", image.name, url=page, rule=rule)
    notes.say("distributions", distribution_of(image, facts), url=page, rule=rule)


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LARGEST else None


def _date(value: object) -> str | None:
    found = iso_date(value)
    return found if found is not None and found >= _FIRST_IMAGES else None


def _revision(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _COMMIT.match(value) else None
