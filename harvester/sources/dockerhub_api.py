"""The calls of Docker Hub's API that a harvest needs; each answer is checked before it is used.

Docker Hub has no validators, so nothing is asked conditionally; what can be spared is spared by looking at lists. A
credential is traded for a short-lived token once in a run, and again when that has grown old; neither is kept. Border:
one call, one answer; what to ask, and what follows from it, is decided elsewhere. Docker Hub API v2; the lists of
repositories are what its own pages use.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from harvester.answers import Answer, Credential
from harvester.endpoints import origin
from harvester.errors import Refused, UnexpectedAnswer, Unreachable
from harvester.sources.kind import Task

HEADERS = {"Accept": "application/json"}
PAGE_SIZE = 100  # asked for more, the server gives as many and says nothing
MOST_PAGES = 100
# The newest thousand tags; whoever has more builds one for every commit.
MOST_TAG_PAGES = 10

# Part of every fingerprint: raise it when other documents are wanted, so that every image is read anew.
RULES = 1
# What an image's page and tags follow; counters and the state of use are not among it.
_FACTS = (
    "namespace", "name", "description", "is_private", "last_updated", "last_modified", "storage_size", "source",
)
_NAME = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Shown:
    """What Docker Hub says of a repository, in a list or by itself."""

    full_name: str
    facts: Mapping[str, Any]

    @property
    def is_public_image(self) -> bool:
        """Whether anybody can pull from it; a repository may also hold charts, plugins, models."""
        kinds = self.facts.get("content_types")
        holds_images = not isinstance(kinds, list) or not kinds or "image" in kinds
        return holds_images and self.facts.get("is_private") is not True

    @property
    def fingerprint(self) -> str:
        """Equal as long as there is nothing new to read."""
        kinds = self.facts.get("content_types")
        told = [RULES, *(_scalar(self.facts.get(name)) for name in _FACTS)]
        told += sorted(each for each in kinds if isinstance(each, str)) if isinstance(kinds, list) else []
        return hashlib.sha256(orjson.dumps(told)).hexdigest()

    @property
    def counters(self) -> dict[str, int]:
        """How often it was pulled, and how many marked it."""
        found = {"pulls": self.facts.get("pull_count"), "stars": self.facts.get("star_count")}
        return {name: each for name, each in found.items() if isinstance(each, int) and not isinstance(each, bool)}

    @property
    def revision(self) -> str | None:
        """When something was pushed last."""
        moment = self.facts.get("last_updated")
        return moment if isinstance(moment, str) and len(moment) < 40 else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `count` is what the server says there are in all, `following` where the next page is."""

    rows: tuple[Any, ...]
    count: int
    following: str | None
    body: bytes


def shown_of(row: object, namespace: str | None = None) -> Shown | None:
    """A row that can be used; None for one that is broken, or of another namespace than the one asked for."""
    if not isinstance(row, dict):
        return None
    owner, name = row.get("namespace", namespace), row.get("name")
    if not (isinstance(owner, str) and isinstance(name, str) and _NAME.match(owner) and _NAME.match(name)):
        return None
    return Shown(f"{owner}/{name}", row) if namespace in (None, owner) else None


