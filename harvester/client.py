"""The one HTTP client: polite, conditional, bounded, and wary of where it is sent.

Polite: an own `User-Agent`, one request at a time for each server, its pace kept, its limits obeyed (`limits`,
`pacing`); a limit that ends within `Limits.wait_cap_s` is waited for, a longer one raises `Parked`. Conditional:
validators by address and credential; a 304 gives back the kept body, so callers see no difference. Bounded: bytes,
time, redirects, tries. Wary: private addresses only when named (`addresses`), a credential only for its own origin.

Border: knows nothing of any API. What an answer means, and whether it is worth remembering (`keep`), is the
caller's business: a broken body with a good ETag must not be given back for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPException

import requests
import urllib3

from harvester.answers import Answer, Credential, links_of, redirect_target, user_agent
from harvester.bounds import Limits, read_body
from harvester.clock import Clock
from harvester.endpoints import Endpoints, origin
from harvester.errors import (
    ForbiddenAddress,
    HarvestError,
    Parked,
    Refused,
    ServerTrouble,
    TimedOut,
    TooManyRedirects,
    Unreachable,
    iso,
    masked,
)
from harvester.events import Requests
from harvester.limits import Refusal, RefusalKind, budget, refusal
from harvester.memory import Memory, Validator
from harvester.pacing import Gate, resource_of
from harvester.tally import Tally

_PERMANENT = frozenset({301, 308})
_TROUBLE = frozenset({500, 502, 503, 504})
_FREE_304 = frozenset({"github", "raw"})  # Zenodo counts a 304 like any other answer
_RETRY_CREDIT = 10.0  # a retry costs 1, an answer earns 0.1: a server that is down is not asked thrice for everything


@dataclass(frozen=True, slots=True)
class _Ask:
    """One hop: what is sent, and how much may come back."""

    url: str
    headers: Mapping[str, str]
    credential: Credential | None
    conditional: bool
    limits: Limits

    @property
    def token(self) -> str:
        """The fingerprint under which the answer is remembered."""
        fits = self.credential is not None and self.credential.fits(self.url)
        return self.credential.fingerprint if self.credential is not None and fits else ""


class Client:
    """See the module. One client serves one thread; a `Gate` may be shared by many."""

    def __init__(
        self,
        session: requests.Session,
        memory: Memory,
        endpoints: Endpoints,
        clock: Clock,
        *,
        contact: str,
        limits: Limits | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._session = session
        self._memory = memory
        self._endpoints = endpoints
        self._clock = clock
        self._limits = limits or Limits()
        self._gate = gate or Gate(clock, endpoints)
        self._agent = user_agent(contact)
        self._tally = Tally()
        self._credit = _RETRY_CREDIT

    def requests(self, since: Requests | None = None) -> Requests:
        """What was spent, in all or since an earlier reading."""
        return self._tally.requests(since)

    def avoided(self, count: int = 1) -> None:
        """Count requests that a remembered fact made unnecessary."""
        self._tally.avoided += count

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        credential: Credential | None = None,
        conditional: bool = True,
        max_bytes: int | None = None,
    ) -> Answer:
        """Ask an address, following its redirects.

        Args:
            url: http or https.
            headers: beside those every request has (`User-Agent`, `Accept-Encoding`).
            credential: sent to its own origin only.
            conditional: whether a remembered answer may be revalidated.
            max_bytes: a bound other than the usual one.

        Returns:
            Any answer that is one: 2xx, and 4xx that say something about the address (404, 409, 410, 422, 451 …).

        Raises:
            Parked: a limit ends later than we wait.
            HarvestError: the other kinds, see `harvester.errors`.
        """
        limits = replace(self._limits, max_bytes=max_bytes) if max_bytes else self._limits
        ask = _Ask(url, dict(headers or {}), credential, conditional, limits)
        seen, permanent = {url}, True
        for _ in range(limits.max_redirects + 1):
            answer = self._persist(ask)
            target = redirect_target(answer)
            if target is None:
                return replace(answer, url=url, moved=permanent and len(seen) > 1)
            permanent = permanent and answer.status in _PERMANENT
            if target in seen:
                raise TooManyRedirects("The address redirects in a loop.", url=url, status=answer.status)
            if origin(ask.url)[0] == "https" and origin(target)[0] == "http":
                seen_text = "The address redirects from https to http."
                raise ForbiddenAddress(seen_text, mend="Use an address that stays encrypted.", url=url)
            seen.add(target)
            ask = replace(ask, url=target)
        seen_text = f"The address redirects more than {limits.max_redirects} times."
        raise TooManyRedirects(seen_text, url=url)

    def kept(self, url: str, credential: Credential | None = None) -> Answer | None:
        """The remembered answer of an address whose content can never change, without asking."""
        ask = _Ask(url, {}, credential, conditional=True, limits=self._limits)
        validator = self._memory.validator(url, ask.token)
        answer = self._recall(ask, validator, {}) if validator is not None and validator.status == 200 else None
        if answer is not None:
            self.avoided()
        return answer

    def keep(self, answer: Answer, credential: Credential | None = None) -> None:
        """Remember an answer that was found good, to be revalidated next time."""
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        if answer.not_modified or answer.status != 200 or not (etag or modified):
            return
        ask = _Ask(answer.final_url, {}, credential, conditional=True, limits=self._limits)
        sha256 = self._memory.keep_payload(answer.body)
        link = answer.headers.get("link")
        url = answer.final_url
        self._memory.keep_validator(Validator(url, ask.token, etag, modified, sha256, 200, link, url))

    # One hop ---------------------------------------------------------------------------------------------------------

    def _persist(self, ask: _Ask) -> Answer:
        """One hop with its waits and tries."""
        lane = self._endpoints.lane(ask.url)
        resource = resource_of(lane, ask.url)
        tries = waits = 0
        with self._gate.turn(lane):
            while True:
                self._wait_for_gate(lane, resource, ask)
                tries += 1
                try:
                    answer = self._exchange(ask, lane)
                except Unreachable as trouble:
                    last = min(2, ask.limits.tries) if isinstance(trouble, TimedOut) else ask.limits.tries
                    self._again(tries, last, trouble)
                    continue
                no = self._judge(answer, lane, resource)
                if no is not None and no.until is not None:
                    waits += 1
                    if waits > ask.limits.tries:
                        raise _parked(no.until, no.kind, answer)
                    continue
                if answer.status in _TROUBLE:
                    status = f"The server answers {answer.status}."
                    self._again(tries, ask.limits.tries, ServerTrouble(status, url=ask.url, status=answer.status))
                    continue
                self._credit = min(_RETRY_CREDIT, self._credit + 0.1)
                return answer

    def _judge(self, answer: Answer, lane: str, resource: str) -> Refusal | None:
        """Note what the answer says of limits. Raises `Refused` where asking again would not help."""
        now = self._clock.now()
        left = budget(answer.headers, now)
        if left is not None:
            self._gate.learn(lane, resource, left)
            if not (answer.not_modified and lane in _FREE_304):
                self._tally.quota_used += 1
        no = refusal(answer.status, answer.headers, answer.body, now)
        if no is None:
            self._gate.forgive(lane)
            return None
        if no.kind is RefusalKind.CREDENTIAL:
            raise Refused("The server does not accept the credential (401).", url=answer.url, status=answer.status)
        if no.kind is RefusalKind.PERMISSION:
            raise Refused("The server forbids this (403).", url=answer.url, status=answer.status)
        if no.until is not None:
            until = no.until if no.named else now + self._gate.strike(lane)
            self._gate.close(lane, (left.resource if left else None) or resource, until)
            self._gate.close(lane, resource, until)
            no = replace(no, until=until)
        return no

    def _wait_for_gate(self, lane: str, resource: str, ask: _Ask) -> None:
        until = self._gate.closed_until(lane, resource)
        if until is not None:
            seconds = (until - self._clock.now()).total_seconds()
            if seconds > ask.limits.wait_cap_s:
                raise Parked(f"The limit of {lane} ({resource}) is used up until {iso(until)}.", until, url=ask.url)
            self._sleep(seconds)
        self._sleep(self._gate.pause(lane))

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._tally.waited_s += seconds
            self._clock.sleep(seconds)

    def _again(self, tries: int, last: int, trouble: HarvestError) -> None:
        """Wait before the next try, or raise the trouble when there is none left."""
        if tries >= last or self._credit < 1:
            raise trouble
        self._credit -= 1
        self._tally.retries += 1
        self._sleep(self._limits.backoff_s * 2 ** (tries - 1))

    def _exchange(self, ask: _Ask, lane: str) -> Answer:
        """Send one request and read its answer; a 304 gives back what was kept."""
        validator = self._memory.validator(ask.url, ask.token) if ask.conditional else None
        if validator is not None and validator.status != 200:
            validator = None
        deadline = self._clock.monotonic() + ask.limits.total_s
        self._tally.sent += 1
        try:
            prepared = requests.Request("GET", ask.url, headers=self._headers(ask, validator)).prepare()
            # The adapter, not the session: a session reads the body of a redirect whole, without any bound.
            response = self._session.get_adapter(ask.url).send(
                prepared,
                stream=True,
                timeout=(ask.limits.connect_s, ask.limits.read_s),
                verify=self._session.verify if self._session.verify is not None else True,
            )
            try:
                body = read_body(response, ask.limits, self._clock, deadline)
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
            recalled = self._recall(ask, validator, headers)
            if recalled is None:  # the payload is lost: ask once more, for the whole of it
                if not ask.conditional:
                    raise Unreachable("The server answers 304 to a request that had no condition.", url=ask.url)
                return self._exchange(replace(ask, conditional=False), lane)
            return recalled
        return Answer(response.status_code, body, headers, ask.url, ask.url, links=links_of(headers.get("link")))

    def _headers(self, ask: _Ask, validator: Validator | None) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*", **ask.headers}
        if ask.credential is not None and ask.credential.fits(ask.url):
            headers["Authorization"] = f"Bearer {ask.credential.token}"
        if validator is not None and validator.etag:
            headers["If-None-Match"] = validator.etag
        elif validator is not None and validator.last_modified:
            headers["If-Modified-Since"] = validator.last_modified
        return headers

    def _recall(self, ask: _Ask, validator: Validator | None, headers: Mapping[str, str]) -> Answer | None:
        body = self._memory.payload(validator.sha256) if validator is not None else None
        if validator is None or body is None:
            return None
        links = links_of(headers.get("link") or validator.links)
        return Answer(200, body, headers, ask.url, ask.url, not_modified=True, links=links)


def _parked(until: datetime, kind: RefusalKind, answer: Answer) -> Parked:
    seen = f"The server keeps refusing ({kind} limit), last until {iso(until)}."
    return Parked(seen, until, url=answer.url, status=answer.status)


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
