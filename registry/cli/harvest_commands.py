"""`modreg harvest` and `modreg runs …`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json, print_table
from registry.cli.progress import progress_bar
from registry.dry_runs import DryRun
from registry.errors import BusyError, LeaseLostError, RunError
from registry.findings import count_findings
from registry.followers import run_followers
from registry.harvesting import harvest_source, sources_to_harvest
from registry.holding import approve, discard
from registry.runs import Run, RunStatus, list_runs, run_by_id
from registry.services import Services
from registry.watching import cancel_run
from vocab.record import Severity

_COUNTS = ("listed", "fetched", "unchanged", "created", "updated", "withdrawn", "failed", "findings")
_COLUMNS = ("source", "status", *_COUNTS)


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
    print_table(_COLUMNS, (run.as_json() for run in runs), "nothing was harvested")
    for run in runs:
        requests = run.requests
        sent, same, avoided = (requests.get(name, 0) for name in ("sent", "not_modified", "avoided"))
        size = requests.get("bytes", 0) / 1e6
        click.echo(f"{run.source}: {sent} requests ({same} answered 304), {avoided} avoided, {size:.1f} MB")
        if run.problem:
            click.echo(f"  {run.problem['message']} {run.problem.get('mend', '')}".rstrip())
        if isinstance(run, DryRun):
            for line in (line for each in run.moved if each.kind is not None for line in each.lines()):
                click.echo(line)


@click.group("runs")
def runs_group() -> None:
    """Look at runs, and decide about those that are held."""


@runs_group.command("list")
@click.option("--source", help="Only runs of this source.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
@pass_command
def list_command(command: CommandContext, source: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    found = [each.as_json() for each in list_runs(command.services().database, source=source, limit=limit)]
    if as_json:
        print_json(found)
        return
    print_table(("id", "started", *_COLUMNS), found, "no runs yet; `modreg harvest`")


@runs_group.command("show")
@click.argument("number", type=int)
@json_option
@pass_command
def show_command(command: CommandContext, number: int, as_json: bool) -> None:
    """Show one run: counts, requests, and what a held run would withdraw."""
    found = _run(command, number).as_json()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name}: {_lines(value)}")


@runs_group.command("approve")
@click.argument("number", type=int)
@pass_command
def approve_command(command: CommandContext, number: int) -> None:
    """Let a held run withdraw what it would."""
    services = command.services()
    done = approve(services, number)
    run_followers(services)
    click.echo(f"run {number}: approved, {len(done)} modules withdrawn")


@runs_group.command("discard")
@click.argument("number", type=int)
@pass_command
def discard_command(command: CommandContext, number: int) -> None:
    """Keep everything that a held run would withdraw."""
    discard(command.services(), number)
    click.echo(f"run {number}: discarded, nothing was withdrawn")


@runs_group.command("cancel")
@click.argument("number", type=int)
@pass_command
def cancel_command(command: CommandContext, number: int) -> None:
    """Stop a run within seconds, in whatever process it is; what it read is kept."""
    cancel_run(command.services(), number)
    click.echo(f"run {number}: told to stop")


def _run(command: CommandContext, number: int) -> Run:
    found = run_by_id(command.services().database, number)
    if found is None:
        raise RunError(f"there is no run {number}; `modreg runs list` shows them")
    return found


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {name}: {_lines(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"\n  - {_lines(each)}" for each in value)
    return str(value)
