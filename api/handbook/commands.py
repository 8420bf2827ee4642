"""Every command with what it takes, in the order in which a planner meets them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

import click

from api.handbook.marking import code, page, table

OPENING: Final = """What `wardwright COMMAND --help` says. Exit codes: 0 within the gap asked for, 2 invalid input, 3
no plan can exist, 4 stopped by time or Ctrl-C with a checked plan, 5 stopped without one, 6 `monitor` says retrain, 1
a fault of ours."""


USUAL: Final = ("help", "debug")
"""Options that every command has."""


def commands_page() -> str:
    """The page."""
    from api.cli import main

    return page("Commands", OPENING, _group(main, click.Context(main, info_name="wardwright")))


def _group(group: click.Group, above: click.Context) -> Iterator[str]:
    for name in group.list_commands(above):
        command = group.commands[name]
        context = click.Context(command, info_name=name, parent=above)
        yield from _command(command, context)
        if isinstance(command, click.Group):
            yield from _group(command, context)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from (f"## {context.command_path}", "", "```")
    yield from (" ".join([context.command_path, *command.collect_usage_pieces(context)]), "```", "")
    yield inspect.cleandoc(command.help or "").replace("<", "&lt;")
    rows = []
    for parameter in command.get_params(context):
        told = parameter.get_help_record(context)
        if told is not None and told[0].lstrip("-") not in USUAL:
            rows.append((code(told[0]), told[1]))
    yield from table(("option", "meaning"), rows)