class DockerhubApi:
    """Docker Hub, as one source with one credential sees it."""

    def __init__(self, task: Task) -> None:
        self._client = task.client
        self._base = task.endpoints.dockerhub
        self._secret = task.token
        self._session: Credential | None = None

    @property
    def token(self) -> str:
        """What stands for the credential in what is remembered; the tokens it is traded for change with every run."""
        return Credential(self._secret, self._base).fingerprint if self._secret else ""

    def repository_url(self, full_name: str) -> str:
        """The API's address of a repository."""
        return f"{self._base}/v2/repositories/{quote(full_name)}/"

    def tags_url(self, full_name: str) -> str:
        """The API's address of a repository's newest tags."""
        owner, _, name = full_name.partition("/")
        return f"{self._base}/v2/namespaces/{quote(owner)}/repositories/{quote(name)}/tags?page_size={PAGE_SIZE}"

    def repositories(self, namespace: str) -> Iterator[Page]:
        """The pages of a namespace's list. One that is unknown has one empty page."""
        yield from self._pages(f"{self._base}/v2/repositories/{quote(namespace, safe='')}/?page_size={PAGE_SIZE}")

    def repository(self, full_name: str) -> tuple[Shown, bytes] | None:
        """One repository with the text of its page, or None when the server says that there is none."""
        url = self.repository_url(full_name)
        answer = self._get(url)
        if answer.status == 404:
            return None
        shown = shown_of(_json(answer))
        if shown is None or shown.full_name != full_name:
            raise _unexpected(answer, url)
        return shown, answer.body

    def tags(self, full_name: str) -> bytes:
        """The tags of a repository, as the first page came when it is the only one, else all of them as one list."""
        first = self.tags_url(full_name)
        pages: list[Page] = []
        for page in self._pages(first):
            pages.append(page)
            if len(pages) == MOST_TAG_PAGES:
                break
        if len(pages) == 1:
            return pages[0].body
        try:
            return orjson.dumps({"count": pages[0].count, "results": [row for page in pages for row in page.rows]})
        except orjson.JSONEncodeError:  # nested deeper than it can be written again
            raise UnexpectedAnswer("The list of tags is not what Docker Hub's API promises.", url=first) from None

    def knows(self, namespace: str) -> bool:
        """Whether there is a person or an organisation of this name."""
        name = quote(namespace, safe="")
        return any(self._get(f"{self._base}/v2/{kind}/{name}/").status == 200 for kind in ("users", "orgs"))

    def check(self) -> bool:
        """Whether this is Docker Hub, and it talks to us; true or an error.

        Raises:
            Unreachable: it hides everything, which it does for about a day to whom it takes for a nuisance.
        """
        url = f"{self._base}/v2/repositories/library/?page_size=1"
        answer = self._get(url)
        if answer.status == 404:
            seen = "Docker Hub answers 404 to everything, as it does for about a day to whom it blocks."
            raise Unreachable(seen, mend="Nothing: nothing was withdrawn. A credential may help.", url=url, status=404)
        _page(answer, url)
        return True

    def _pages(self, first: str) -> Iterator[Page]:
        following: str | None = first
        seen: set[str] = set()
        while following is not None:
            if following in seen or len(seen) >= MOST_PAGES:
                seen_text = f"The list goes on after {len(seen)} pages, or in a circle."
                raise UnexpectedAnswer(seen_text, url=following)
            seen.add(following)
            page = _page(self._get(following), following)
            yield page
            following = self._following(page)

    def _following(self, page: Page) -> str | None:
        """The next page, which must be of the same server."""
        if page.following is None:
            return None
        try:
            same = origin(page.following) == origin(self._base)
        except ValueError:
            same = False
        if not same or not urlsplit(page.following).path.startswith(urlsplit(self._base).path + "/v2/"):
            raise UnexpectedAnswer("The list says that its next page is on another server.", url=page.following)
        return page.following

    def _get(self, url: str) -> Answer:
        for _ in range(2):
            credential = self._credential()
            answers = (401,) if credential else ()
            answer = self._client.get(url, headers=HEADERS, credential=credential, conditional=False, answers=answers)
            if answer.status != 401:
                return answer
            self._session = None  # it has grown old
        raise Refused("Docker Hub does not accept the token that it gave us (401).", url=url, status=401)

    def _credential(self) -> Credential | None:
        if self._secret and self._session is None:
            self._session = Credential(self._log_in(self._secret), self._base)
        return self._session

    def _log_in(self, secret: str) -> str:
        """Trade `user:token` for a token of this session. Raises `Refused` when they are not right."""
        mend = "Make a personal access token at Docker Hub and set it as `user:token`."
        user, _, token = secret.partition(":")
        if not user or not token:
            raise Refused("The credential is not of the form `user:token`.", mend=mend)
        url = f"{self._base}/v2/auth/token"
        body = orjson.dumps({"identifier": user, "secret": token})
        answer = self._client.post(url, body, headers=HEADERS, answers=(401,))
        if answer.status in (400, 401, 422):
            raise Refused(f"Docker Hub does not accept this user and token ({answer.status}).", mend=mend, url=url)
        found = _json(answer) if answer.status == 200 else None
        session = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(session, str) or not session.isascii() or not session.isprintable():
            raise _unexpected(answer, url)
        return session


def _page(answer: Answer, url: str) -> Page:
    form = _json(answer) if answer.status == 200 else None
    rows, count, following = (
        (form.get("results"), form.get("count"), form.get("next")) if isinstance(form, dict) else (None, None, None)
    )
    if not isinstance(rows, list) or not isinstance(count, int) or not isinstance(following, str | None):
        raise _unexpected(answer, url)
    return Page(tuple(rows), count, following or None, answer.body)


def _scalar(value: object) -> str | int | None:
    return value if isinstance(value, str | int) else None


def _json(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except ValueError:
        return None


def _unexpected(answer: Answer, url: str) -> UnexpectedAnswer | Unreachable:
    start = answer.body[:200].lstrip()
    if answer.status == 200 and not start:
        return Unreachable("The answer is empty.", url=url, status=200)
    looks = "an HTML page" if start.startswith(b"<") else "broken or of another form"
    seen = f"The answer ({answer.status}) is {looks}, not what Docker Hub's API promises."
    return UnexpectedAnswer(seen, url=url, status=answer.status)
