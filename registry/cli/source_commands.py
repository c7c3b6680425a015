"""`modreg sources …`: register, look at, try, switch and remove sources."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json, print_table
from registry.due import outlook, outlooks
from registry.errors import SourceError
from registry.followers import run_followers
from registry.runs import list_runs
from registry.source_files import read_sources
from registry.sources import (
    REMOVALS,
    count_entries,
    disable,
    enable,
    import_sources,
    list_entries,
    remove,
)
from registry.standing import FOR_EVER, LOOK_EVERY_S, pause, resume, run_now, until_of
from registry.trying import preview_source, test_source, try_definition


@click.group("sources")
def sources_group() -> None:
    """Administer the sources that are harvested."""


@sources_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@pass_command
def import_command(command: CommandContext, file: Path, as_json: bool) -> None:
    """Register the sources of FILE (TOML, `[[source]]` tables); all of them, or none when one is wrong."""
    done = import_sources(command.services().database, _text_of(file), str(file))
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
    """List the registered sources with their last run and their next one."""
    rows = [each.as_json() for each in outlooks(command.services())]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("name", "kind", "schedule", "enabled", "last_run", "status", "next", "next_why"), rows,
        "no sources; `modreg sources import FILE`",
    )


@sources_group.command("show")
@click.argument("name")
@json_option
@pass_command
def show_command(command: CommandContext, name: str, as_json: bool) -> None:
    """Show one source: settings, last runs, what it lists and how each entry stands."""
    services = command.services()
    database, source = services.database, outlook(services, name)
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
@click.argument("name", required=False)
@click.option("--file", type=click.Path(path_type=Path), help="A sources file, whose sources need not be registered.")
@json_option
@pass_command
def test_command(command: CommandContext, name: str | None, file: Path | None, as_json: bool) -> int:
    """Ask a source for its listing, and say in a sentence whether it can be harvested. Stores nothing.

    NAME is a registered source or, with --file, one of that file; without NAME all of the file are tried.
    """
    if file is None:
        if name is None:
            raise SourceError("name a source, or a file with --file; `modreg sources list` shows those registered")
        found = [test_source(command.services(), name)]
    else:
        chosen = [each for each in read_sources(_text_of(file), str(file)) if name in (None, each.name)]
        if not chosen:
            raise SourceError(f"{file}: found no source {name!r}")
        found = [try_definition(command.services(), each) for each in chosen]
    if as_json:
        print_json(found[0].as_json() if file is None else [each.as_json() for each in found])
    else:
        for each in found:
            click.echo(each.sentence)
    return Exit.DONE if all(each.good for each in found) else Exit.FAILED


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or "it is no UTF-8 text"
        raise SourceError(f"{file}: {reason}; expected a TOML file with [[source]] tables") from None


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


@sources_group.command("pause")
@click.argument("name")
@click.option("--until", metavar="MOMENT", help="A stamp, a day, or a time from now such as 3d [until it is resumed].")
@pass_command
def pause_command(command: CommandContext, name: str, until: str | None) -> None:
    """Keep a source from being harvested by its schedule for a while."""
    now = command.now()
    paused = pause(command.services().database, name, now, None if until is None else until_of(until, now))
    click.echo(f"{name}: paused until {'it is resumed' if paused.paused_until == FOR_EVER else paused.paused_until}")


@sources_group.command("resume")
@click.argument("name")
@pass_command
def resume_command(command: CommandContext, name: str) -> None:
    """End the pause of a source; what was due meanwhile is due once."""
    resume(command.services().database, name)
    click.echo(f"{name}: resumed")


@sources_group.command("run")
@click.argument("name")
@pass_command
def run_command(command: CommandContext, name: str) -> None:
    """Have a worker harvest a source as soon as it can, whatever its schedule; `modreg harvest` does it itself."""
    services = command.services()
    run_now(services.database, name, services.clock.now())
    click.echo(f"{name}: a worker takes it within {LOOK_EVERY_S:g} s, if one runs")


@sources_group.command("remove")
@click.argument("name")
@click.option(
    "--modules", type=click.Choice(list(REMOVALS)), default="keep", show_default=True,
    help="What becomes of the modules that no other source lists: "
    + "; ".join(f"{name}: {meaning}" for name, meaning in REMOVALS.items()) + ".",
)
@click.option("--withdraw", is_flag=True, help="The same as --modules withdraw.")
@pass_command
def remove_command(command: CommandContext, name: str, modules: str, withdraw: bool) -> None:
    """Forget a source, and say what becomes of its modules; nothing is withdrawn unless you say so."""
    services = command.services()
    gone = remove(services, name, "withdraw" if withdraw else modules)
    run_followers(services)
    click.echo(f"{name}: removed" + (f", withdrawn: {', '.join(gone)}" if gone else ""))
