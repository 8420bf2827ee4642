"""A plan as files: plan.json, run.json, the data that was planned, and a CSV file for each table."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import fields

from api.release import release
from optimizer.plan import Plan, Price, Shortfall
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.tables import Table


def json_text(data: object) -> str:
    """JSON as files hold it: indented by two, keys in the order given, a last newline. Raises ValueError on NaN."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plan_text(plan: Plan) -> str:
    """`plan.json`: equal runs write equal bytes."""
    return json_text(plan.to_json())


def plan_files(plan: Plan, loaded: Loaded[Scenario]) -> dict[str, str]:
    """Every file of a plan folder, text by name."""
    return {
        "plan.json": plan_text(plan),
        "run.json": json_text({**plan.run_json(), "machine": machine()}),
        "scenario.json": json_text(loaded.resolved),
        **{f"{name}.csv": table.to_csv() for name, table in plan.tables.items()},
        **({"forecast.json": json.dumps(plan.forecast, allow_nan=False) + "\n"} if plan.forecast else {}),
        **({"shortfalls.csv": shortfalls_csv(plan)} if plan.shortfalls else {}),
        **({"prices.csv": prices_csv(plan.prices)} if plan.prices else {}),
    }


def shortfalls_csv(plan: Plan) -> str:
    """Every shortfall in words, as CSV text: the dearest first."""
    columns = tuple(each.name for each in fields(Shortfall))
    rows = tuple(tuple(getattr(each, name) for name in columns) for each in plan.shortfalls)
    return Table("shortfalls", columns, rows).to_csv()


def prices_csv(prices: Sequence[Price]) -> str:
    """What one more of everything scarce is worth, as CSV text: a cell is empty where a price is undefined."""
    columns = tuple(each.name for each in fields(Price))
    rows = [tuple(getattr(each, name) for name in columns) for each in prices]
    shown = tuple(tuple("" if cell is None else cell for cell in row) for row in rows)
    return Table("prices", columns, shown).to_csv()


def plan_with_tables(plan: Plan) -> dict[str, object]:
    """`plan.json` with every table's columns and rows inline as `table_data`."""
    data: Mapping[str, object] = {
        name: {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}
        for name, table in plan.tables.items()
    }
    return {**plan.to_json(), "table_data": data}


def machine() -> dict[str, object]:
    """What the run may have depended on, with no name that tells whose machine it was."""
    return {
        "wardwright": release(),
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "cpus": os.cpu_count(),
    }
