"""`modreg init`, `rebuild`, `check`, `backup`, `restore`: the store itself."""

from __future__ import annotations

from pathlib import Path

import click

from registry.accounts import first_link, needs_first_administrator
from registry.backup import backup, restore
from registry.checking import check
from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json
from registry.database import migrate, open_database
from registry.rebuilding import PARTS, rebuild


@click.command("init")
@pass_command
def init_command(command: CommandContext) -> None:
    """Create or migrate the database, and print the link by which the first administrator sets a password."""
    database = open_database(command.settings)
    click.get_current_context().call_on_close(database.close)
    before, now = migrate(database)
    where = command.settings.database_url.rsplit("@", 1)[-1] or command.settings.database_address()
    done = "is up to date" if before == now else "created" if before is None else "migrated"
    click.echo(f"database {where}: {done} (revision {now})")
    if needs_first_administrator(database):
        token = first_link(database, command.now())
        click.echo("Set the administrator's password here, once, within three days:")
        click.echo(f"  {command.settings.base_url}/admin/welcome/{token}")


@click.command("rebuild")
@click.argument("part", type=click.Choice(PARTS), default="all")
@click.option("--dry-run", is_flag=True, help="Only say which modules would change, and how.")
@json_option
@pass_command
def rebuild_command(command: CommandContext, part: str, dry_run: bool, as_json: bool) -> None:
    """Make derived data again from the kept payloads, offline."""
    done = rebuild(command.services(), part, dry_run=dry_run)
    if as_json:
        print_json(done.as_json())
        return
    click.echo(done.summary())


@click.command("check")
@click.option("--repair", is_flag=True, help="Mend what differs.")
@json_option
@pass_command
def check_command(command: CommandContext, repair: bool, as_json: bool) -> int:
    """Hold store, faces, OAI-PMH rows, aliases and index against each other."""
    done = check(command.services(), repair=repair)
    if as_json:
        print_json(done.as_json())
    else:
        click.echo(done.summary())
    return Exit.DONE if done.whole else Exit.DONE_BUT


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@pass_command
def backup_command(command: CommandContext, file: Path) -> None:
    """Write everything that cannot be made again to FILE; the registry may be in use meanwhile."""
    written = backup(command.services(), file)
    click.echo(f"{file}: {written.summary()}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_command
def restore_command(command: CommandContext, file: Path) -> None:
    """Fill an empty database from FILE, and make the index again."""
    done = restore(command.settings, file)
    rebuild(command.services(), "index")
    click.echo(f"{file}: {done.summary()}")
