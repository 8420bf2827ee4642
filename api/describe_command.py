"""The work behind `wardwright describe`: a table of series is read, cleaned and described, in words and pictures."""

from __future__ import annotations

import click

from api.describe_args import Data, Wishes
from api.describe_data import survey_json
from api.describe_files import refuse, write
from api.describe_words import survey_text
from api.documents import json_text
from api.terminal import progress_line
from forecasting.describing.survey import survey


def run(data: Data, wishes: Wishes) -> None:
    """Describe a table; print it and write what is asked for.

    Raises HistoryError where it can't be read, OutputRefused where something stands in the way.
    """
    refuse(wishes.html, wishes.folder, force=wishes.force)
    with progress_line() as line:
        told = survey(
            data.source(), series=wishes.series, country=wishes.country, subdivision=wishes.subdivision,
            **({"say": line.say} if line else {}),
        )  # fmt: skip
        written = write(told, wishes.html, wishes.folder, force=wishes.force)
    click.echo(json_text(survey_json(told)) if wishes.as_json else survey_text(told), nl=False)
    for path in written:
        click.echo(f"Written to {path}", err=wishes.as_json)
