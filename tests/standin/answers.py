"""What a request is and what is answered, before it becomes bytes on a wire; validators; pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

JSON = "application/json; charset=utf-8"
DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """Parameters of the query, the last one of a name."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def token(self) -> str | None:
        """The credential, however it is sent."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() in ("bearer", "token", "basic") else None


@dataclass(slots=True)
class Answer:
    """One answer; `etag` is without quotes, `charged` counts quota. Only a 200 gets validators."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    etag: str | None = None
    modified: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    charged: int = 1


class ApiError(Exception):
    """An error in GitHub's form."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})

    def answer(self) -> Answer:
        """The answer that tells it."""
        told = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        return Answer(self.status, dumped(told), headers=self.headers)


def dumped(value: Any) -> bytes:
    """JSON as the API writes it: compact and in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def told(value: Any, modified: str | None = None, etag: str | None = None) -> Answer:
    """A JSON answer with validators."""
    return Answer(body=dumped(value), modified=modified, etag=etag)


def http_date(iso: str) -> str:
    """An ISO time as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(iso), usegmt=True)


def validated(request: Request, answer: Answer) -> Answer:
    """The answer with its validators, or a free 304. An entity tag goes before a date (RFC 9110, 13.2.2)."""
    if answer.status != 200:
        return answer
    # GitHub binds the tag to the credential: the same bytes have another tag for another token.
    digest = answer.etag or hashlib.sha256(answer.body + (request.token or "").encode()).hexdigest()
    weak = "gzip" in request.headers.get("accept-encoding", "")
    answer.headers["ETag"] = f'W/"{digest}"' if weak else f'"{digest}"'
    answer.headers["Cache-Control"] = f"{'private' if request.token else 'public'}, max-age=60, s-maxage=60"
    if answer.modified:
        answer.headers["Last-Modified"] = http_date(answer.modified)
    if _is_fresh(request, answer, digest):
        return Answer(304, headers=answer.headers, charged=0)
    return answer


def _is_fresh(request: Request, answer: Answer, digest: str) -> bool:
    tags, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if tags is not None:
        return tags.strip() == "*" or digest in [tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")]
    if since is None or answer.modified is None:
        return False
    try:
        return parsedate_to_datetime(since) >= datetime.fromisoformat(answer.modified)
    except ValueError:
        return False


def paged(request: Request, rows: Sequence[Any], address: str) -> tuple[list[Any], dict[str, str]]:
    """One page of a list and the `Link` header that leads to the others; `address` is where those stand."""
    query = request.query
    size = min(max(_number(query.get("per_page"), 30), 1), 100)
    page = max(_number(query.get("page"), 1), 1)
    last = max(1, -(-len(rows) // size))
    ways = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    wanted = [name for name in ways if (page < last if name in ("next", "last") else page > 1)]
    links = [f'<{address}?{urlencode(query | {"page": str(ways[name])})}>; rel="{name}"' for name in wanted]
    return list(rows[(page - 1) * size : page * size]), {"Link": ", ".join(links)} if links else {}


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise
