"""Image registries of a few images in memory, each with its own manners: tokens, challenges, limits, other storage."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

import requests

from harvester.clock import Clock
from tests.support.answers import Canned, Scripted

HUB = "registry-1.docker.io"
STORAGE = "storage.example.net"
USER, SECRET = "sample-user", "sample-secret"
LOGIN = f"{USER}:{SECRET}"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
CREATED, LAYERS = "2025-05-06T07:08:09Z", (1000, 200)


def packed(form: object) -> bytes:
    return json.dumps(form, separators=(",", ":")).encode()


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass(slots=True)
class Image:
    """One repository: tags lead to digests, digests to bytes."""

    tags: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def keep(self, form: object) -> str:
        """Store a manifest; returns its digest."""
        body = packed(form)
        self.manifests[digest_of(body)] = body
        return digest_of(body)

    def build(
        self, labels: Mapping[str, str] | None = None, arch: str = "amd64", *, created: str = CREATED,
        layers: Iterable[int] = LAYERS,
    ) -> str:
        """A manifest of one platform with its configuration; returns its digest."""
        config = packed({
            "os": "linux", "architecture": arch, "created": created,
            "config": {"Labels": dict(labels or {}), "Env": ["PASSWORD=of-the-image"]},
        })
        self.blobs[digest_of(config)] = config
        return self.keep({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": digest_of(config), "size": len(config)},
            "layers": [{"size": size, "digest": digest_of(arch.encode())} for size in layers],
        })

    def push(self, tag: str = "latest", labels: Mapping[str, str] | None = None) -> str:
        """A tag of one platform."""
        self.tags[tag] = self.build(labels)
        return self.tags[tag]

    def push_index(
        self, tag: str = "latest", *, arches: Iterable[str] = ("arm64", "amd64"),
        labels: Mapping[str, str] | None = None, created: str = CREATED, layers: Iterable[int] = LAYERS,
    ) -> str:
        """A tag of several platforms, each with the attestation that a builder puts beside it."""
        rows: list[dict[str, object]] = []
        for arch in arches:
            digest = self.build(labels, arch, created=created, layers=layers)
            rows.append({"digest": digest, "mediaType": MANIFEST, "size": 9,
                         "platform": {"os": "linux", "architecture": arch}})
            rows.append({"digest": digest_of(b"attestation of" + digest.encode()), "mediaType": MANIFEST, "size": 9,
                         "platform": {"os": "unknown", "architecture": "unknown"},
                         "annotations": {"vnd.docker.reference.type": "attestation-manifest"}})
        self.tags[tag] = self.keep({"schemaVersion": 2, "mediaType": INDEX, "manifests": rows})
        return self.tags[tag]

    def platforms_of(self, index: str) -> dict[str, str]:
        """The digests below an index, by architecture; `unknown` is the attestation that came last."""
        rows = json.loads(self.manifests[index])["manifests"]
        return {row["platform"]["architecture"]: row["digest"] for row in rows}


@dataclass(slots=True)
class Host:
    """One registry. `manners`: `token`, `basic` or `open`; `hidden` is the status for what is not there."""

    manners: str = "token"
    images: dict[str, Image] = field(default_factory=dict)
    realm: str = "https://auth.example.org/token"
    one_scope: bool = False
    hidden: int = 404
    knows_etags: bool = True
    pulls_left: int | None = None
    page: int = 1_000
    life_s: int | None = 300
    private: set[str] = field(default_factory=set)

    def image(self, name: str) -> Image:
        return self.images.setdefault(name, Image())


class SmallRegistries(Scripted):
    """Registries by host; `disturb` maps patterns of `METHOD address` to answers."""

    def __init__(self, clock: Clock, **hosts: Host) -> None:
        super().__init__(self._respond)
        self.hosts = {name.replace("__", "."): host for name, host in hosts.items()}
        self.disturb: dict[str, Canned | Exception] = {}
        self._clock = clock
        self._passes: dict[str, tuple[float, set[str]]] = {}

    def asked(self) -> list[str]:
        """What was asked, without schemes."""
        return [f"{each.method} {str(each.url).removeprefix('https://')}" for each in self.requests]

    def forget_passes(self) -> None:
        """Let no token that was given hold any more."""
        self._passes.clear()

    def shown(self, part: str) -> set[str]:
        """The credentials that addresses with this part were shown."""
        return {each.headers.get("Authorization", "") for each in self.requests if part in str(each.url)} - {""}

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        url = str(request.url)
        for pattern, canned in self.disturb.items():
            if re.search(pattern, f"{request.method} {url}"):
                return canned
        parts = urlsplit(url)
        if parts.netloc == STORAGE:
            return self._stored(request, parts.path)
        host = self.hosts.get(parts.netloc)
        token_of = next((each for each in self.hosts.values() if url.startswith(each.realm)), None)
        if token_of is not None:
            return self._token(token_of, request, parse_qs(parts.query))
        if host is None:
            return requests.ConnectionError("Name or service not known")
        return self._api(host, request, parts.path, parse_qs(parts.query))

    def _token(self, host: Host, request: requests.PreparedRequest, query: dict[str, list[str]]) -> Canned:
        shown = request.headers.get("Authorization")
        if shown is not None and shown != f"Basic {base64.b64encode(LOGIN.encode()).decode()}":
            return Canned(401, packed({"details": "incorrect username or password"}))
        wanted = [each.split(":")[1] for each in query.get("scope", [])]
        if host.one_scope and (len(wanted) > 1 or not set(wanted) <= set(host.images)):
            return _no(403, "DENIED", "requested access to the resource is denied")
        opened = {each for each in wanted if each not in host.private or shown is not None}
        token = f"pass-{len(self._passes)}"
        self._passes[token] = (self._clock.monotonic() + (host.life_s or 60), opened)
        life = {} if host.life_s is None else {"expires_in": host.life_s}
        return Canned(200, packed({"token": token, **life}))

    def _stored(self, request: requests.PreparedRequest, path: str) -> Canned:
        if "Authorization" in request.headers:
            return Canned(400, b"<Error>two credentials</Error>")
        digest = path.removeprefix("/")
        blobs = {name: body for host in self.hosts.values() for image in host.images.values()
                 for name, body in image.blobs.items()}
        return Canned(200, blobs[digest]) if digest in blobs else Canned(404, b"<Error>NoSuchKey</Error>")

    def _api(
        self, host: Host, request: requests.PreparedRequest, path: str, query: dict[str, list[str]]
    ) -> Canned:
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs|tags)/([^/]+)", path)
        name = match.group(1) if match else ""
        refused = self._unwelcome(host, request, name)
        if refused is not None:
            return refused
        if match is None:
            return Canned(200, b"{}") if path == "/v2/" else Canned(404, b"")
        if name not in host.images:
            return _no(host.hidden, "NAME_UNKNOWN", "repository name not known to registry")
        image = host.images[name]
        if match.group(2) == "tags":
            return _tags(host, name, sorted(image.tags), query)
        if match.group(2) == "blobs":
            return Canned(307, b"", {"Location": f"https://{STORAGE}/{match.group(3)}"})
        return _manifest(host, image, match.group(3), request)

    def _unwelcome(self, host: Host, request: requests.PreparedRequest, name: str) -> Canned | None:
        shown = request.headers.get("Authorization", "")
        if host.manners == "open":
            return None
        if host.manners == "basic":
            good = shown == f"Basic {base64.b64encode(LOGIN.encode()).decode()}"
            return None if good else _challenge('Basic realm="Registry"')
        until, opened = self._passes.get(shown.removeprefix("Bearer "), (0.0, set()))
        known = until > self._clock.monotonic()
        if known and (name in opened and (name in host.images or host.hidden != 401)):
            return None
        why = "" if not shown else (',error="insufficient_scope"' if known else ',error="invalid_token"')
        scope = f',scope="repository:{name}:pull"' if name else ""
        return _challenge(f'Bearer realm="{host.realm}",service="registry of a, b"{scope}{why}')


def _manifest(host: Host, image: Image, reference: str, request: requests.PreparedRequest) -> Canned:
    digest = image.tags.get(reference, reference)
    body = image.manifests.get(digest)
    if body is None:
        return _no(404, "MANIFEST_UNKNOWN", "manifest unknown")
    headers = {"Docker-Content-Digest": digest}
    if host.pulls_left is not None:
        if request.method == "GET":
            if host.pulls_left == 0:
                return _no(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.", _pulls(0))
            host.pulls_left -= 1
        headers |= _pulls(host.pulls_left)
    if host.knows_etags:
        headers["ETag"] = f'"{digest}"'
        if request.headers.get("If-None-Match") == f'"{digest}"':
            return Canned(304, b"", headers)
    return Canned(200, b"" if request.method == "HEAD" else body, headers)


def _pulls(left: int) -> dict[str, str]:
    return {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": f"{left};w=21600"}


def _tags(host: Host, name: str, tags: list[str], query: dict[str, list[str]]) -> Canned:
    last, count = query.get("last", [""])[0], min(host.page, int(query.get("n", ["0"])[0]) or host.page)
    after = [each for each in tags if each > last]
    page = after[:count]
    more = {"Link": f'</v2/{name}/tags/list?last={quote(page[-1])}&n={count}>; rel="next"'} if after[count:] else {}
    return Canned(200, packed({"name": name, "tags": page or None}), more)


def _challenge(header: str) -> Canned:
    return _no(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": header})


def _no(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Canned:
    return Canned(status, packed({"errors": [{"code": code, "message": message, "detail": None}]}), headers or {})
