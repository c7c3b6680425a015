"""The calls of one registry's distribution API that a harvest needs; every answer is checked before it is believed.

A manifest is looked at (`HEAD`) before it is fetched, because only fetching is counted as a pull. What has a digest is
asked for once in a life: the store keeps bytes under the same SHA-256. Border: what to ask, and what follows from it,
is decided in `oci_images`. OCI distribution specification 1.1, "Pulling manifests", "Pulling blobs", "Listing Tags".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

import orjson

from harvester.answers import Answer
from harvester.endpoints import origin
from harvester.errors import UnexpectedAnswer
from harvester.memory import Validator
from harvester.sources.kind import Task
from harvester.sources.oci_auth import Auth
from harvester.sources.oci_manifests import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    Manifest,
    digest_of,
    fits,
    is_digest,
    manifest_of,
    sha256_in,
)
from harvester.sources.oci_notebook import Notebook
from harvester.sources.oci_refusals import No, looks_like, told_no

# Registries need take no larger manifest (distribution specification); a configuration is far smaller.
MOST_BYTES = 4 * 1024 * 1024
_MOST_TAGS, _MOST_PAGES, _TAGS_OF_A_PAGE = 10_000, 20, 1_000
_ACCEPT = {"Accept": ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))}
_TRIES = 4  # the first without being known, two with a token for many, the last with one for this image alone
_REFUSED = frozenset({400, 401, 403, 404})


@dataclass(frozen=True, slots=True)
class Found:
    """Bytes with their digest, and the address they have."""

    body: bytes
    digest: str
    url: str


@dataclass(frozen=True, slots=True)
class FoundManifest:
    """A manifest that was understood."""

    found: Found
    manifest: Manifest


class Registry:
    """One registry as one source sees it. `names` are the repositories that will be asked for."""

    def __init__(
        self, task: Task, notebook: Notebook, host: str, base: str, *, login: str | None, names: Sequence[str]
    ) -> None:
        self.host = host
        self.base = base
        self._client = task.client
        self._memory = task.memory
        self._is_none: UnexpectedAnswer | None = None
        self._auth = Auth(task.client, task.clock, notebook, host, base, login=login, names=names)

    def greet(self) -> None:
        """Find out how the registry wants to be asked, unless that is known.

        Raises:
            HarvestError: it does not answer, or is no registry.
        """
        if self._is_none is not None:
            raise self._is_none
        if self._auth.is_known:
            return
        url = f"{self.base}/v2/"
        answer = self._client.get(url, conditional=False, max_bytes=MOST_BYTES, answers={401})
        if answer.status == 401 and self._auth.learn_of_server(answer):
            return
        if answer.status != 200 or not isinstance(_json(answer.body), dict):
            seen = f"{self.host} is no image registry: it answers {answer.status}, {looks_like(answer.body)}."
            mend = "Write the host of a registry with the distribution API, such as `ghcr.io`."
            self._is_none = UnexpectedAnswer(seen, mend=mend, url=url, status=answer.status)
            raise self._is_none
        self._auth.is_open()

    def sign_in(self) -> None:
        """Show the credential, so that one that is not accepted is told before anything is asked. Raises `Refused`."""
        self._auth.sign_in()

    def manifest_url(self, repository: str, reference: str) -> str:
        """The address of a manifest by tag or digest."""
        return f"{self.base}/v2/{repository}/manifests/{reference}"

    def digest_now(self, repository: str, reference: str) -> str | None:
        """The digest that a tag has now, without a pull; None when that is not known or cannot be had so."""
        if is_digest(reference):
            self._client.avoided()
            return reference
        url = self.manifest_url(repository, reference)
        known = self._memory.validator(url, self._auth.fingerprint)
        if known is None or known.etag is None:
            return None
        answer = self._ask(repository, url, headers=_ACCEPT, method="HEAD", conditional=True)
        if isinstance(answer, No) or answer.status != 200:
            return None
        told = answer.headers.get("docker-content-digest", "")
        return told if is_digest(told) else (known.etag.strip('"') if answer.not_modified else None)

    def manifest(self, repository: str, reference: str, digest: str | None = None) -> FoundManifest | No:
        """A manifest. Without the bytes of its digest in store this is a pull."""
        url = self.manifest_url(repository, reference)
        found = self._kept(digest, url)
        if found is None:
            answer = self._ask(repository, url, headers=_ACCEPT)
            if isinstance(answer, No):
                return answer
            found = self._checked(answer, url, reference)
        understood = manifest_of(found.body)
        if understood is None:
            raise self._no_manifest(found.body, url)
        return FoundManifest(found, understood)

    def blob(self, repository: str, digest: str) -> Found | No:
        """Something that an image consists of, by its digest."""
        url = f"{self.base}/v2/{repository}/blobs/{digest}"
        kept = self._kept(digest, url)
        if kept is not None:
            return kept
        answer = self._ask(repository, url)
        if isinstance(answer, No):
            return answer
        if not fits(answer.body, digest):
            seen = f"The registry sends other bytes than those of the digest {digest}."
            raise UnexpectedAnswer(seen, url=url, status=answer.status)
        self._memory.keep_payload(answer.body)
        return Found(answer.body, digest, url)

    def tags(self, repository: str) -> list[str] | No:
        """All tags of an image, as far as ten thousand."""
        following = f"{self.base}/v2/{repository}/tags/list?n={_TAGS_OF_A_PAGE}"
        tags: list[str] = []
        seen: set[str] = set()
        while following and following not in seen and len(seen) < _MOST_PAGES and len(tags) < _MOST_TAGS:
            seen.add(following)
            answer = self._ask(repository, following)
            if isinstance(answer, No):
                return answer
            page = _json(answer.body)
            if not isinstance(page, dict) or not isinstance(page.get("tags"), list | None) or "tags" not in page:
                told = f"The list of tags of {self.host}/{repository} is {looks_like(answer.body)}."
                raise UnexpectedAnswer(told, url=following, status=answer.status)
            tags += [each for each in page["tags"] or () if isinstance(each, str)]
            following = self._next(answer)
        return tags[:_MOST_TAGS]

    def is_alive(self) -> bool:
        """Whether the registry answers at all."""
        return self._client.get(f"{self.base}/v2/", conditional=False, answers={401}).status > 0

    def _next(self, answer: Answer) -> str:
        link = answer.links.get("next")
        url = urljoin(answer.url, link) if link else ""
        return url if url and origin(url) == origin(self.base) else ""

    def _kept(self, digest: str | None, url: str) -> Found | None:
        """The bytes with this digest, when they are in store."""
        sha256 = sha256_in(digest) if digest else None
        body = self._memory.payload(sha256) if sha256 else None
        if digest is None or body is None:
            return None
        self._client.avoided()
        return Found(body, digest, url)

    def _checked(self, answer: Answer, url: str, reference: str) -> Found:
        """A manifest whose digest is right, kept and remembered for its tag."""
        if manifest_of(answer.body) is None:
            raise self._no_manifest(answer.body, url)
        told = reference if is_digest(reference) else answer.headers.get("docker-content-digest", "")
        digest = told if is_digest(told) else digest_of(answer.body)
        if not fits(answer.body, digest):
            seen = f"The manifest that came is not the one with the digest {digest}."
            raise UnexpectedAnswer(seen, url=url, status=answer.status)
        with self._memory.together():
            sha256 = self._memory.keep_payload(answer.body)
            if not is_digest(reference):
                kept = Validator(url, self._auth.fingerprint, f'"{digest}"', None, sha256, 200, None, url)
                self._memory.keep_validator(kept)
        return Found(answer.body, digest, url)

    def _no_manifest(self, body: bytes, url: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(f"What {self.host} sends is {looks_like(body)}, not a manifest.", url=url)

    def _ask(
        self, repository: str, url: str, *, headers: Mapping[str, str] | None = None,
        method: Literal["GET", "HEAD"] = "GET", conditional: bool = False,
    ) -> Answer | No:
        """One question, with whatever the registry wants to be shown. Raises `HarvestError`."""
        what = f"{self.host}/{repository}"
        left = _TRIES
        while True:
            shown = self._auth.credential(repository)
            if isinstance(shown, No):
                return shown
            answer = self._client.get(
                url, headers=headers, credential=shown, conditional=conditional, max_bytes=MOST_BYTES,
                answers=_REFUSED, method=method,
            )
            left -= 1
            if left == 0 or answer.status != 401 or not self._auth.learn(answer, repository):
                break
        if answer.status == 200 or method == "HEAD":
            return answer
        return told_no(answer, what)


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
