"""One image: which tag is read, whether it moved, and its documents when it did.

Least possible pulls: none for an image that did not move, one where a tag is of one platform, two where it is an index,
none for what is in store already. A tag that is not there gives way to the newest that is, which is told.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import orjson

from harvester.errors import UnexpectedAnswer, at
from harvester.events import Entry, Fetched, Gone, Unchanged
from harvester.sources.kind import Task
from harvester.sources.oci_manifests import Shape
from harvester.sources.oci_notebook import Notebook
from harvester.sources.oci_refusals import No
from harvester.sources.oci_registry import Found, FoundManifest, Registry
from vocab.findings import finding
from vocab.identifiers import ImageReference, image_reference, value_of
from vocab.image_tags import LATEST, variant_of, version_in
from vocab.record import Document, Finding

# Part of every fingerprint: raise it when other documents are wanted, so that every image is read anew.
RULES = 1
_USUAL_BRANCHES = ("main", "master", "stable")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Choice:
    """The tag or digest that is read, and the one that was wanted."""

    reference: str
    wanted: str


class ImageReader:
    """Reads the images of one source. `wanted` is the tag or digest by which an entry is named, by key."""

    def __init__(
        self, task: Task, notebook: Notebook, registry_of: Callable[[str], Registry], wanted: Mapping[str, str]
    ) -> None:
        self._task = task
        self._notebook = notebook
        self._registry_of = registry_of
        self._wanted = wanted
        self._shown: set[str] = set()
        self._absent: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)

    def read(self, entry: Entry) -> Fetched | Unchanged | Gone:
        """What became of one image. Raises `HarvestError`."""
        image = image_reference(value_of(entry.key))
        if image is None:
            raise UnexpectedAnswer(f"`{entry.key}` is no image.")
        registry = self._registry_of(image.registry)
        gone = self.gone_today(entry, image)
        if gone is not None:
            self._task.client.avoided()
            return gone
        with at("registry"):
            registry.greet()
        wanted = self._wanted.get(entry.key, LATEST)
        place = registry.manifest_url(image.repository, wanted)
        instead = self._notebook.of_today(f"{place}#instead")
        outcome = self._read(entry, image, registry, _Choice(instead or wanted, wanted))
        if isinstance(outcome, No) and outcome.is_about_tag:
            outcome = self._read_another(entry, image, registry, wanted)
        if isinstance(outcome, No) and not self._was_there(entry):
            self._absent[image.registry].append((f"{place}#absent", f"{outcome.status} {outcome.sentence}"))
        elif not isinstance(outcome, No):
            self._shown.add(image.registry)
        self._note_absent(image.registry)
        return Gone(entry, outcome.sentence, outcome.status) if isinstance(outcome, No) else outcome

    def _note_absent(self, host: str) -> None:
        """Write down what a registry does not have, once it has shown something: it may hide everything from us."""
        while host in self._shown and self._absent[host]:
            self._notebook.write_for_today(*self._absent[host].pop())

    def gone_today(self, entry: Entry, image: ImageReference) -> Gone | None:
        """What was found today already of an image that was never there."""
        place = self._registry_of(image.registry).manifest_url(image.repository, self._wanted.get(entry.key, LATEST))
        told = None if self._was_there(entry) else self._notebook.of_today(f"{place}#absent")
        if told is None:
            return None
        status, _, sentence = told.partition(" ")
        return Gone(entry, sentence, int(status))

    def _was_there(self, entry: Entry) -> bool:
        known = self._task.memory.entry(self._task.source, entry.key)
        return known is not None and known.fingerprint is not None

    def _read_another(
        self, entry: Entry, image: ImageReference, registry: Registry, wanted: str
    ) -> Fetched | Unchanged | No:
        """The image by the newest of its tags, when the wanted one is not there."""
        with at("tags"):
            listed = registry.tags(image.repository)
        if isinstance(listed, No):
            return listed
        if wanted in listed:
            seen = f"The registry lists the tag {wanted} of {image.name} and does not have its manifest."
            raise UnexpectedAnswer(seen, status=404)
        newest = newest_tag(listed)
        if newest is None:
            return No(404, f"The image {image.name} has no tag {wanted} and no other one.")
        self._notebook.write_for_today(f"{registry.manifest_url(image.repository, wanted)}#instead", newest)
        return self._read(entry, image, registry, _Choice(newest, wanted))

    def _read(
        self, entry: Entry, image: ImageReference, registry: Registry, choice: _Choice
    ) -> Fetched | Unchanged | No:
        task = self._task
        known = None if task.full else task.memory.entry(task.source, entry.key)
        before = known.fingerprint if known is not None else None
        with at("manifest"):
            digest = registry.digest_now(image.repository, choice.reference)
            if digest is not None and before == fingerprint(choice.reference, digest):
                task.client.avoided(3)  # the manifest, and its configuration with a redirect
                return Unchanged(entry, entry.key)
            top = registry.manifest(image.repository, choice.reference, digest)
        if isinstance(top, No):
            return top
        print_now = fingerprint(choice.reference, top.found.digest)
        if before == print_now:
            return Unchanged(entry, entry.key)
        documents = self._documents(image, registry, top)
        findings = () if choice.reference == choice.wanted else (_other_tag(task.source, entry, image, choice),)
        return Fetched(
            entry, entry.key, entry.url, top.found.digest, tuple(documents), print_now, findings=findings
        )

    def _documents(self, image: ImageReference, registry: Registry, top: FoundManifest) -> list[Document]:
        """The manifest, that of the chosen platform, and its configuration."""
        documents = [self._document("api:oci-image", top.found)]
        one = top
        if top.manifest.shape is Shape.INDEX and top.manifest.below is not None:
            with at("platform"):
                below = registry.manifest(image.repository, top.manifest.below, top.manifest.below)
                one = _there(below, image, top.manifest.below)
            documents.append(self._document("api:oci-image-platform", one.found))
        config = one.manifest.below if one.manifest.shape is Shape.IMAGE else None
        if config is not None:
            with at("configuration"):
                found = _there(registry.blob(image.repository, config), image, config)
            documents.append(self._document("api:oci-image-config", found))
        return documents

    def _document(self, path: str, found: Found) -> Document:
        return Document(path, found.body, hashlib.sha256(found.body).hexdigest(), found.url)


def newest_tag(tags: Iterable[str]) -> str | None:
    """The tag one would take: `latest`, the highest version, the highest of a variant, a usual branch, any other."""

    def order(tag: str) -> tuple[bool, bool, tuple[int, ...], bool, int, str]:
        version = version_in(tag)
        is_plain = bool(version) and not variant_of(tag)
        return tag == LATEST, is_plain, version, tag in _USUAL_BRANCHES, -len(tag), tag

    return max(tags, key=order, default=None)


def fingerprint(reference: str, digest: str) -> str:
    """What must be equal for an image to count as unmoved."""
    return hashlib.sha256(orjson.dumps([RULES, reference, digest])).hexdigest()


def _there(found: T | No, image: ImageReference, digest: str) -> T:
    """What an image consists of. Raises `UnexpectedAnswer` when its registry has it not."""
    if isinstance(found, No):
        seen = f"{image.name} names {digest[:19]}…, which its registry does not have ({found.status})."
        raise UnexpectedAnswer(seen, status=found.status)
    return found


def _other_tag(source: str, entry: Entry, image: ImageReference, choice: _Choice) -> Finding:
    message = f"The image {image.name} has no `{choice.wanted}`; `{choice.reference}` was read."
    return finding(
        "image-tag-missing", message, source=source, entry=entry.key, found=choice.wanted, expected=choice.reference
    )
