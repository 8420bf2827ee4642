"""The command `wardwright export` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command

FORMATS = ("html", "pdf", "xlsx", "ics", "csv", "fhir", "json")
"""Names of `api.exports.table.EXPORTS`, told without loading it."""


@command("export")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="As what.")
@click.option(
    "--beside",
    "others",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PLAN",
    help="Hold it against this plan too, the first one to begin with. May repeat.",
)
@click.option("--public", is_flag=True, help="For everybody: counts alone, small ones held back (html, csv, json).")
@click.option("--staff", metavar="GROUP", help="With ics or fhir: this staff group's shifts alone.")
@click.option("--unit", metavar="UNIT", help="With ics or fhir: this unit's shifts alone.")
@click.option("-o", "target", type=click.Path(path_type=Path), help="The file to write [PLAN's name beside it].")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def export(
    plan: Path, form: str, others: tuple[Path, ...], public: bool, staff: str | None, unit: str | None,
    target: Path | None, force: bool,
) -> None:  # fmt: skip
    """Write a PLAN folder as one file to look at, print, edit or send.

    html is a page that needs no network, pdf the same on A4, xlsx a workbook of bed state, shifts, shortfalls and
    costs, ics a calendar of shifts, csv every table in an archive, fhir an R4 bundle of places, shifts and capacity
    (pip install 'wardwright[fhir]'). With --beside the page, the sheets and the workbook tell why it costs more or less
    than the other. With --public patients and duties are told by day as far as no count of one to seven can be read or
    reckoned.
    """
    from api.export_command import Wanted, run

    wanted = Wanted(form, others, public=public, staff=staff, unit=unit)
    click.echo(run(plan, wanted, target, force=force), nl=False)
