"""Reads the sample world from its data files; `world/README.md` tells their form.

One folder a repository, `OWNER/NAME/`: `repository.toml` with the facts, `files/` with the newest snapshot, and
folders that single commits lay over the snapshot before them. Licence texts stand once, in `licences/`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.standin.gitobjects import GITLINK, Node, object_id
from tests.standin.world import AUTHOR, Commit, Release, Repository, World, stable_number

WORLD = Path(__file__).parent / "world"
ACCOUNTS = "accounts.toml"
# Python files of the world end so, lest linters and test runners take them for ours.
HIDDEN = ".data"


@cache
def _pristine(folder: Path) -> World:
    world = World()
    loader = _Loader(world, folder)
    for facts in sorted(folder.glob("*/*/repository.toml")):
        loader.load("/".join(facts.parent.parts[-2:]))
    world.users.update(tomllib.loads((folder / ACCOUNTS).read_text("utf-8"))["users"])
    return world


def load_world(folder: Path = WORLD) -> World:
    """A fresh world from its files. They are read once a process."""
    return _pristine(folder).copy()


class _Loader:
    """Loads repositories, the ones whose history another one continues first."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.loaded: dict[str, Repository] = {}

    def load(self, full_name: str) -> Repository:
        if full_name in self.loaded:
            return self.loaded[full_name]
        home = self.folder / full_name
        facts = tomllib.loads((home / "repository.toml").read_text("utf-8"))
        owner, name = full_name.split("/")
        repository = Repository(
            owner, name, facts.get("id") or stable_number(full_name.casefold()), facts.get("branch", "main"),
            facts.get("description"), facts.get("homepage"), tuple(facts.get("topics", ())),
            facts.get("archived", False), facts.get("fork", False), facts.get("private", False),
            facts.get("stars", 0), facts.get("licence"),
        )
        self._history(repository, home, facts)
        self._refs(repository, facts)
        for old in facts.get("former_names", ()):
            self.world.redirects[old.casefold()] = repository.id
        self.loaded[full_name] = self.world.add(repository)
        return repository

    def _history(self, repository: Repository, home: Path, facts: Mapping[str, Any]) -> None:
        if "history_of" in facts:
            begun = self.load(facts["history_of"]).commits
            repository.commits.extend(begun[: facts["history_commits"]])
        newest = self._snapshot(home / "files", facts) if (home / "files").is_dir() else {}
        files: dict[str, Node] = repository.commits[-1].files() if repository.commits else {}
        for row in facts.get("commit", ()):
            files = self._after(files, row, newest, home)
            self.world.commit(repository, files, row["message"], row["date"], row.get("author", AUTHOR))

    def _after(
        self, files: dict[str, Node], row: Mapping[str, Any], newest: dict[str, Node], home: Path
    ) -> dict[str, Node]:
        """The snapshot a commit leaves: unchanged, with some files, with an overlay, or the newest."""
        if row.get("keep_alive"):
            return files
        if not {"adds", "overlay", "deletes"} & row.keys():
            return dict(newest)
        after = {path: node for path, node in files.items() if path not in row.get("deletes", ())}
        after |= {path: newest[path] for path in row.get("adds", ())}
        if "overlay" in row:
            after |= self._snapshot(home / row["overlay"], {})
        return after

    def _snapshot(self, folder: Path, facts: Mapping[str, Any]) -> dict[str, Node]:
        files = {
            path.relative_to(folder).as_posix().removesuffix(HIDDEN): self.world.blob(path.read_bytes())
            for path in sorted(folder.rglob("*")) if path.is_file()
        }
        if "licence_text" in facts:
            text = (self.folder / "licences" / facts["licence_text"]).read_text("utf-8")
            holder = facts.get("licence_holder", "The authors of the sample world")
            files[facts.get("licence_file", "LICENSE")] = self.world.blob(text.replace("{holder}", holder).encode())
        if facts.get("gitlinks") and ".gitmodules" in files:
            listing = self.world.blobs[files[".gitmodules"].sha].decode()
            for path in re.findall(r"^\s*path\s*=\s*(\S+)", listing, re.MULTILINE):
                # Most pins of the real catalogues are behind, some are gone: nobody may rely on them.
                files[path] = Node(GITLINK, object_id("commit", path.encode()))
        return files

    @staticmethod
    def _refs(repository: Repository, facts: Mapping[str, Any]) -> None:
        for row in facts.get("tag", ()):
            repository.tags[row["name"]] = _commit(repository, row["commit"]).sha
        for row in facts.get("release", ()):
            release = Release(
                row["tag"], row.get("name", row["tag"]), row.get("body", ""), row["date"], row.get("prerelease", False)
            )
            repository.releases.append(release)


def _commit(repository: Repository, number: int) -> Commit:
    """A commit by its number: 1 is the oldest, -1 the newest."""
    return repository.commits[number - 1 if number > 0 else number]
