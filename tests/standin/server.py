"""The stand-in itself: a threaded HTTP server on the loopback that plays the source APIs, and its levers for tests.

Everything is decided by the world and the rules in force; only the time of day and the reset of the limits follow the
clock.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from typing_extensions import override

from harvester.clock import Clock, SystemClock
from tests.standin.answers import Answer, ApiError, Request, validated
from tests.standin.faults import Faults
from tests.standin.github import GitHub, raw_file
from tests.standin.limits import LIMIT_ADDRESS, Limits
from tests.standin.neighbours import Neighbours
from tests.standin.world import Commit, Repository, World, stable_number
from tests.standin.worldfiles import WORLD, load_world

API, RAW = "/github", "/raw"


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as it was served. `status` is 0 when the connection was broken off; `charged` counts quota."""

    method: str
    target: str
    status: int
    charged: int
    conditional: bool
    with_token: bool
    user_agent: str


class StandIn:
    """Starts and stops the server; `endpoints` is what a `MODREG_ENDPOINTS` file says.

    Args:
        world: the world to serve; without one, the sample world fresh from its files.
        clock: when limits reset and tokens run out.
        port: 0 takes a free one.
    """

    def __init__(self, world: World | None = None, clock: Clock | None = None, port: int = 0) -> None:
        self.world = world if world is not None else load_world(WORLD)
        self.requests: list[Logged] = []
        clock = clock if clock is not None else SystemClock()
        self.limits = Limits(clock)
        self.neighbours = Neighbours(clock)
        self.faults = Faults()
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> StandIn:
        """Listen and serve in a thread of its own."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; requests that wait for a timeout are let go."""
        if self._server is None or self._thread is None:
            return
        self.faults.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._thread.join()
        self._server = None

    def __enter__(self) -> StandIn:
        return self.start()

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where the server stands, without a path."""
        assert self._server is not None, "the stand-in is not started"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def endpoints(self) -> dict[str, str]:
        """The addresses of the APIs that are played, by the keys of `MODREG_ENDPOINTS`."""
        forge = {"github": self.address + API, "raw": self.address + RAW}
        return forge | self.neighbours.endpoints(self.address)

    def change(
        self, repo: str, path: str, content: str | bytes | None, message: str = "Change", date: str | None = None
    ) -> Commit:
        """A new commit in which one file is written, or deleted with None. The same bytes make a keep-alive."""
        return self.world.change(repo, path, content, message, date)

    def create_repo(self, repo: str, files: Mapping[str, str], **facts: Any) -> Repository:
        """A new repository with one commit of these files; none makes it empty. `facts` are those of `Repository`."""
        owner, name = repo.split("/")
        made = self.world.add(Repository(owner, name, stable_number(f"new:{repo.casefold()}"), **facts))
        if files:
            nodes = {path: self.world.blob(text.encode()) for path, text in files.items()}
            self.world.commit(made, nodes, "First version")
        return made

    def delete_repo(self, repo: str) -> None:
        """The repository answers 404 from now on."""
        self.world.delete(repo)

    def rename(self, repo: str, to: str) -> None:
        """The repository has another `owner/name`; the old one answers 301."""
        self.world.rename(repo, to)

    def fault(
        self, match: str, mode: str, times: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Trouble for requests whose path and query match the expression; the modes are in `tests.standin.faults`."""
        self.faults.add(match, mode, times, headers)

    def quota_used(self) -> int:
        """The requests that GitHub would have charged."""
        return sum(entry.charged for entry in self.requests)

    def answer(self, request: Request) -> Answer:
        """What a request is answered when no fault strikes."""
        path = urlsplit(request.target).path
        if path.startswith(RAW + "/"):
            return validated(request, raw_file(self.world, request.path.removeprefix(RAW)))
        if not path.startswith(API + "/"):
            beside = self.neighbours.answer(request, self.address)
            return beside if beside is not None else Answer(404, b"", "text/plain", charged=0)
        answer = self.limits.state(request) if request.path == API + LIMIT_ADDRESS else self._github(request)
        self.limits.charge(request, answer)
        answer.headers |= {
            "X-GitHub-Media-Type": "github.v3; format=json", "Vary": "Accept, Authorization, Accept-Encoding",
        }
        return answer

    def _github(self, request: Request) -> Answer:
        github = GitHub(self.world, self.address + API, self.address + RAW)
        try:
            self.limits.admit(request)
            return validated(request, github.answer(request, request.path.removeprefix(API)))
        except ApiError as error:
            answer = error.answer()
            # Whoever is over the limit is not charged for being told so.
            answer.charged = int(self.limits.budget(request).remaining > 0 and error.status != 401)
            return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], standin: StandIn) -> None:
        self.standin = standin
        self.lock = threading.Lock()
        self.connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(address, _Handler)

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection; it is known while it lasts, because clients keep theirs open."""
        self.connections[threading.current_thread()] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.pop(threading.current_thread(), None)

    def end_connections(self) -> None:
        """End what clients still hold open, so that no thread stays behind."""
        for thread, connection in list(self.connections.items()):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away in the middle of an answer is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StandIn"
    sys_version = ""
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer, or strike with a fault, and log it."""
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        standin = self.server.standin
        # What a writing client sends is not read, so the connection cannot be used again.
        self.close_connection = self.close_connection or self.command not in ("GET", "HEAD")
        fault = standin.faults.strike(self.path)
        if fault is not None:
            self._log(request, fault.status, 0)
            fault.play(self, standin.faults)
            return
        with self.server.lock:
            answer = standin.answer(request)
            self._log(request, answer.status, answer.charged)
        self._send(request, answer)

    def do_HEAD(self) -> None:
        """The same without a body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Nothing here is written to: 404."""
        self.do_GET()

    def _log(self, request: Request, status: int, charged: int) -> None:
        conditional = bool({"if-none-match", "if-modified-since"} & request.headers.keys())
        agent = request.headers.get("user-agent", "")
        row = Logged(self.command, self.path, status, charged, conditional, request.token is not None, agent)
        self.server.standin.requests.append(row)

    def _send(self, request: Request, answer: Answer) -> None:
        body = answer.body
        if len(body) > 256 and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            answer.headers["Content-Encoding"] = "gzip"
        self.send_response(answer.status)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(body)

    @override
    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header `Date`, by the clock that the limits follow."""
        now = self.server.standin.limits.clock.now().timestamp()
        return super().date_time_string(now if timestamp is None else timestamp)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """The log of a test is `StandIn.requests`."""
