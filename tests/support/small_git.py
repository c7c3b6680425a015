"""Git servers over HTTP on the loopback, with repositories made by the test: git's own, and dulwich's.

git's own (`git http-backend`) speaks protocol 2 and leaves files out of packs; dulwich's speaks protocol 0 only and
sends everything. `disturb` maps patterns of `METHOD path` to answers that come instead; `log` holds what was asked,
`answers` what was said.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dulwich.objects import Blob, Commit, ObjectID, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain
from typing_extensions import override

from tests.support.answers import Canned


def _backend() -> Path | None:
    """Git's program for web servers, if git is installed."""
    git = shutil.which("git")
    if git is None:
        return None
    where = subprocess.run([git, "--exec-path"], capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    program = Path(where) / "git-http-backend"
    return program if program.exists() else None


BACKEND = _backend()
HAS_GIT = BACKEND is not None
Kind = Literal["git", "dulwich"]
_WHO = b"Ada <ada@example.org>"
_LINK, _FILE, _MODULE, _FOLDER = 0o120000, 0o100644, 0o160000, 0o040000


@dataclass(slots=True)
class GitRepo:
    """One bare repository; every commit is an hour after the one before."""

    repo: Repo
    hour: int = 0

    def commit(
        self, files: Mapping[str, bytes], message: str = "Something", *, branch: str = "main",
        links: Iterable[str] = (), modules: Mapping[str, str] | None = None, parents: Iterable[str] | None = None,
    ) -> str:
        """Make a commit of these files, and nothing else, the head of a branch."""
        self.hour += 1
        ref = Ref(b"refs/heads/" + branch.encode())
        commit = Commit()
        commit.tree = self._tree(files, frozenset(links), modules or {})
        before = self.repo.refs.as_dict().get(ref)
        commit.parents = [ObjectID(each.encode()) for each in parents] if parents is not None else (
            [before] if before else []
        )
        commit.author = commit.committer = _WHO
        commit.author_time = commit.commit_time = 1_700_000_000 + 3600 * self.hour
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = message.encode()
        self.repo.object_store.add_object(commit)
        self.repo.refs[ref] = commit.id
        return commit.id.decode()

    def tag(self, name: str, commit: str, *, annotated: bool = False) -> None:
        """Name a commit."""
        target = ObjectID(commit.encode())
        if annotated:
            tag = Tag()
            tag.name, tag.object, tag.tagger, tag.message = name.encode(), (Commit, target), _WHO, b"A release\n"
            tag.tag_time, tag.tag_timezone = 1_700_000_000, 0
            self.repo.object_store.add_object(tag)
            target = tag.id
        self.repo.refs[Ref(b"refs/tags/" + name.encode())] = target

    def head(self, branch: str) -> None:
        """Make another branch the default one."""
        self.repo.refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/" + branch.encode()))

    def delete(self, branch: str) -> None:
        """Take a branch away."""
        del self.repo.refs[Ref(b"refs/heads/" + branch.encode())]

    def _tree(self, files: Mapping[str, bytes], links: frozenset[str], modules: Mapping[str, str]) -> ObjectID:
        tree = Tree()
        below: dict[str, dict[str, bytes]] = {}
        for path, body in files.items():
            folder, slash, rest = path.partition("/")
            if slash:
                below.setdefault(folder, {})[rest] = body
                continue
            blob = Blob.from_string(body)
            self.repo.object_store.add_object(blob)
            tree.add(path.encode(), _LINK if path in links else _FILE, blob.id)
        for folder, rest_of in below.items():
            inner = frozenset(each.removeprefix(f"{folder}/") for each in links)
            tree.add(folder.encode(), _FOLDER, self._tree(rest_of, inner, {}))
        for path, sha in modules.items():
            tree.add(path.encode(), _MODULE, ObjectID(sha.encode()))
        self.repo.object_store.add_object(tree)
        return tree.id


@dataclass(slots=True)
class SmallGit:
    """A server; use it as a context. Repositories are under `url`/owner/name.git."""

    root: Path
    kind: Kind = "git"
    filters: bool = True
    repos: dict[str, GitRepo] = field(default_factory=dict)
    disturb: dict[str, Canned | Callable[[bytes], bytes]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str, bytes], Canned] = field(default_factory=dict)
    api: Callable[[str, Mapping[str, str]], Canned] | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def create(self, name: str, files: Mapping[str, bytes] | None = None, branch: str = "main") -> GitRepo:
        """A repository, with one commit of these files when there are any."""
        path = self.root / f"{name}.git"
        path.mkdir(parents=True)
        made = GitRepo(Repo.init_bare(str(path)))
        with (path / "config").open("a", encoding="ascii") as config:
            config.write(f"[uploadpack]\n\tallowFilter = {str(self.filters).lower()}\n")
        made.head(branch)
        if files:
            made.commit(files, branch=branch)
        self.repos[name] = made
        return made

    def rename(self, old: str, new: str) -> None:
        """Another name; the old one redirects."""
        (self.root / f"{new}.git").parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.root / f"{old}.git", self.root / f"{new}.git")
        repo = self.repos.pop(old)
        repo.repo.close()
        self.repos[new] = GitRepo(Repo(str(self.root / f"{new}.git")), repo.hour)
        self.moved[old] = new

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def __enter__(self) -> SmallGit:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for each in self.repos.values():
            each.repo.close()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Canned:
        """What is answered to a request."""
        self.log.append(f"{method} {target}")
        self.credentials.append(headers.get("Authorization"))
        self.agents.add(headers.get("User-Agent", ""))
        spoilt: Callable[[bytes], bytes] | None = None
        for pattern, instead in self.disturb.items():
            if re.search(pattern, f"{method} {target}"):
                if isinstance(instead, Canned):
                    return instead
                spoilt = instead
        if self.api is not None and target.startswith("/api/"):
            return self.api(target, headers)
        for old, new in self.moved.items():
            if target.startswith(f"/{old}"):
                return Canned(301, b"", {"Location": target.replace(old, new, 1)})
        found = self._by_git(method, target, headers, body) if self.kind == "git" else self._by_dulwich(
            method, target, headers, body
        )
        self.answers[method, target, body] = found
        return Canned(found.status, spoilt(found.body), found.headers) if spoilt else found

    def _by_git(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Canned:
        parts = urlsplit(target)
        protocol = headers.get("Git-Protocol", "")
        done = subprocess.run(
            [str(BACKEND)], input=body, capture_output=True, check=False, timeout=30,
            env={
                "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query, "REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": headers.get("Content-Type", ""), "GIT_PROTOCOL": protocol,
                "REMOTE_ADDR": "127.0.0.1", "PATH": "/usr/bin:/bin", "HOME": str(self.root),
            },
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        told = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line)
        return Canned(int(told.pop("Status", "200").split()[0]), answer, told)

    def _by_dulwich(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Canned:
        parts = urlsplit(target)
        served: dict[str, BackendRepo] = {f"/{name}.git": each.repo for name, each in self.repos.items()}
        backend = DictBackend(served)
        seen: dict[str, Any] = {}

        def start(status: str, told: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            seen["status"], seen["headers"] = int(status.split(maxsplit=1)[0]), dict(told)
            return chunks.append

        chunks: list[bytes] = []
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.file_wrapper": None,
        }
        chunks += make_wsgi_chain(backend)(environ, start)
        return Canned(seen["status"], b"".join(chunks), seen["headers"])


def _handler(server: SmallGit) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if server.stopped.is_set():
                self.close_connection = True
                return
            canned = server.answer(self.command, self.path, self.headers, body)  # type: ignore[arg-type]
            self.send_response(canned.status)
            for name, value in {**canned.headers, "Content-Length": str(len(canned.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(canned.body)

        do_GET = do_POST = do_HEAD = _serve  # noqa: N815 - the names that http.server calls

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def basic(user: str, secret: str) -> str:
    """What stands in `Authorization`."""
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
