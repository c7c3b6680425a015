"""JSON of GitHub's REST API, as far as a harvester of metadata reads it. Facts only, no behaviour."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from tests.standin.gitobjects import Node
from tests.standin.world import Commit, Release, Repository, World, stable_number

PUBLIC = "https://github.com"
INLINE_LIMIT = 1024 * 1024
LICENCES = {
    "MIT": ("mit", "MIT License"),
    "Apache-2.0": ("apache-2.0", "Apache License 2.0"),
    "GPL-3.0": ("gpl-3.0", "GNU General Public License v3.0"),
    "AGPL-3.0": ("agpl-3.0", "GNU Affero General Public License v3.0"),
    "BSD-3-Clause": ("bsd-3-clause", 'BSD 3-Clause "New" or "Revised" License'),
    "NOASSERTION": ("other", "Other"),
}
LANGUAGES = {"py": "Python", "sh": "Shell", "ipynb": "Jupyter Notebook", "js": "JavaScript", "Dockerfile": "Dockerfile"}


class Shapes:
    """Makes answers for one base address; links inside them lead back to the stand-in, `html_url` to the public."""

    def __init__(self, world: World, api: str, raw: str) -> None:
        self.world, self.api, self.raw = world, api, raw

    def url(self, repository: Repository) -> str:
        return f"{self.api}/repos/{repository.full_name}"

    def owner(self, login: str) -> dict[str, Any]:
        user = login.casefold() in self.world.users
        return {
            "login": login, "id": account_number(login), "type": "User" if user else "Organization",
            "url": f"{self.api}/users/{login}", "html_url": f"{PUBLIC}/{login}",
            "repos_url": f"{self.api}/users/{login}/repos", "site_admin": False,
        }

    def licence(self, spdx: str | None) -> dict[str, Any] | None:
        if spdx is None:
            return None
        key, name = LICENCES[spdx]
        url = f"{self.api}/licenses/{key}" if key != "other" else None
        return {"key": key, "name": name, "spdx_id": spdx, "url": url}

    def repository(self, repository: Repository) -> dict[str, Any]:
        url, html, head = self.url(repository), f"{PUBLIC}/{repository.full_name}", repository.head
        created = repository.commits[0].date if head else "2025-01-01T00:00:00Z"
        pushed = head.date if head else created
        languages = self.languages(repository)
        return {
            "id": repository.id, "node_id": f"R_{repository.id:x}", "name": repository.name,
            "full_name": repository.full_name, "private": False, "owner": self.owner(repository.owner),
            "html_url": html, "description": repository.description, "fork": repository.fork, "url": url,
            "tags_url": f"{url}/tags", "trees_url": f"{url}/git/trees{{/sha}}", "blobs_url": f"{url}/git/blobs{{/sha}}",
            "commits_url": f"{url}/commits{{/sha}}", "contents_url": f"{url}/contents/{{+path}}",
            "releases_url": f"{url}/releases{{/id}}", "languages_url": f"{url}/languages",
            "created_at": created, "updated_at": pushed, "pushed_at": pushed, "git_url": f"git:{html[6:]}.git",
            "ssh_url": f"git@github.com:{repository.full_name}.git", "clone_url": f"{html}.git",
            "homepage": repository.homepage, "size": self._kilobytes(repository),
            "stargazers_count": repository.stars, "watchers_count": repository.stars,
            "language": next(iter(languages), None), "has_issues": True, "has_pages": False,
            "forks_count": 0, "archived": repository.archived, "disabled": False, "open_issues_count": 0,
            "license": self.licence(repository.licence), "is_template": False, "topics": list(repository.topics),
            "visibility": "public", "forks": 0, "open_issues": 0, "watchers": repository.stars,
            "default_branch": repository.branch,
        }

    def commit(self, repository: Repository, commit: Commit) -> dict[str, Any]:
        url, name = self.url(repository), commit.author.rpartition(" <")
        person = {"name": name[0], "email": name[2].rstrip(">"), "date": commit.date}
        return {
            "sha": commit.sha, "node_id": f"C_{commit.sha}",
            "commit": {
                "author": person, "committer": person, "message": commit.message,
                "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
                "url": f"{url}/git/commits/{commit.sha}", "comment_count": 0,
                "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
            },
            "url": f"{url}/commits/{commit.sha}", "html_url": f"{PUBLIC}/{repository.full_name}/commit/{commit.sha}",
            "author": None, "committer": None,
            "parents": [{"sha": sha, "url": f"{url}/commits/{sha}"} for sha in commit.parents],
        }

    def git_commit(self, repository: Repository, commit: Commit) -> dict[str, Any]:
        inner = self.commit(repository, commit)["commit"]
        return {"sha": commit.sha, **inner, "parents": [{"sha": sha} for sha in commit.parents]}

    def branch(self, repository: Repository) -> dict[str, Any]:
        assert repository.head is not None
        return {
            "name": repository.branch, "commit": self.commit(repository, repository.head),
            "protected": False, "_links": {"self": f"{self.url(repository)}/branches/{quote(repository.branch)}"},
        }

    def tag(self, repository: Repository, name: str, sha: str) -> dict[str, Any]:
        url = self.url(repository)
        return {
            "name": name, "zipball_url": f"{url}/zipball/refs/tags/{name}",
            "tarball_url": f"{url}/tarball/refs/tags/{name}",
            "commit": {"sha": sha, "url": f"{url}/commits/{sha}"}, "node_id": f"REF_{repository.id}_{name}",
        }

    def release(self, repository: Repository, release: Release) -> dict[str, Any]:
        url, number = self.url(repository), stable_number(f"release:{repository.id}:{release.tag}")
        return {
            "id": number, "url": f"{url}/releases/{number}", "tag_name": release.tag, "name": release.name,
            "html_url": f"{PUBLIC}/{repository.full_name}/releases/tag/{quote(release.tag)}", "body": release.body,
            "draft": False, "prerelease": release.prerelease, "created_at": release.date,
            "published_at": release.date, "author": self.owner(repository.owner), "assets": [],
            "target_commitish": repository.branch, "tarball_url": f"{url}/tarball/{release.tag}",
            "zipball_url": f"{url}/zipball/{release.tag}",
        }

    def tree(self, repository: Repository, commit: Commit, base: str, recursive: bool) -> dict[str, Any]:
        """One folder of a commit (`base` is its path); recursive, everything below it."""
        url, start = self.url(repository), f"{base}/" if base else ""
        rows = []
        for path, node in sorted(commit.nodes.items()):
            below = path.removeprefix(start)
            if not path or not path.startswith(start) or ("/" in below and not recursive):
                continue
            row: dict[str, Any] = {"path": below, "mode": node.mode.rjust(6, "0"), "type": node.kind, "sha": node.sha}
            if node.kind == "blob":
                row |= {"size": node.size, "url": f"{url}/git/blobs/{node.sha}"}
            elif node.kind == "tree":
                row["url"] = f"{url}/git/trees/{node.sha}"
            rows.append(row)
        sha = commit.nodes[base].sha
        return {"sha": sha, "url": f"{url}/git/trees/{sha}", "tree": rows, "truncated": False}

    def blob(self, repository: Repository, sha: str) -> dict[str, Any]:
        body = self.world.blobs[sha]
        return {
            "sha": sha, "node_id": f"B_{sha}", "size": len(body), "url": f"{self.url(repository)}/git/blobs/{sha}",
            "content": encoded(body), "encoding": "base64",
        }

    def content(self, repository: Repository, path: str, node: Node, ref: str, inline: bool) -> dict[str, Any]:
        """A file, folder or submodule as `/contents` tells it; `inline` adds the bytes of a file up to 1 MiB."""
        url, folder = self.url(repository), node.kind == "tree"
        here = f"{url}/contents/{quote(path)}?ref={quote(ref)}"
        git = f"{url}/git/{'trees' if node.kind != 'blob' else 'blobs'}/{node.sha}"
        shown = f"{PUBLIC}/{repository.full_name}/{'tree' if folder else 'blob'}/{quote(ref)}/{quote(path)}"
        download = f"{self.raw}/{repository.full_name}/{quote(ref)}/{quote(path)}" if node.kind == "blob" else None
        answer: dict[str, Any] = {
            "name": path.rpartition("/")[2], "path": path, "sha": node.sha, "size": node.size, "url": here,
            "html_url": shown, "git_url": git, "download_url": download, "type": "dir" if folder else "file",
        }
        if inline and node.kind == "blob":
            body, small = self.world.blobs[node.sha], node.size <= INLINE_LIMIT
            answer |= {"content": encoded(body) if small else "", "encoding": "base64" if small else "none"}
        return answer | {"_links": {"self": here, "git": git, "html": shown}}

    def languages(self, repository: Repository) -> dict[str, int]:
        """Bytes by language, guessed from the names of files."""
        counts: dict[str, int] = {}
        for path, node in (repository.head.nodes if repository.head else {}).items():
            language = LANGUAGES.get(path.rpartition("/")[2].rpartition(".")[2]) if node.kind == "blob" else None
            if language:
                counts[language] = counts.get(language, 0) + node.size
        return dict(sorted(counts.items(), key=lambda row: -row[1]))

    @staticmethod
    def _kilobytes(repository: Repository) -> int:
        if repository.head is None:
            return 0
        return max(1, sum(node.size for node in repository.head.nodes.values()) // 1024)


def account_number(login: str) -> int:
    """The number of an account."""
    return stable_number(f"account:{login.casefold()}")


def encoded(body: bytes) -> str:
    """Base64 in lines of sixty characters."""
    text = base64.b64encode(body).decode()
    return "".join(f"{text[start:start + 60]}\n" for start in range(0, len(text), 60))
