"""The one HTTP client: polite, conditional, bounded, and wary of where it is sent.

Polite: an own `User-Agent`, one request at a time for each server, its pace kept, its limits obeyed (`limits`,
`pacing`); a limit that ends within `Limits.wait_cap_s` is waited for, a longer one raises `Parked`. Conditional:
validators by address and credential; a 304 gives back the kept body, so callers see no difference. Bounded: bytes,
time, redirects, tries. Wary: private addresses only when named (`addresses`), a credential only for its own origin.

Border: knows nothing of any API. What an answer means, and whether it is worth remembering (`keep`), is the
caller's business: a broken body with a good ETag must not be given back for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

import requests

from harvester.answers import Answer, Credential, redirect_target, user_agent
from harvester.bounds import Limits
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
from harvester.exchange import Ask, Exchange
from harvester.limits import Refusal, RefusalKind, budget, refusal
from harvester.memory import Memory, Validator
from harvester.pacing import Gate, budget_told_of, resource_of
from harvester.tally import Reason, Tally

_PERMANENT = frozenset({301, 308})
_SAME_METHOD = frozenset({307, 308})
_TROUBLE = frozenset({500, 502, 503, 504})
_FREE_304 = frozenset({"github", "raw"})  # Zenodo counts a 304 like any other answer
_SHOWN = 256 * 1024  # so much of an answer is kept for a person to look at
_RETRY_CREDIT = 10.0  # a retry costs 1, an answer earns 0.1: a server that is down is not asked thrice for everything


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
        self._memory = memory
        self._endpoints = endpoints
        self._clock = clock
        self._limits = limits or Limits()
        self._gate = gate or Gate(clock, endpoints)
        self._tally = Tally()
        self._exchange = Exchange(session, memory, clock, user_agent(contact), self._tally)
        self._credit = _RETRY_CREDIT
        self._last: tuple[frozenset[str], bytes] = (frozenset(), b"")

    def requests(self, since: Requests | None = None) -> Requests:
        """What was spent, in all or since an earlier reading."""
        return self._tally.requests(since)

    def avoided(self, count: int = 1) -> None:
        """Count requests that a remembered fact made unnecessary."""
        self._tally.avoided += count

    def back_off(self) -> None:
        """Wait a little before something is tried once more that had an answer of no use."""
        self._tally.retries += 1
        self._sleep(self._limits.backoff_s, "backoff")

    def unusable(self, error: HarvestError) -> bytes | None:
        """The beginning of what came from the address that an error speaks of, if that came last."""
        urls, body = self._last
        return body or None if error.url in urls else None

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        credential: Credential | None = None,
        conditional: bool = True,
        max_bytes: int | None = None,
        answers: Iterable[int] = (),
        method: Literal["GET", "HEAD"] = "GET",
        patience: float = 1.0,
    ) -> Answer:
        """Ask an address, following its redirects.

        Args:
            url: http or https.
            headers: beside those every request has (`User-Agent`, `Accept-Encoding`).
            credential: sent to its own origin only.
            conditional: whether a remembered answer may be revalidated.
            max_bytes: a bound other than the usual one.
            answers: statuses that are an answer here though they are trouble elsewhere (401 with a challenge, 503).
            method: `HEAD` where the headers are enough; an answer 304 gives back the body that `GET` had.
            patience: so many times longer than usual the server may be silent, for answers that it is slow to make.

        Returns:
            Any answer that is one: 2xx, and 4xx that say something about the address (404, 409, 410, 422, 451 …).

        Raises:
            Parked: a limit ends later than we wait.
            HarvestError: the other kinds, see `harvester.errors`.
        """
        bounds = self._limits
        limits = replace(bounds, max_bytes=max_bytes or bounds.max_bytes, read_s=bounds.read_s * patience)
        ask = Ask(url, dict(headers or {}), credential, conditional, limits, method, None, frozenset(answers))
        return self._follow(ask)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        credential: Credential | None = None,
        max_bytes: int | None = None,
        answers: Iterable[int] = (),
    ) -> Answer:
        """Ask a question that has a body (GraphQL, a login, git). Never conditional, never remembered; as `get`."""
        sent = {"Content-Type": content_type, **(headers or {})}
        limits = replace(self._limits, max_bytes=max_bytes) if max_bytes else self._limits
        ask = Ask(url, sent, credential, conditional=False, limits=limits, method="POST", body=body,
                   answers=frozenset(answers))
        return self._follow(ask)

    def _follow(self, ask: Ask) -> Answer:
        """All hops of one question."""
        url, limits = ask.url, ask.limits
        seen, permanent = {url}, True
        for _ in range(limits.max_redirects + 1):
            answer = self._persist(ask)
            target = redirect_target(answer)
            if target is None:
                self._last = (self._last[0] | {masked(url)}, self._last[1])
                return replace(answer, url=url, moved=permanent and len(seen) > 1)
            permanent = permanent and answer.status in _PERMANENT
            if target in seen:
                raise TooManyRedirects("The address redirects in a loop.", url=url, status=answer.status)
            if origin(ask.url)[0] == "https" and origin(target)[0] == "http":
                seen_text = "The address redirects from https to http."
                raise ForbiddenAddress(seen_text, mend="Use an address that stays encrypted.", url=url)
            seen.add(target)
            ask = replace(ask, url=target) if ask.body is None or answer.status in _SAME_METHOD else replace(
                ask, url=target, method="GET", body=None
            )
        seen_text = f"The address redirects more than {limits.max_redirects} times."
        raise TooManyRedirects(seen_text, url=url)

    def kept(self, url: str, credential: Credential | None = None) -> Answer | None:
        """The remembered answer of an address whose content can never change, without asking."""
        ask = Ask(url, {}, credential, conditional=True, limits=self._limits)
        validator = self._memory.validator(url, ask.token)
        good = validator is not None and validator.status == 200
        answer = self._exchange.recall(ask, validator, {}) if good else None
        if answer is not None:
            self.avoided()
        return answer

    def keep(self, answer: Answer, credential: Credential | None = None) -> None:
        """Remember an answer that was found good, to be revalidated next time."""
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        if answer.not_modified or answer.status != 200 or not (etag or modified):
            return
        ask = Ask(answer.final_url, {}, credential, conditional=True, limits=self._limits)
        link = answer.headers.get("link")
        url = answer.final_url
        with self._memory.together():
            sha256 = self._memory.keep_payload(answer.body)
            self._memory.keep_validator(Validator(url, ask.token, etag, modified, sha256, 200, link, url))

    # One hop ---------------------------------------------------------------------------------------------------------

    def _persist(self, ask: Ask) -> Answer:
        """One hop with its waits and tries."""
        lane = self._endpoints.lane(ask.url)
        resource = resource_of(lane, ask.url, ask.method)
        tries = waits = 0
        with self._gate.turn(lane):
            while True:
                self._wait_for_gate(lane, resource, ask)
                tries += 1
                self._last = (frozenset(), b"")
                try:
                    answer = self._exchange.send(ask)
                except Unreachable as trouble:
                    last = min(2, ask.limits.tries) if isinstance(trouble, TimedOut) else ask.limits.tries
                    self._again(tries, last, trouble)
                    continue
                self._last = (frozenset({masked(ask.url)}), answer.body[:_SHOWN])
                if answer.status in ask.answers:
                    return answer
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
            told = budget_told_of(lane, answer.url)
            self._gate.learn(lane, told, left)
            self._tally.remaining[lane if told == "core" else f"{lane} {told}"] = left.remaining
            if told == resource and not (answer.not_modified and lane in _FREE_304):
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
            if no.kind is RefusalKind.SECONDARY and lane == "github":  # counted over all of its APIs
                self._gate.close(lane, "core", until)
            no = replace(no, until=until)
        return no

    def _wait_for_gate(self, lane: str, resource: str, ask: Ask) -> None:
        until = self._gate.closed_until(lane, resource)
        if until is not None:
            seconds = (until - self._clock.now()).total_seconds()
            if seconds > ask.limits.wait_cap_s:
                raise Parked(f"The limit of {lane} ({resource}) is used up until {iso(until)}.", until, url=ask.url)
            self._sleep(seconds, "limit")
        self._sleep(self._gate.pause(lane), "pace")

    def _sleep(self, seconds: float, reason: Reason) -> None:
        if seconds > 0:
            self._tally.waited(seconds, reason)
            self._clock.sleep(seconds)

    def _again(self, tries: int, last: int, trouble: HarvestError) -> None:
        """Wait before the next try, or raise the trouble when there is none left."""
        if tries >= last or self._credit < 1:
            raise trouble
        self._credit -= 1
        self._tally.retries += 1
        self._sleep(self._limits.backoff_s * 2 ** (tries - 1), "backoff")

def _parked(until: datetime, kind: RefusalKind, answer: Answer) -> Parked:
    seen = f"The server keeps refusing ({kind} limit), last until {iso(until)}."
    return Parked(seen, until, url=answer.url, status=answer.status)


