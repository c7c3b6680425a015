"""Where the embedded index lies: numbered folders and a pointer to the one in use.

A rebuild fills a new folder and then replaces the pointer by a rename, so that readers see the old index or the new
one and nothing in between. Old folders are removed when the next rebuild begins, by which time no reader is left in
them.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

POINTER = "current"


class Folders:
    """The folders of one index below `root`; `schema_hash` parts indexes of different shape."""

    def __init__(self, root: Path, schema_hash: str) -> None:
        """Make the root where it is missing."""
        self.root = root
        self._hash = schema_hash
        root.mkdir(parents=True, exist_ok=True)

    def current(self) -> Path | None:
        """The folder in use, or None when there is none of this schema."""
        try:
            name = (self.root / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        folder = self.root / name
        return folder if name.startswith(f"index-{self._hash}-") and folder.is_dir() else None

    def new(self) -> Path:
        """A new empty folder. Folders that are not in use are removed first."""
        used = self.current()
        numbers = [0]
        for folder in self.root.glob("index-*"):
            numbers.append(int(folder.name.rsplit("-", 1)[-1]))
            if folder != used:
                shutil.rmtree(folder, ignore_errors=True)
        folder = self.root / f"index-{self._hash}-{max(numbers) + 1}"
        folder.mkdir()
        return folder

    def use(self, folder: Path) -> None:
        """Point at this folder from now on, in one step."""
        waiting = self.root / f"{POINTER}.new"
        with waiting.open("w", encoding="ascii") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self.root / POINTER)
