"""Addresses of code repositories: any forge, any spelling, one key `host/owner/name` in lower case.

Reads https, ssh, `git@host:path` and schemeless forms; takes off `.git`, `www.`, slashes, paths below the repository,
`?` and `#`. A host that is no host name, or looks like a mistyped forge, gives no key: a wrong key would join two
modules. Border: renames are not known here, the forge tells them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from vocab.identifiers.placeholders import is_placeholder
from vocab.identifiers.urls import is_host, split_url

_LONGEST = 2_000
# Hosts whose repositories have exactly two path segments.
_FLAT_FORGES = frozenset({"github.com", "bitbucket.org", "codeberg.org", "gitee.com", "gitea.com", "git.sr.ht"})
# Other spellings of the host of a forge.
_SAME_HOST = {
    "www.github.com": "github.com", "m.github.com": "github.com", "github.dev": "github.com",
    "raw.githubusercontent.com": "github.com", "raw.github.com": "github.com", "api.github.com": "github.com",
    "codeload.github.com": "github.com", "ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com",
}
# Pages of GitHub that look like repositories and are none.
_NOT_FORGES = (".github.com", ".github.io", ".githubusercontent.com")
# First path segments that are pages of the forge and no owners: on every forge, and on GitHub.
_NOT_OWNERS = frozenset({"-", "api", "dashboard", "explore", "groups", "help", "users"})
_NOT_OWNERS_ON_GITHUB = _NOT_OWNERS | frozenset({
    "about", "apps", "codespaces", "collections", "contact", "customer-stories", "enterprise", "events", "features",
    "issues", "join", "login", "marketplace", "new", "notifications", "orgs", "pricing", "pulls", "search", "security",
    "sessions", "settings", "site", "sponsors", "stars", "team", "topics", "trending", "user",
})
# Path segments that begin what is below a repository, on forges with groups in groups.
_BELOW = frozenset({
    "-", "actions", "archive", "blame", "blob", "branches", "commit", "commits", "compare", "edit", "issues",
    "merge_requests", "network", "pipelines", "pull", "pulls", "raw", "releases", "src", "tags", "tree", "wiki",
    "wikis",
})
# Names under which institutions run a forge of their own.
_FORGE_LABEL = re.compile(
    r"(?:git(?:lab|ea|hub|ty)?\d*|gitlab-[a-z0-9-]+|[a-z0-9-]+-gitlab|forgejo|forge|codebase|codeberg|framagit|jugit|bitbucket)\Z"
)
# With two labels these are mistyped public forges: `github.cai`, `gitlab.con`. `gitlab.kit.edu` has three.
_PUBLIC_NAMES = frozenset({"github", "gitlab", "bitbucket", "codeberg", "gist"})
_SCP = re.compile(r"(?:[\w.-]+@)([\w.-]+):(?!/{2}|\d+/)/?([\w.~/-]+)\Z", re.ASCII)
_SCHEME = re.compile(r"(?:git\+)?(https?|ssh|git)(?:\+git)?:/{1,3}", re.IGNORECASE)
_SCHEMELESS = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?/", re.IGNORECASE | re.ASCII)
# pip names a revision after the repository: `git+https://host/owner/name.git@v1`.
_REVISION = re.compile(r"(?<=\.git)@[\w./-]+\Z", re.ASCII)
_SUFFIX = re.compile(r"(?:\.git|\.)+\Z")
_OWNER = re.compile(r"~?[a-z0-9](?:[a-z0-9_.-]{0,60}[a-z0-9_])?-?\Z")
_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[a-z0-9_.~+-]{1,120}\Z")
_TRAILING = frozenset(".,;:!?'\"`>)]}*")
_IN_TEXT = re.compile(
    r"(?:https?://|git@|ssh://|\bwww\.|\b(?=(?:github|gitlab|codeberg)\.))[^\s<>\"'`\\^{|}\]]{4,400}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class RepositoryAddress:
    """A repository address as it was read. `below` is the path below the repository; `faults` say what was put right.

    Faults: `blanks`, `scheme`, `letter case`, `.git`, `trailing slash`, `double slash`, `below`, `query`, `host`.
    """

    key: str
    below: str = ""
    faults: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host of the forge, with its port when it has one of its own."""
        return self.key.partition("/")[0]

    @property
    def owner(self) -> str:
        """Owner or group path, in lower case."""
        return self.key.partition("/")[2].rpartition("/")[0]

    @property
    def name(self) -> str:
        """Name of the repository, in lower case."""
        return self.key.rpartition("/")[2]

    @property
    def url(self) -> str:
        """The address of the repository in lower case."""
        return repository_url(self.key)


def repository_key(url: object) -> str | None:
    """The canonical key `host/owner/name` of a repository address, or None when it is none or is broken.

    A host that is not known or named as a forge counts as one only where the form says git: `ssh://…` or `….git`.
    """
    address = repository_address(url)
    return address.key if address else None


