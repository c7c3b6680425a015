"""What a registry has of an image: `api:oci-image`, `api:oci-image-platform`, `api:oci-image-config`.

The first is an index of platforms or the manifest of one; the second the manifest of the chosen platform; the third its
configuration, with the labels. A label stays in every image that is built on another one, so a base image's licence
and title look like the module's. Labels are believed when the repository they name as their source is one of a module
that names this image, or is called like the image; and of these not the ones that the history of the build shows to be
older than the source. Annotations stay with what they were written to; they are believed too when they name no source.
Each part states what it knows under the digest of the image; `vocab.merge` joins them.

Border: `Env` is not read, it may hold what nobody meant to publish; of the history only which labels it sets. OCI image
specification 1.1, "Image Index", "Image Manifest", "Image Configuration", "Annotations"; Label Schema 1.0 (replaced).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from vocab.dates import iso_date
from vocab.evidence_names import name_signature, names_equal
from vocab.identifiers import (
    ImageReference,
    clean_url,
    image_reference,
    is_placeholder,
    repository_key,
    repository_url,
)
from vocab.licences import licence_value
from vocab.module import Link, Relation
from vocab.readers.api_json import answer_of, objects, text
from vocab.readers.images_said import ImageFacts, image_of, in_order, page_of, platform_name, say_image
from vocab.readers.notes import Notes, shown
from vocab.readers.people import agents_in
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "oci"
_WHOSE = "a registry's API"
_LONGEST = 2_000
_LONGEST_TITLE = 300
_OCI, _LABEL_SCHEMA = "org.opencontainers.image.", "org.label-schema."
# What is said → the labels that say it, today's first.
_LABELS: dict[str, tuple[str, ...]] = {
    "source": (f"{_OCI}source", f"{_LABEL_SCHEMA}vcs-url"),
    "url": (f"{_OCI}url", f"{_LABEL_SCHEMA}url"),
    "title": (f"{_OCI}title", f"{_LABEL_SCHEMA}name"),
    "description": (f"{_OCI}description", f"{_LABEL_SCHEMA}description"),
    "licenses": (f"{_OCI}licenses", f"{_LABEL_SCHEMA}license"),
    "version": (f"{_OCI}version", f"{_LABEL_SCHEMA}version"),
    "revision": (f"{_OCI}revision", f"{_LABEL_SCHEMA}vcs-ref"),
    "documentation": (f"{_OCI}documentation", f"{_LABEL_SCHEMA}usage"),
    "authors": (f"{_OCI}authors",),
    "base": (f"{_OCI}base.name",),
}
_OWN = (_OCI, _LABEL_SCHEMA)
# A build with its caches is over after so long.
_A_BUILD = timedelta(days=1)
_VERSION = re.compile(r"v?\d[\w.+-]{0,60}\Z", re.ASCII)
# A variable of the build that nobody gave a value.
_VARIABLE = re.compile(r"\$[({A-Za-z_]")
_TAG_IN_ADDRESS = re.compile(r"/manifests/([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})\Z")


def read(document: Document, context: EntryContext) -> Reading:
    """Reads one part of an image."""
    notes = Notes(READER, document, context)
    image = image_of(context)
    answer = answer_of(notes, _WHOSE)
    if answer is None or image is None:
        return notes.reading(parsed=False)
    _PARTS[document.path.lower()](notes, image, answer)
    return notes.reading()


def _say_image(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    """The manifest that the tag leads to, of many platforms, of one, or in the form of before 2016."""
    tag = _TAG_IN_ADDRESS.search(notes.document.url or "")
    facts: dict[str, Any] = {"tag": tag.group(1) if tag else None}
    if isinstance(answer.get("fsLayers"), list):
        _say(notes, image, facts)
        older = _older_configuration(answer)
        _say_configuration(notes, image, {"architecture": answer.get("architecture"), "os": "linux", **older})
        return
    if isinstance(answer.get("manifests"), list):
        facts["platforms"] = in_order(_platform(each.get("platform")) for each in objects(answer, "manifests"))
    else:
        facts["size_bytes"] = _size(answer)
    _say(notes, image, facts)
    _say_annotations(notes, image, answer)


def _say_platform(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    """The manifest of one platform."""
    _say(notes, image, {"size_bytes": _size(answer)})
    _say_annotations(notes, image, answer)


def _say_configuration(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    """When it was built, for what, and the labels."""
    inner = answer.get("config")
    labels = inner.get("Labels") if isinstance(inner, dict) else None
    labels = labels if isinstance(labels, dict) else {}
    said = _said(labels)
    source = _source_believed(notes.context, image, said)
    older = _older_labels(answer, labels) if source else frozenset(map(str, labels))
    kept = _said({name: value for name, value in labels.items() if name not in older})
    _say(notes, image, {
        "platforms": in_order([_platform(answer)]), "created": answer.get("created"), "revision": kept.get("revision"),
    })
    _say_words(notes, image, kept, "label", source)
    _tell_doubted(notes, image, said, source, sorted(name for name in older if name.startswith(_OWN)))


def _tell_doubted(
    notes: Notes, image: ImageReference, said: Mapping[str, str], believed: str | None, doubted: list[str]
) -> None:
    if not doubted:
        return
    named = said.get("source") or said.get("url")
    why = f"their source is {shown(named)}" if named else "none of them names a repository"
    why = "they were set long before its source" if believed else why
    notes.tell(
        "label-inherited", f"labels of {image.name} may be those of the image it is built on: {why}",
        found=", ".join(name.removeprefix(_OCI) for name in doubted), expected="labels of the module",
    )


def _older_labels(answer: dict[str, Any], labels: Mapping[Any, Any]) -> frozenset[str]:
    """The labels that were set days before the source was, so by a base image, as the history of the build tells."""
    steps = [(text(each, "created_by")[:_LONGEST], _day(each.get("created"))) for each in objects(answer, "history")]

    def day_of(name: str) -> date | None:
        return next((day for step, day in reversed(steps) if f"{name}=" in step), None)

    sources = [day for name in (*_LABELS["source"], *_LABELS["url"]) if name in labels and (day := day_of(name))]
    built = max(sources, default=None) or _day(answer.get("created"))
    if built is None:
        return frozenset()
    names = (name for keys in _LABELS.values() for name in keys if name in labels)
    return frozenset(name for name in names if (day := day_of(name)) and built - day > _A_BUILD)


def _day(written: object) -> date | None:
    found = iso_date(written)
    return date.fromisoformat(found[:10]) if found else None


def _say_annotations(notes: Notes, image: ImageReference, answer: dict[str, Any]) -> None:
    annotations = answer.get("annotations")
    said = _said(annotations) if isinstance(annotations, dict) else {}
    source = _source_believed(notes.context, image, said)
    if said and (source or not _sources(said)):
        _say(notes, image, {"revision": said.get("revision")})
        _say_words(notes, image, said, "annotation", source)


def _say(notes: Notes, image: ImageReference, facts: dict[str, Any]) -> None:
    say_image(notes, image, ImageFacts(digest=notes.context.revision, **facts), rule="told by the registry")


def _say_words(
    notes: Notes, image: ImageReference, said: Mapping[str, str], rule: str, source: str | None
) -> None:
    """What the builder wrote, once it is known to be of this image; `source` is the repository that it is of."""
    page = page_of(image)

    def say(field: str, value: object, name: str) -> None:
        notes.say(field, value, url=page, raw=said.get(name), rule=f"{rule} {_LABELS[name][0]}")

    if source:
        say("evidence.about_repository", source, "source")
        say("links", Link("source_code", repository_url(source)), "source")
    say("title", one_line(said.get("title", ""))[:_LONGEST_TITLE], "title")
    say("summary", one_line(said.get("description", "")), "description")
    licence = licence_value(said["licenses"]) if "licenses" in said else None
    if licence is not None and licence.spdx is not None:
        say("licence.declared", licence, "licenses")
    if _VERSION.match(said.get("version", "")):
        say("version", said["version"], "version")
    documentation, homepage = clean_url(said.get("documentation")), clean_url(said.get("url"))
    if documentation:
        say("links", Link("documentation", documentation), "documentation")
    if homepage and not repository_key(homepage) and homepage.rstrip("/") != page:
        say("links", Link("homepage", homepage), "url")
    base = image_reference(said.get("base"))
    if base is not None and base.name != image.name:
        say("relations", Relation("base_model", page_of(base)), "base")
    for agent in agents_in(one_line(said.get("authors", ""))):
        say("contacts", agent, "authors")
        say("authors", replace(agent, inferred=True), "authors")


def _source_believed(context: EntryContext, image: ImageReference, said: Mapping[str, str]) -> str | None:
    """The repository that what is said is of: a source that names this image, or is called like it; else nothing."""
    named_by = context.listing.named_by if context.listing is not None else ()
    name = name_signature(image.repository.rsplit("/", 1)[-1])
    sources = _sources(said)
    alike = (key for key in sources if names_equal(name_signature(key.rsplit("/", 1)[-1]), name))
    return next((key for key in sources if key in named_by), None) or next(alike, None)


def _sources(said: Mapping[str, str]) -> list[str]:
    found = (repository_key(said.get(name)) for name in ("source", "url"))
    return [each for each in found if each]


def _said(labels: Mapping[Any, Any]) -> dict[str, str]:
    """The labels that are known, by what they say; without those that say nothing."""
    found: dict[str, str] = {}
    for name, keys in _LABELS.items():
        for key in keys:
            value = labels.get(key)
            if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST and not _is_empty(value.strip()):
                found[name] = value.strip()
                break
    return found


def _is_empty(value: str) -> bool:
    return is_placeholder(value) or bool(_VARIABLE.search(value))


def _platform(where: object) -> str | None:
    if not isinstance(where, dict):
        return None
    return platform_name(where.get("os"), where.get("architecture"), where.get("variant"))


def _size(manifest: dict[str, Any]) -> int | None:
    """What is transferred: the layers and the configuration."""
    parts = [manifest.get("config"), *objects(manifest, "layers")]
    sizes = [each.get("size") for each in parts if isinstance(each, dict)]
    known = [each for each in sizes if isinstance(each, int) and not isinstance(each, bool) and each >= 0]
    return sum(known) if len(known) == len(sizes) and isinstance(manifest.get("layers"), list) else None


def _older_configuration(manifest: dict[str, Any]) -> dict[str, Any]:
    """The configuration of the newest layer in a manifest of schema 1, where it stands as a text."""
    newest = next(objects(manifest, "history"), {})
    try:
        found = json.loads(text(newest, "v1Compatibility"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


_PARTS: dict[str, Callable[[Notes, ImageReference, dict[str, Any]], None]] = {
    "api:oci-image": _say_image,
    "api:oci-image-platform": _say_platform,
    "api:oci-image-config": _say_configuration,
}
