"""An adapter of requests that answers from a script: what a server would send, without a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from typing_extensions import override
from urllib3.response import HTTPResponse


@dataclass(slots=True)
class Canned:
    """One answer; an exception stands for no answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class Scripted(BaseAdapter):
    """Asks a function for each answer and writes down every request."""

    def __init__(self, answer: Callable[[requests.PreparedRequest], Canned | Exception]) -> None:
        super().__init__()
        self.answer = answer
        self.requests: list[requests.PreparedRequest] = []

    @property
    def urls(self) -> list[str]:
        """The addresses asked, in order."""
        return [str(request.url) for request in self.requests]

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.requests.append(request)
        canned = self.answer(request)
        if isinstance(canned, Exception):
            raise canned
        raw = HTTPResponse(
            body=BytesIO(canned.body), headers=dict(canned.headers), status=canned.status, preload_content=False
        )
        return HTTPAdapter().build_response(request, raw)

    @override
    def close(self) -> None:
        """Nothing is open."""


def in_order(*answers: Canned | Exception) -> Callable[[requests.PreparedRequest], Canned | Exception]:
    """One answer after the other; the last one for ever."""
    left = list(answers)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


def session_of(adapter: BaseAdapter) -> requests.Session:
    """A session whose every request goes to the adapter."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
