"""How much memory a piece of work takes at its highest, above what the process had before: as Linux counts it."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from types import TracebackType
from typing import Self

_MINE = Path("/proc/self")


class PeakMemory:
    """`mib` is the highest resident size inside the block above that at its beginning, in MiB."""

    def __init__(self) -> None:
        self.mib = 0.0
        self._before = 0

    def __enter__(self) -> Self:
        gc.collect()
        (_MINE / "clear_refs").write_text("5", encoding="ascii")  # the highest size begins anew
        self._before = _kib("VmRSS")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.mib = max(0, _kib("VmHWM") - self._before) / 1024


def _kib(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", (_MINE / "status").read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1])
