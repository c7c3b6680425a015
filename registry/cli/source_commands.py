"""`modreg sources …`: register, look at, try, switch and remove sources."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json, print_table
from registry.errors import SourceError
from registry.followers import run_followers
from registry.runs import list_runs
from registry.sources import (
    count_entries,
    disable,
    enable,
    import_sources,
    list_entries,
    list_sources,
    remove,
    require_source,
)
from registry.trying import preview_source, test_source


@click.group("sources")
def sources_group() -> None:
    """Administer the sources that are harvested."""


@sources_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@pass_command
def import_command(command: CommandContext, file: Path, as_json: bool) -> None:
    """Register the sources of FILE (TOML, `[[source]]` tables); all of them, or none when one is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or "it is no UTF-8 text"
        raise SourceError(f"{file}: {reason}; expected a TOML file with [[source]] tables") from None
    done = import_sources(command.services().database, text, str(file))
    if as_json:
        print_json([{"name": each.name, "outcome": each.outcome} for each in done])
        return
    print_table(
        ("name", "outcome"), ({"name": each.name, "outcome": each.outcome} for each in done), "no sources in it"
    )


@sources_group.command("list")
@json_option
@pass_command
def list_command(command: CommandContext, as_json: bool) -> None:
    """List the registered sources with their last run."""
    database = command.services().database
    rows = []
    for source in list_sources(database):
        last = next(iter(list_runs(database, source=source.name, limit=1)), None)
        status = {"last_run": last.ended or last.started, "status": last.status.value} if last else {}
        rows.append({**source.as_json(), **status})
    if as_json:
        print_json(rows)
        return
    print_table(
        ("name", "kind", "schedule", "enabled", "last_run", "status"), rows, "no sources; `modreg sources import FILE`"
    )


@sources_group.command("show")
@click.argument("name")
@json_option
@pass_command
def show_command(command: CommandContext, name: str, as_json: bool) -> None:
    """Show one source: settings, last runs, what it lists and how each entry stands."""
    database = command.services().database
    source = require_source(database, name)
    counts = count_entries(database, name)
    entries = [each.as_json() for each in list_entries(database, name)]
    runs = [each.as_json() for each in list_runs(database, source=name, limit=5)]
    if as_json:
        print_json({**source.as_json(), "entries": entries, "counts": counts, "runs": runs})
        return
    for key, value in source.as_json().items():
        click.echo(f"{key}: {value}")
    click.echo(f"entries: {', '.join(f'{count} {state}' for state, count in counts.items()) or 'none yet'}")
    print_table(("key", "state", "file", "line"), entries, "nothing listed yet")
    print_table(("id", "status", "started", "listed", "fetched", "unchanged", "failed"), runs, "no runs yet")


@sources_group.command("test")
@click.argument("name")
@json_option
@pass_command
def test_command(command: CommandContext, name: str, as_json: bool) -> int:
    """Ask a source for its listing, and say in a sentence whether it can be harvested. Stores nothing."""
    found = test_source(command.services(), name)
    if as_json:
        print_json(found.as_json())
    else:
        click.echo(found.sentence)
    return Exit.DONE if found.good else Exit.FAILED


@sources_group.command("preview")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many entries to read.")
@json_option
@pass_command
def preview_command(command: CommandContext, name: str, limit: int, as_json: bool) -> int:
    """Read the first entries of a source and show the records they would make. Stores nothing."""
    found = preview_source(command.services(), name, limit)
    if as_json:
        print_json([each.as_json() for each in found])
    else:
        rows = (each.as_json() for each in found)
        print_table(("key", "outcome", "title", "findings"), rows, "the source lists nothing")
    return Exit.DONE if all(each.good for each in found) else Exit.DONE_BUT


@sources_group.command("enable")
@click.argument("name")
@pass_command
def enable_command(command: CommandContext, name: str) -> None:
    """Harvest a source by its schedule again."""
    enable(command.services().database, name)
    click.echo(f"{name}: enabled")


@sources_group.command("disable")
@click.argument("name")
@pass_command
def disable_command(command: CommandContext, name: str) -> None:
    """Stop harvesting a source; what it said stays public."""
    disable(command.services().database, name)
    click.echo(f"{name}: disabled")


@sources_group.command("remove")
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="Withdraw the modules that no other source lists, too.")
@pass_command
def remove_command(command: CommandContext, name: str, withdraw: bool) -> None:
    """Forget a source. Its modules stay public, unless --withdraw."""
    services = command.services()
    gone = remove(services, name, withdraw=withdraw)
    run_followers(services)
    click.echo(f"{name}: removed" + (f", withdrawn: {', '.join(gone)}" if gone else ""))
