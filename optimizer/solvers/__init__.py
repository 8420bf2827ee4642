"""Solvers: each one function Program -> Solution, listed in `SOLVERS`; `solve` is the front door.

Importing this is cheap: PuLP and OR-Tools are loaded by the child process that uses them.
"""

from optimizer.solvers.errors import BadlyScaled, SolverError, UnknownSolver, UnsuitableSolver
from optimizer.solvers.front import solve
from optimizer.solvers.table import SOLVERS, Solver

__all__ = ["SOLVERS", "BadlyScaled", "Solver", "SolverError", "UnknownSolver", "UnsuitableSolver", "solve"]
