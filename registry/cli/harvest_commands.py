"""`modreg harvest`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click

from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, plain, print_json, print_table
from registry.cli.progress import progress_bar
from registry.dry_runs import DryRun
from registry.errors import BusyError, LeaseLostError, RunError
from registry.findings import count_findings
from registry.followers import run_followers
from registry.harvesting import harvest_source, sources_to_harvest
from registry.runs import COLUMNS, Run, RunStatus
from registry.services import Services
from vocab.record import Severity


@click.command("harvest")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--full", is_flag=True, help="Read everything anew, as if nothing were known.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@json_option
@pass_command
def harvest_command(command: CommandContext, names: tuple[str, ...], full: bool, dry_run: bool, as_json: bool) -> int:
    """Harvest now: the sources named, or all that are enabled; one run for each."""
    services = command.services()
    chosen = sources_to_harvest(services.database, names, services.clock.now())
    if not chosen:
        raise click.UsageError("no source is enabled and not paused; register some with `modreg sources import FILE`")
    with _ended_by_signals():
        runs, skipped = _harvest(services, chosen, full=full, dry_run=dry_run, quiet=as_json)
    if not dry_run:
        run_followers(services)
    _tell(runs, as_json=as_json)
    for reason in skipped:
        click.echo(f"modreg: {reason}", err=True)
    errors = any(count_findings(services.database, source=run.source, severity=Severity.ERROR) for run in runs)
    return exit_code(runs, errors=errors, skipped=len(skipped))


def exit_code(runs: Sequence[Run], *, errors: bool, skipped: int = 0) -> Exit:
    """How a harvest ends: failed only when nothing at all could be done.

    Args:
        runs: of this harvest.
        errors: whether one of their sources has findings of severity error.
        skipped: how many sources another process was at.
    """
    if all(run.status is RunStatus.FAILED for run in runs):
        return Exit.FAILED
    whole = all(run.status in (RunStatus.OK, RunStatus.FINDINGS) for run in runs)
    return Exit.DONE if whole and not errors and not skipped else Exit.DONE_BUT


def _harvest(
    services: Services, chosen: Sequence[str], *, full: bool, dry_run: bool, quiet: bool
) -> tuple[list[Run], list[str]]:
    """One run for each source; those that another process is at are left to it, with the reason."""
    runs: list[Run] = []
    skipped: list[str] = []
    with progress_bar(quiet=quiet or not sys.stderr.isatty()) as bar:
        for name in chosen:
            try:
                with bar.of(name) as progress:
                    runs.append(harvest_source(services, name, full=full, dry_run=dry_run, progress=progress))
            except (BusyError, LeaseLostError) as elsewhere:
                skipped.append(str(elsewhere))
            except KeyboardInterrupt:
                raise RunError(f"{name}: stopped; the next harvest goes on where this one was") from None
    return runs, skipped


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends a harvest as Ctrl-C does: the run is marked, not left behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        raise KeyboardInterrupt(f"stopped by {signal.Signals(number).name}")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(runs: list[Run], *, as_json: bool) -> None:
    if as_json:
        print_json([run.as_json() for run in runs])
        return
    print_table(COLUMNS, (run.as_json() for run in runs), "nothing was harvested")
    for run in runs:
        requests = run.requests
        sent, same, avoided = (requests.get(name, 0) for name in ("sent", "not_modified", "avoided"))
        size = requests.get("bytes", 0) / 1e6
        click.echo(f"{run.source}: {sent} requests ({same} answered 304), {avoided} avoided, {size:.1f} MB")
        if run.problem:
            click.echo(f"  {plain(run.problem['message'])} {plain(run.problem.get('mend', ''))}".rstrip())
        if isinstance(run, DryRun):
            for line in (line for each in run.moved if each.kind is not None for line in each.lines()):
                click.echo(plain(line))
