"""Docker Hub's word on an image repository: `api:dockerhub-repository` and `api:dockerhub-tags`.

What is written on the page is weak, since it mostly repeats the README of the code. Tags that name one digest are one
image with several names; a tag without a digest, as old ones are, goes with those that have the same images under
them. Of many images those are stated that somebody would pull (`vocab.image_tags`). What BuildKit keeps beside an
image (`unknown/unknown`) is none. Pulls and stars are no content and not read. Border: labels, and what is in an
image, is told by the registry (`oci`). Docker Hub API v2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vocab.dates import iso_date
from vocab.identifiers import ImageReference, clean_url, repository_key
from vocab.image_tags import is_tag, preferred_tag, relevant
from vocab.module import Link
from vocab.readers.api_json import answer_of, line, objects, text
from vocab.readers.images_said import (
    ImageFacts,
    distribution_of,
    image_of,
    in_order,
    page_of,
    platform_name,
)
from vocab.readers.notes import Notes
from vocab.record import Document, EntryContext, Reading
from vocab.text import clean_text, title_from_name

READER = "dockerhub"
_WHOSE = "Docker Hub's API"
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag as far as it can be used; `images` are platform, digest and size of what is below it."""

    name: str
    digest: str
    pushed: str
    images: tuple[tuple[str, str, int], ...]

    @property
    def identity(self) -> tuple[str, ...]:
        """What it names: its digest, or all the digests below it."""
        return (self.digest,) if self.digest else tuple(sorted({digest for _, digest, _ in self.images if digest}))


def read(document: Document, context: EntryContext) -> Reading:
    """Reads an answer about one repository of images."""
    notes = Notes(READER, document, context)
    image = image_of(context)
    answer = answer_of(notes, _WHOSE)
    if answer is None or image is None:
        return notes.reading(parsed=False)
    notes.say("evidence.about_image", image.name, url=page_of(image), rule="entry")
    if document.path == "api:dockerhub-tags":
        _say_tags(notes, image, answer)
    else:
        _say_repository(notes, image, answer)
    return notes.reading()


def _say_repository(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    page = page_of(image)
    listing = notes.context.listing
    if listing is None or not listing.named_by:  # it may be a module by itself, and this is all there is about it
        notes.say("title", title_from_name(image.repository), url=page, rule="name of the image")
        notes.say("links", Link("homepage", page), url=page)
        _say_date(notes, "dates.created", text(answer, "date_registered"), page)
        _say_date(notes, "dates.updated", text(answer, "last_updated"), page)
    short = line(answer, "description")
    if (address := clean_url(short)) is not None and " " not in short:
        notes.say("links", Link("homepage", address), url=page, raw=short)
    elif short:
        notes.say("summary", short, url=page)
    notes.say("description", clean_text(text(answer, "full_description"))[:_LONGEST], url=page)
    made_from = answer.get("source")
    key = repository_key(made_from) if isinstance(made_from, str) else None
    if key:
        notes.say("evidence.about_repository", key, url=page, raw=made_from)


def _say_date(notes: Notes, field: str, written: str, page: str) -> None:
    notes.say(field, iso_date(written), url=page, raw=written)


def _say_tags(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    groups: dict[tuple[str, ...], list[_Tag]] = {}
    rows = list(objects(answer, "results"))
    count = answer.get("count")
    if isinstance(count, int) and count > len(rows):
        told = f"{len(rows)} of the {count} tags of {image.name} were read, those that were pushed last"
        notes.tell("tags-cut", told, field="distributions", found=str(count))
    for row in rows:
        tag = _tag(row)
        if tag is not None:
            groups.setdefault(tag.identity or ("tag", tag.name), []).append(tag)
    shown = relevant([distribution_of(image, _facts(each)) for each in groups.values()])
    for each in shown:
        notes.say("distributions", each, url=page_of(image), rule="tag")


def _tag(row: dict[str, Any]) -> _Tag | None:
    name = text(row, "name")
    if not is_tag(name):
        return None
    below = [
        (platform, text(each, "digest"), _size(each.get("size")))
        for each in objects(row, "images")
        if (platform := platform_name(each.get("os"), each.get("architecture"), each.get("variant")))
    ]
    pushed = text(row, "tag_last_pushed") or text(row, "last_updated")
    return _Tag(name, text(row, "digest"), pushed, tuple(below))


def _size(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _facts(group: list[_Tag]) -> ImageFacts:
    """What is known of the image that all of these tags name."""
    names = tuple(each.name for each in group)
    shown = preferred_tag(names)
    main = next(each for each in group if each.name == shown)
    sizes = {platform: size for platform, _, size in main.images}
    platforms = in_order(sizes)
    single = main.images[0][1] if len(main.images) == 1 else None
    return ImageFacts(
        tag=shown, tags=names, digest=main.digest or single, platforms=platforms,
        size_bytes=sizes[platforms[0]] if platforms else None, pushed=main.pushed,
    )
