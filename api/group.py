"""The group of commands `wardwright`: how they are listed, what their errors become, and options they share."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable
from typing import Final, ParamSpec

import click

P = ParamSpec("P")
_DEBUG = "wardwright.debug"


def _remember_debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.meta[_DEBUG] = True


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_remember_debug,
    help="Show where a fault of ours happened.",
)


def _tell_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from api.release import release

        click.echo(f"wardwright {release()}")
        context.exit()


version_option = click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_tell_version, help="Show the version."
)


ORDER: Final = (
    "new", "import", "describe", "validate", "show", "schema", "forecast", "backtest", "plan", "explain", "export",
    "compare", "sweep", "answer", "alternatives", "simulate", "replay", "replan", "monitor", "models", "stays",
    "discharges", "roster", "serve", "worker", "keys", "audit", "purge", "encrypt",
)  # fmt: skip
"""Commands in the order in which a planner meets them; any other comes last."""


class Commands(click.Group):
    """Commands in the order of ORDER; what they raise becomes words and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names, first things first."""
        return sorted(self.commands, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; see `api.outcomes` for the exit codes."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise
            return _end(ctx, error)


def _end(context: click.Context, error: BaseException) -> object:
    """Tell what went wrong and leave with its exit code."""
    from api.outcomes import exit_of_error, told

    if context.meta.get(_DEBUG):
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    click.echo(told(error), err=True)
    context.exit(exit_of_error(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@version_option
@debug_option
def main() -> None:
    """Plan hospital beds, staff and devices: forecast demand, allocate at least cost, check every plan.

    Exit codes: 0 within the gap asked for, 2 invalid input, 3 no plan can exist, 4 stopped with a plan, 5 stopped
    without one, 6 `monitor` says retrain, 1 a fault of ours.
    """


def command(name: str) -> Callable[[Callable[P, None]], click.Command]:
    """Register a function under a command's name, with --debug."""

    def register(function: Callable[P, None]) -> click.Command:
        return main.command(name)(debug_option(function))

    return register


def seconds_option(default: float | None, words: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """How long to search at most: --time-limit, `words` telling what it holds for."""
    return click.option(
        "--time-limit", default=default, show_default=default is not None, callback=finite, help=words,
        type=click.FloatRange(0, 86_400, min_open=True),
    )  # fmt: skip


def finite(_: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse nan and infinity, which pass every range check."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("must be a finite number", param=parameter)
    return value
