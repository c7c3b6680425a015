"""`modreg runs …`: what harvests did, and what a person decides about them."""

from __future__ import annotations

import sys

import click

from registry.cli.context import CommandContext, pass_command
from registry.cli.output import json_option, plain, print_json, print_table
from registry.cli.run_text import lines_of
from registry.errors import RunError
from registry.followers import run_followers
from registry.holding import approve, discard
from registry.retention import list_summaries, prune
from registry.run_reports import payload_of_failure, report_of
from registry.runs import COLUMNS, list_runs, run_by_id
from registry.schedules import duration
from registry.watching import cancel_run


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
    print_table(("id", "started", *COLUMNS), found, "no runs yet; `modreg harvest`")


@runs_group.command("show")
@click.argument("number", type=int)
@json_option
@pass_command
def show_command(command: CommandContext, number: int, as_json: bool) -> None:
    """Show one run: counts, requests, findings, every failure, and what a held run would withdraw."""
    services = command.services()
    found = run_by_id(services.database, number)
    if found is None:
        raise RunError(f"there is no run {number}; `modreg runs list` shows them")
    report = report_of(services, found)
    if as_json:
        print_json(report)
        return
    for line in lines_of(report):
        click.echo(line)


@runs_group.command("payload")
@click.argument("number", type=int)
@click.argument("failure", type=int)
@pass_command
def payload_command(command: CommandContext, number: int, failure: int) -> None:
    """Write what came instead of an answer at a failure of a run, as `runs show` numbers them, to standard output."""
    body = payload_of_failure(command.services().database, number, failure)
    if sys.stdout.isatty():
        # Foreign bytes: on a terminal they are text that moves nothing.
        for line in body.decode("utf-8", "replace").splitlines():
            click.echo(plain(line))
        return
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


@runs_group.command("approve")
@click.argument("number", type=int)
@pass_command
def approve_command(command: CommandContext, number: int) -> None:
    """Let a held run withdraw what it would, or one that was discarded withdraw what is still kept."""
    services = command.services()
    done = approve(services, number)
    run_followers(services)
    click.echo(f"run {number}: approved, {len(done)} modules withdrawn")


@runs_group.command("discard")
@click.argument("number", type=int)
@pass_command
def discard_command(command: CommandContext, number: int) -> None:
    """Keep everything that a held run would withdraw, also at the next runs, until it is read again."""
    discard(command.services(), number)
    click.echo(f"run {number}: discarded, nothing was withdrawn")


@runs_group.command("cancel")
@click.argument("number", type=int)
@pass_command
def cancel_command(command: CommandContext, number: int) -> None:
    """Stop a run within seconds, in whatever process it is; what it read is kept."""
    cancel_run(command.services(), number)
    click.echo(f"run {number}: told to stop")


@runs_group.command("summary")
@click.option("--source", help="Only of this source.")
@json_option
@pass_command
def summary_command(command: CommandContext, source: str | None, as_json: bool) -> None:
    """Tell what old runs came to, by source and month; `runs prune` makes these sums."""
    found = [each.as_json() for each in list_summaries(command.services().database, source)]
    if as_json:
        print_json(found)
        return
    rows = [each | {"runs": ", ".join(f"{count} {name}" for name, count in each["runs"].items())} for each in found]
    print_table(("source", "month", "runs", *COLUMNS[2:-1], "sent"), rows, "no run is that old")


@runs_group.command("prune")
@click.option("--older-than", default="365d", show_default=True, help="Age, such as 365d.")
@click.option("--dry-run", is_flag=True, help="Only say how many; change nothing.")
@json_option
@pass_command
def prune_command(command: CommandContext, older_than: str, dry_run: bool, as_json: bool) -> None:
    """Turn old runs into sums by month. Workers do it daily; the last run of a source and held runs stay whole."""
    try:
        age = duration(older_than)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--older-than") from None
    done = prune(command.services(), age, dry_run=dry_run)
    if as_json:
        print_json(done.as_json())
        return
    click.echo(done.line())