def repository_url(key: str) -> str:
    """The web address of a repository key."""
    return f"https://{key}"


def repositories_in(text: str) -> tuple[str, ...]:
    """Keys of the repositories that a running text links to, in the order of first mention."""
    keys = (repository_key(match.group(0).split("](", 1)[0]) for match in _IN_TEXT.finditer(text))
    return tuple(dict.fromkeys(key for key in keys if key))


def repository_address(url: object) -> RepositoryAddress | None:
    """The repository that an address points into, with what had to be put right; None when it is none or is broken."""
    return _read(url) if isinstance(url, str) and len(url) <= _LONGEST else None


# The same few addresses stand in every file of a repository, and are looked at for every module near it.
@lru_cache(maxsize=4_000)
def _read(url: str) -> RepositoryAddress | None:
    bare = url.strip().strip("<\"'`").strip()
    while bare and bare[-1] in _TRAILING:
        bare = bare[:-1]
    bare = _REVISION.sub("", bare)
    split = _split(bare)
    if split is None or is_placeholder(bare):
        return None
    written_host, raw_path, is_git = split
    host = _SAME_HOST.get(written_host, written_host.removeprefix("www."))
    segments, repository = _cut(written_host, host, raw_path, is_git)
    if repository is None:
        return None
    key = f"{host}/{'/'.join(repository)}"
    written = segments[:len(repository)]
    faults = {
        "blanks": url != url.strip(),
        "scheme": not bare.startswith("https://"),
        "host": written_host != host,
        ".git": written[-1].lower().endswith(".git"),
        "trailing slash": raw_path.endswith("/"),
        "double slash": "//" in raw_path,
        "letter case": any(segment != segment.lower() for segment in written),
        "below": len(segments) > len(repository),
        "query": "?" in bare or "#" in bare,
    }
    below = "/".join(segments[len(repository):])
    return RepositoryAddress(key, below, tuple(fault for fault, found in faults.items() if found))


def _split(bare: str) -> tuple[str, str, bool] | None:
    """Host in lower case, path, and whether the form itself says that git is meant."""
    scp = _SCP.match(bare)
    if scp:
        host = scp.group(1).lower().rstrip(".")
        return (host, scp.group(2), True) if is_host(host) else None
    scheme = _SCHEME.match(bare)
    if not scheme and not _SCHEMELESS.match(bare):
        return None
    parts = split_url(f"{scheme.group(1).lower()}://{bare[scheme.end():]}" if scheme else f"https://{bare}")
    if parts is None or not parts.hostname or not is_host(parts.hostname):
        return None
    is_ssh = parts.scheme in {"ssh", "git"}
    port = "" if is_ssh or parts.port in {None, 80, 443} else f":{parts.port}"
    path = unquote(parts.path)
    is_git = is_ssh or bare.lower().startswith("git+") or path.lower().rstrip("/").endswith(".git")
    return parts.hostname.rstrip(".") + port, path, is_git


def _cut(written_host: str, host: str, path: str, is_git: bool) -> tuple[list[str], list[str] | None]:
    """The path segments, and those of the repository in lower case (None when there is none)."""
    segments = [segment for segment in path.split("/") if segment]
    if written_host == "api.github.com":
        segments = segments[1:] if segments[:1] == ["repos"] else []
    if len(segments) < 2 or not _may_hold_repositories(host, is_git):
        return segments, None
    size = 2 if host in _FLAT_FORGES else _depth(segments)
    repository = [segment.lower() for segment in segments[:size]]
    repository[-1] = _SUFFIX.sub("", repository[-1])
    owner, *rest = repository
    pages = _NOT_OWNERS_ON_GITHUB if host == "github.com" else _NOT_OWNERS
    is_owner = bool(_OWNER.match(owner)) and owner not in pages
    return segments, repository if rest and is_owner and all(map(_SEGMENT.match, rest)) else None


def _depth(segments: list[str]) -> int:
    """How many segments name the repository on a forge with groups in groups."""
    for at, segment in enumerate(segments):
        if at >= 1 and segment.lower().endswith(".git"):
            return at + 1
        if at >= 2 and segment.lower() in _BELOW:
            return at
    return len(segments)


def _may_hold_repositories(host: str, is_git: bool) -> bool:
    """Whether a host is a forge by its name, or may be one because the address says that git is meant."""
    if host in _FLAT_FORGES or host == "gitlab.com":
        return True
    first, *others = host.split(":", maxsplit=1)[0].split(".")
    if (first in _PUBLIC_NAMES and len(others) == 1) or host.endswith(_NOT_FORGES):
        return False
    return is_git or bool(_FORGE_LABEL.match(first))
