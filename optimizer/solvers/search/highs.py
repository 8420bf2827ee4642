"""HiGHS as a search uses it: one thread, with options of its own, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Watch
from optimizer.solvers.mathopt import HIGHS, run, tune_highs

if TYPE_CHECKING:
    from ortools.math_opt import parameters_pb2

Options = Mapping[str, bool | int | str]
"""HiGHS' own options, by its own names."""


def run_highs(program: Program, limits: Limits, options: Options, watch: Watch | None = None) -> Solution:
    """HiGHS with `options` on top of ours; it writes its plans to a file only if they say so."""

    def tune(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
        tune_highs(parameters, program, limits)
        parameters.highs.bool_options["mip_improving_solution_save"] = False
        for name, value in options.items():
            if isinstance(value, bool):
                parameters.highs.bool_options[name] = value
            elif isinstance(value, int):
                parameters.highs.int_options[name] = value
            else:
                parameters.highs.string_options[name] = value

    return run(program, replace(limits, threads=1, work=None), watch, replace(HIGHS, tune=tune))
