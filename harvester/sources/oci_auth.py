"""Asking one registry with the token that it wants: challenge, token service, tokens that live for minutes.

One token is asked for many images at once where the service gives such tokens; where it does not, for each. A
credential `user:token` is shown to the registry it is for, or to the token service that this registry names over an
encrypted address, and to nobody else. Border: what a refusal means for an image is `oci_registry`. Distribution
specification, "Token Authentication Specification".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import orjson

from harvester.answers import Answer, Credential
from harvester.client import Client
from harvester.clock import Clock
from harvester.endpoints import origin
from harvester.errors import HarvestError, Parked, Refused, UnexpectedAnswer
from harvester.sources.oci_challenge import Challenge, best_challenge
from harvester.sources.oci_notebook import Notebook
from harvester.sources.oci_refusals import No, told_no

# So many images share a token, and their names have so many characters: more would not fit into a header.
_MOST_IMAGES = 40
_MOST_CHARACTERS = 2_500
_ANSWER_BYTES = 256 * 1024
_DEFAULT_LIFE_S = 60  # what the specification says where the service says nothing
_MARGIN_S = 10
_TOKEN = re.compile(r"[\x21-\x7e]{1,16000}\Z")
# Whom the passing tokens are for: what they see is remembered under this name.
BEARER = "oci"
# Written behind a challenge that is remembered; no registry sends such words.
_OPEN, _SHY = "open", "one-scope-only"


@dataclass(frozen=True, slots=True)
class _Pass:
    """A token and the reading of the clock until which it holds."""

    token: str
    until: float


class Auth:
    """The tokens of one registry in one run. `names` are the repositories that will be asked for, in their order."""

    def __init__(
        self, client: Client, clock: Clock, notebook: Notebook, host: str, base: str, *,
        login: str | None, names: Sequence[str],
    ) -> None:
        self._client = client
        self._clock = clock
        self._notebook = notebook
        self._host = host
        self._base = base
        self._login = base64.b64encode(login.encode()).decode() if login else None
        self._names = names
        self._place = f"{base}/v2/#challenge"
        header = notebook.text(self._place)
        self._is_known = header is not None
        self._challenge = best_challenge(header) if header else None
        self._is_fresh = False
        # Its token service gives no token for several images.
        self._is_shy = self._challenge is not None and _SHY in self._challenge.parameters
        self._passes: dict[str, _Pass] = {}
        self._alone: set[str] = set()

    @property
    def is_known(self) -> bool:
        """Whether it is known how the registry wants to be asked."""
        return self._is_known

    def credential(self, repository: str) -> Credential | No | None:
        """What to show for questions about a repository; a `No` when the token service gives no token for it."""
        challenge = self._challenge
        if challenge is None or challenge.scheme == "basic":
            wanted = self._login is not None and challenge is not None
            return Credential(self._login, self._base, "Basic", BEARER) if wanted and self._login else None
        held = self._passes.get(repository)
        if held is None or held.until <= self._clock.monotonic():
            refused = self._obtain(challenge, repository)
            if refused is not None:
                return refused
            held = self._passes.get(repository)
        return Credential(held.token, self._base, bearer=BEARER) if held is not None else None

    @property
    def fingerprint(self) -> str:
        """Under what the answers are remembered: as `Credential.fingerprint`."""
        is_shown = self._challenge is not None and (self._challenge.scheme != "basic" or self._login is not None)
        return Credential("", self._base, bearer=BEARER).fingerprint if is_shown else ""

    def learn_of_server(self, answer: Answer) -> bool:
        """Take up the challenge of the registry itself; whether there was one."""
        found = self._challenge_in(answer)
        if found is not None:
            self._take(found)
        return found is not None

    def learn(self, answer: Answer, repository: str) -> bool:
        """Take up the challenge of an answer 401; whether it is worth asking again."""
        before, found = self._challenge, self._challenge_in(answer)
        if found is None:
            return False
        if found.scheme == "basic":
            if self._login is not None and before is not None and before.scheme == "basic":
                raise _not_accepted(self._host, answer)
            self._take(found)
            return self._login is not None
        spent = self._passes.pop(repository, None)
        if spent is not None and repository in self._alone:
            return False  # a token for it alone does not open it: it is not for us
        if spent is not None:
            self._alone.add(repository)
        if found.parameters.get("error") == "invalid_token":
            self._passes.clear()
        self._take(found)
        return True

    def is_open(self) -> None:
        """Note that the registry answers without being shown anything."""
        self._is_known, self._challenge = True, None
        self._notebook.write(self._place, _OPEN)

    def sign_in(self) -> None:
        """Show the credential, if there is one. Raises `Refused` when it is not accepted."""
        challenge = self._challenge
        if self._login is None or challenge is None:
            return
        if challenge.scheme == "basic":
            shown = Credential(self._login, self._base, "Basic")
            answer = self._client.get(f"{self._base}/v2/", credential=shown, conditional=False, answers={401, 403})
        elif self._names:
            self.credential(self._names[0])  # the token that is needed anyway
            return
        else:
            answer = self._ask(challenge, ())
        if answer.status in (401, 403):
            raise _not_accepted(self._host, answer)

    def _challenge_in(self, answer: Answer) -> Challenge | None:
        """The challenge of the registry itself, not of a place it redirects to. Raises `UnexpectedAnswer`."""
        found = best_challenge(answer.headers.get("www-authenticate", ""))
        if found is None or origin(answer.final_url) != origin(self._base):
            return None
        if found.scheme == "bearer":
            _check_realm(found.parameters["realm"], self._host, self._base)
        return found

    def _take(self, challenge: Challenge) -> None:
        self._challenge, self._is_known, self._is_fresh = challenge, True, True
        self._notebook.write(self._place, _header_of(challenge, is_shy=self._is_shy))

    def _obtain(self, challenge: Challenge, repository: str) -> No | None:
        """Get a token for a repository and those that are asked for after it."""
        group = self._group(repository)
        answer = self._answer(challenge, group)
        if answer is not None and answer.status == 200:
            held = _pass_in(answer, self._host, self._clock.monotonic())
            self._passes.update(dict.fromkeys(group, held))
            return None
        if answer is not None and len(group) > 1:
            self._is_shy = True
            self._take(challenge)
            return self._obtain(challenge, repository)
        if answer is None or not self._is_fresh:
            self._challenge = None  # remembered, and not true any more: the registry will say how it is now
            return None
        if answer.status == 401 and self._login is not None:
            raise _not_accepted(self._host, answer)
        if answer.status not in (401, 403):  # that there is no token service here says nothing of the image
            seen = f"The token service of {self._host} answers {answer.status}."
            raise UnexpectedAnswer(seen, url=answer.url, status=answer.status)
        return told_no(answer, f"{self._host}/{repository}")

    def _answer(self, challenge: Challenge, group: Sequence[str]) -> Answer | None:
        """What the token service says; None when it does not answer and may not be the right one any more."""
        try:
            return self._ask(challenge, group)
        except Parked:
            raise
        except HarvestError:
            if self._is_fresh:
                raise
            return None

    def _group(self, repository: str) -> list[str]:
        if self._is_shy or repository in self._alone or repository not in self._names:
            return [repository]
        at = self._names.index(repository)
        group, length = [repository], 0
        for name in self._names[at + 1:]:
            length += len(name) + 20
            if len(group) >= _MOST_IMAGES or length > _MOST_CHARACTERS:
                break
            group.append(name)
        return group

    def _ask(self, challenge: Challenge, repositories: Sequence[str]) -> Answer:
        parts = urlsplit(challenge.parameters["realm"])
        service = challenge.parameters.get("service")
        query = [*parse_qsl(parts.query), *([("service", service)] if service else [])]
        query += [("scope", f"repository:{each}:pull") for each in repositories]
        url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query, quote_via=quote, safe=":/"), ""))
        login = Credential(self._login, url, "Basic") if self._login else None
        return self._client.get(
            url, credential=login, conditional=False, max_bytes=_ANSWER_BYTES, answers={401, 403}
        )


def _pass_in(answer: Answer, host: str, moment: float) -> _Pass:
    try:
        form = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        form = None
    token = (form.get("token") or form.get("access_token")) if isinstance(form, dict) else None
    if not isinstance(form, dict) or not isinstance(token, str) or not _TOKEN.match(token):
        seen = f"The token service of {host} gave no token."
        raise UnexpectedAnswer(seen, url=answer.url, status=answer.status)
    life = form.get("expires_in")
    life_s = life if isinstance(life, int) and 0 < life < 86_400 else _DEFAULT_LIFE_S
    return _Pass(token, moment + max(life_s - _MARGIN_S, life_s / 2))


def _check_realm(realm: str, host: str, base: str) -> None:
    """Raises `UnexpectedAnswer` for a place to which nobody should be sent for a token."""
    try:
        scheme = origin(realm)[0]
        is_clean = "@" not in urlsplit(realm).netloc
    except ValueError:
        scheme, is_clean = "", False
    if not is_clean or (scheme != "https" and origin(base)[0] == "https"):
        seen = f"{host} sends us for a token to something that is no encrypted web address."
        raise UnexpectedAnswer(seen, url=base)


def _not_accepted(host: str, answer: Answer) -> Refused:
    return Refused(
        f"{host} does not accept the user and token of this source ({answer.status}).",
        mend="Give the source a new credential, written `user:token`.", url=answer.url, status=answer.status,
    )


def _header_of(challenge: Challenge, *, is_shy: bool) -> str:
    """The challenge as a header again, without what is of one repository."""
    kept = [(name, challenge.parameters[name]) for name in ("realm", "service") if name in challenge.parameters]
    kept += [(_SHY, "yes")] if is_shy else []
    return f"{challenge.scheme} " + ",".join(f'{name}="{_escaped(value)}"' for name, value in kept)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
