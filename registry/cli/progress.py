"""The progress bar of a harvest, on standard error, so that the output can still be piped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from registry.cli.output import plain
from registry.progress import Progress, Report
from registry.run_words import span

if TYPE_CHECKING:
    from rich import progress as rich_progress


class Bars:
    """One bar a source."""

    def __init__(self, display: rich_progress.Progress | None) -> None:
        """Draw on this display, or nowhere."""
        self._display = display

    @contextmanager
    def of(self, name: str) -> Iterator[Report]:
        """The bar of one source; the function moves it."""
        if self._display is None:
            yield lambda _: None
            return
        display = self._display
        task = display.add_task(name, total=None, last="", pace="")

        def report(progress: Progress) -> None:
            last = (progress.entry or "").removeprefix("github.com/")
            told: dict[str, Any] = {"last": plain(last[-48:]), "pace": _pace(progress)}
            display.update(task, completed=progress.done, total=progress.listed or None, **told)

        yield report
        display.update(task, last="")


def _pace(progress: Progress) -> str:
    """How fast it goes, when it ends at that rate, and what is left of the quotas."""
    told = [f"{progress.rate:g}/s"] if progress.rate else []
    told += [f"{span(progress.left_s)} left"] if progress.left_s else []
    return ", ".join((*told, *(f"quota {name} {count}" for name, count in sorted(progress.remaining.items()))))


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Bars]:
    """A display for bars; with `quiet` nothing is drawn."""
    if quiet:
        yield Bars(None)
        return
    # Imported when first needed: the library is large, and most commands draw nothing.
    from rich import progress as rich_progress  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True)) as display:
        yield Bars(display)
