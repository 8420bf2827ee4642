"""The command `wardwright import` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command


@command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("-o", "folder", type=click.Path(path_type=Path), required=True, help="The folder for the tables.")
@click.option("--force", is_flag=True, help="Replace tables that are there.")
def import_(files: tuple[Path, ...], folder: Path, force: bool) -> None:
    """Turn exports of hospital systems into tables to plan from; persons are left at the door.

    FILES tell themselves what they are: HL7 v2 ADT messages, FHIR R4 Encounters and Locations, OMOP visit details,
    e-rosters. Out come patients by unit and day, stays, teams, beds and who is in now.
    """
    from api.importing.command import run

    click.echo(run(files, folder, force=force), nl=False)
