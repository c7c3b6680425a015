"""One request and its answer: headers, conditions, bounds; what goes wrong on the wire becomes an error of ours.

Border: no waiting, no second try, no redirect; that is `harvester.client`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.client import HTTPException

import requests
import urllib3

from harvester.answers import Answer, Credential, links_of
from harvester.bounds import Limits, read_body
from harvester.clock import Clock
from harvester.errors import TimedOut, Unreachable, masked
from harvester.memory import Memory, Validator
from harvester.tally import Tally


@dataclass(frozen=True, slots=True)
class Ask:
    """One hop: what is sent, how much may come back, and which statuses are an answer that are trouble elsewhere."""

    url: str
    headers: Mapping[str, str]
    credential: Credential | None
    conditional: bool
    limits: Limits
    method: str = "GET"
    body: bytes | None = None
    answers: frozenset[int] = frozenset()

    @property
    def token(self) -> str:
        """The fingerprint under which the answer is remembered."""
        fits = self.credential is not None and self.credential.fits(self.url)
        return self.credential.fingerprint if self.credential is not None and fits else ""


class Exchange:
    """Sends through one session, counts in one tally."""

    def __init__(self, session: requests.Session, memory: Memory, clock: Clock, agent: str, tally: Tally) -> None:
        self._session = session
        self._memory = memory
        self._clock = clock
        self._agent = agent
        self._tally = tally

    def send(self, ask: Ask) -> Answer:
        """Send one request and read its answer; a 304 gives back what was kept."""
        validator = self._memory.validator(ask.url, ask.token) if ask.conditional else None
        if validator is not None and validator.status != 200:
            validator = None
        deadline = self._clock.monotonic() + ask.limits.total_s
        self._tally.sent += 1
        try:
            prepared = requests.Request(
                ask.method, ask.url, headers=self._headers(ask, validator), data=ask.body
            ).prepare()
            # The adapter, not the session: a session reads the body of a redirect whole, without any bound.
            response = self._session.get_adapter(ask.url).send(
                prepared,
                stream=True,
                timeout=(ask.limits.connect_s, ask.limits.read_s),
                verify=self._session.verify if self._session.verify is not None else True,
            )
            try:
                body = b"" if ask.method == "HEAD" else read_body(response, ask.limits, self._clock, deadline)
            finally:
                self._tally.bytes += _received(response)
                response.close()
        except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as error:
            raise TimedOut(f"The server did not answer within {ask.limits.read_s:g} s.", url=ask.url) from error
        except urllib3.exceptions.DecodeError as error:
            raise Unreachable("The answer is packed in a way that cannot be unpacked.", url=ask.url) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            raise Unreachable(f"No answer from the server: {_why(error)}.", url=ask.url) from error
        self._tally.by_status[str(response.status_code)] += 1
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code == 304:
            self._tally.not_modified += 1
            recalled = self.recall(ask, validator, headers)
            if recalled is None:  # the payload is lost: ask once more, for the whole of it
                if not ask.conditional:
                    raise Unreachable("The server answers 304 to a request that had no condition.", url=ask.url)
                return self.send(replace(ask, conditional=False))
            return recalled
        return Answer(response.status_code, body, headers, ask.url, ask.url, links=links_of(headers.get("link")))

    def _headers(self, ask: Ask, validator: Validator | None) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*", **ask.headers}
        if ask.credential is not None and ask.credential.fits(ask.url):
            headers["Authorization"] = f"{ask.credential.scheme} {ask.credential.token}"
        if validator is not None and validator.etag:
            headers["If-None-Match"] = validator.etag
        elif validator is not None and validator.last_modified:
            headers["If-Modified-Since"] = validator.last_modified
        return headers

    def recall(self, ask: Ask, validator: Validator | None, headers: Mapping[str, str]) -> Answer | None:
        """What was answered before, as if it had come now; None when it is not kept."""
        body = self._memory.payload(validator.sha256) if validator is not None else None
        if validator is None or body is None:
            return None
        links = links_of(headers.get("link") or validator.links)
        return Answer(200, body, headers, ask.url, ask.url, not_modified=True, links=links)


def _received(response: requests.Response) -> int:
    try:
        return int(response.raw.tell())
    except (AttributeError, OSError, ValueError):
        return 0


def _why(error: BaseException) -> str:
    """The innermost cause in a few words, without addresses that may hold secrets."""
    for _ in range(10):  # a chain of causes may bite its own tail
        error = error.__cause__ or error.__context__ or error
    text = " ".join(str(error).split()) or type(error).__name__
    return masked(text)[:200] if "://" in text else text[:200]
