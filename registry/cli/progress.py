"""The progress bar of a harvest, on standard error, so that the output can still be piped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich import progress as rich_progress
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from registry.progress import Progress, Report


class Bars:
    """One bar a source."""

    def __init__(self, display: rich_progress.Progress) -> None:
        """Draw on this display."""
        self._display = display

    @contextmanager
    def of(self, name: str) -> Iterator[Report]:
        """The bar of one source; the function moves it."""
        task = self._display.add_task(name, total=None, last="")

        def report(progress: Progress) -> None:
            last = (progress.entry or "").removeprefix("github.com/")
            self._display.update(task, completed=progress.done, total=progress.listed or None, last=last[-48:])

        yield report
        self._display.update(task, last="")


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Bars]:
    """A display for bars; with `quiet` nothing is drawn."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), disable=quiet) as display:
        yield Bars(display)
