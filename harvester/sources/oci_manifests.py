"""What an image consists of: index, manifest, the one platform that is looked into, and digests that are to fit.

Kinds are told by their shape, because registries and builders send wrong media types. Pure. Border: what the documents
say of a module is read in `vocab.readers.oci`. OCI image specification 1.1, "Image Index" and "Image Manifest";
Docker image manifest version 2, schema 1 and 2.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

# Beyond these an index is no image that somebody built.
MOST_MANIFESTS = 500
_DIGEST = re.compile(r"(sha256):[0-9a-f]{64}\Z|(sha512):[0-9a-f]{128}\Z")
_INDEX_TYPE = re.compile(r"image\.index|manifest\.list", re.IGNORECASE)
_CONFIG_TYPES = frozenset({
    "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
})
_REFERENCE_TYPE = "vnd.docker.reference.type"

INDEX_TYPES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFEST_TYPES = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")


class Shape(StrEnum):
    """What a manifest is: of several platforms, of one, or of one in the form of before 2016."""

    INDEX = "index"
    IMAGE = "image"
    SCHEMA1 = "schema1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was understood. `below` is the digest of what is to be read next, where there is something."""

    shape: Shape
    below: str | None = None


def is_digest(text: object) -> bool:
    """Whether a text is a digest of a kind that can be checked."""
    return isinstance(text, str) and bool(_DIGEST.match(text))


def digest_of(body: bytes) -> str:
    """The digest by which a registry knows these bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def sha256_in(digest: str) -> str | None:
    """The SHA-256 that a digest is, under which the bytes are kept here too; None for other kinds."""
    kind, _, value = digest.partition(":")
    return value if kind == "sha256" and is_digest(digest) else None


def fits(body: bytes, digest: str) -> bool:
    """Whether these are the bytes with this digest; of a signed schema 1 manifest what was signed counts."""
    if not is_digest(digest):
        return False
    kind, _, value = digest.partition(":")
    if hashlib.new(kind, body).hexdigest() == value:
        return True
    signed = _signed(body)
    return signed is not None and hashlib.new(kind, signed).hexdigest() == value


def manifest_of(body: bytes) -> Manifest | None:
    """What these bytes are, or None when they are no manifest."""
    try:
        form = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(form, dict):
        return None
    if isinstance(form.get("manifests"), list):
        chosen = _chosen(form["manifests"])
        return Manifest(Shape.INDEX, _pointer(chosen))
    if isinstance(form.get("fsLayers"), list):
        return Manifest(Shape.SCHEMA1)
    config = form.get("config")
    if not isinstance(config, dict) or "digest" not in config or not isinstance(form.get("layers"), list | None):
        return None
    return Manifest(Shape.IMAGE, _pointer(config if config.get("mediaType") in _CONFIG_TYPES else None))


def _pointer(descriptor: dict[str, Any] | None) -> str | None:
    digest = descriptor.get("digest") if descriptor is not None else None
    return digest if isinstance(digest, str) and is_digest(digest) else None


def _chosen(descriptors: list[Any]) -> dict[str, Any] | None:
    """The image of the platform most people run on, else the first of a platform, else the first of none."""
    images = [each for each in descriptors[:MOST_MANIFESTS] if isinstance(each, dict) and _is_image(each)]
    platforms = [(each, each["platform"]) for each in images if isinstance(each.get("platform"), dict)]
    usual = (each for each, where in platforms if (where.get("os"), where.get("architecture")) == ("linux", "amd64"))
    first = (each for each, _ in platforms)
    return next(usual, None) or next(first, None) or next(iter(images), None)


def _is_image(descriptor: dict[str, Any]) -> bool:
    """Whether this is an image; not an index again, nor what stands beside images: attestations, signatures."""
    where, notes = descriptor.get("platform"), descriptor.get("annotations")
    if isinstance(notes, dict) and _REFERENCE_TYPE in notes:
        return False
    if isinstance(where, dict) and "unknown" in (where.get("os"), where.get("architecture")):
        return False
    if not isinstance(where, dict) and descriptor.get("artifactType"):
        return False
    return is_digest(descriptor.get("digest")) and not _INDEX_TYPE.search(str(descriptor.get("mediaType") or ""))


def _signed(body: bytes) -> bytes | None:
    """What the signature in a schema 1 manifest is over: the bytes before it, and an end of its own."""
    try:
        signature = orjson.loads(body)["signatures"][0]
        protected = orjson.loads(_unpacked(signature["protected"]))
        length, tail = protected["formatLength"], _unpacked(protected["formatTail"])
        return body[:length] + tail if 0 < length <= len(body) else None
    except (orjson.JSONDecodeError, binascii.Error, KeyError, IndexError, TypeError, ValueError):
        return None


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
