"""What is wrong with a scenario, each fault at its place.

```text
ValueError
  + ScenarioError   everything wrong with what was read, all at once; what callers catch
  + Problem         one finding of a model's own check, raised inside a validator; the reader places it
  + Problems        several such findings
```
"""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Step = str | int
"""One step into nested data: a key, or the number of an item (from 0)."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong: where it stands, what it is and what would cure it.

    Lines and columns count from 1; line 0 means that no file was read (data over HTTP). A file that starts with `--`
    is an option of the command line, one that ends in `!` a sheet of a workbook. `where` is the dotted path into the
    data, or "" where there is none.
    """

    file: str
    line: int
    column: int
    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Say it in one line, the place first: `a.yaml:5:1  horizn: unknown key; did you mean horizon?`."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return self._place() + (f"{text}; {self.hint}" if self.hint else text)

    def _place(self) -> str:
        if self.file.startswith("--"):
            return f"{self.file} "
        return f"{spot(self.file, self.line, self.column)}  " if self.line else ""


CELL = "!"
"""How the names of sheets end in places, `ward.xlsx:units!`, so that what follows is a cell."""
_LETTERS = 26


def spot(file: str, line: int, column: int) -> str:
    """A place as people find it: `ward.yaml:4:19`, or in a workbook `ward.xlsx:units!C4`."""
    if not file.endswith(CELL):
        return f"{file}:{line}:{column}"
    letters = ""
    while column > 0:
        column, last = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + last) + letters
    return f"{file}{letters}{line}"


class ScenarioError(ValueError):
    """A scenario that can't be used; `faults` holds everything that is wrong with it, sorted by place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__(self.faults)

    def __str__(self) -> str:
        """One fault a line, then how many there are."""
        count = len(self.faults)
        total = f"{count} fault{'' if count == 1 else 's'}, nothing was run"
        return "\n".join([*map(str, self.faults), total])


class Problem(ValueError):  # noqa: N818 - the planner's word
    """A finding of a model's validator: `path` leads to it from the model whose validator raises."""

    def __init__(self, path: Sequence[Step], message: str, hint: str = "") -> None:
        self.path: tuple[Step, ...] = tuple(path)
        self.message = message
        self.hint = hint
        super().__init__(f"{dotted(self.path)}: {message}" if self.path else message)


class Problems(ValueError):  # noqa: N818
    """Many findings of one validator, so that a planner mends a file once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(map(str, problems)))


def dotted(path: Sequence[Step]) -> str:
    """A path as planners write it: `cover.0.smallest_team`."""
    return ".".join(map(str, path))


def pointer(path: Sequence[Step]) -> str:
    """A path as a JSON pointer (RFC 6901): `/cover/0/smallest_team`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def shown(value: object, *, quoted: bool = True) -> str:
    """A value as a message names it: short, in the words of the file, never a dump."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "..."
        return f'"{text}"' if quoted or not text else text
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} item{'' if len(value) == 1 else 's'}"
    if isinstance(value, Mapping):
        return "a mapping"
    return "nothing" if value is None else number(value)


def number(value: object) -> str:
    """A number without needless decimals: 0.0 reads 0."""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def either(parts: Sequence[str]) -> str:
    """Join alternatives: `a, b or c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


_LONGEST_NAME = 100


def closest(name: str, names: Sequence[str]) -> str:
    """The name most like this one, letter case aside; "" where none is close."""
    lowered = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower()[:_LONGEST_NAME], lowered, n=1) if name else []
    return lowered[close[0]] if close else ""


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """A hint for a name nobody knows: the closest one there is, else all of them where they are few, else ""."""
    if close := closest(name, names):
        return f"did you mean {close}?"
    return f"known here: {', '.join(names)}" if 0 < len(names) <= 12 else ""


_KINDS: dict[str, tuple[str, ...]] = {
    "a whole number": ("int_type", "int_parsing", "int_parsing_size"),
    "a number": ("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
    "true or false": ("bool_type", "bool_parsing"),
    "text": ("string_type", "string_sub_type", "string_unicode"),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "a mapping (key: value)": ("dict_type", "model_type", "model_attributes_type", "mapping_type", "dataclass_type"),
    "a date such as 2023-03-13": ("date_type", "date_parsing", "date_from_datetime_parsing"),
    'a time such as "07:00"': ("time_type", "time_parsing"),
    "a date and time such as 2023-03-13T07:00": (
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
    ),
    "a length of time such as PT8H": ("time_delta_type", "time_delta_parsing"),
    "left empty": ("none_required",),
}
KIND: dict[str, str] = {error: words for words, errors in _KINDS.items() for error in errors}
"""What should have stood there, by pydantic's error type; such errors of several union branches can be joined."""

_LIMIT: dict[str, str] = {
    "int_from_float": "a whole number",
    "date_from_datetime_inexact": "a date without a time",
    "finite_number": "a finite number",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_short": "{min_length} or more characters long",
    "string_too_long": "{max_length} or fewer characters long",
    "too_short": "{min_length} or more items long",
    "too_long": "{max_length} or fewer items long",
    "timezone_aware": "a time with its time zone",
    "timezone_naive": "a time without a time zone",
    "union_tag_invalid": "one of {expected_tags}",
}

CHOICES = ("literal_error", "enum")
"""Error types that name the few values allowed."""


def choices(context: Mapping[str, object]) -> list[str]:
    """The values allowed, from pydantic's `'a', 'b' or 'c'`."""
    listed = str(context.get("expected", context.get("expected_tags", "")))
    return [part.strip("'") for part in listed.replace(" or ", ", ").split(", ") if part]


def expected(kind: str, context: Mapping[str, object]) -> str:
    """What should have stood there, in words that follow `must be`; "" where no table knows."""
    if kind in CHOICES or kind == "union_tag_invalid":
        allowed = choices(context)
        return allowed[0] if len(allowed) == 1 else "one of " + ", ".join(allowed)
    if kind in KIND:
        return KIND[kind]
    return _LIMIT.get(kind, "").format_map({key: number(value) for key, value in context.items()})


def say(kind: str, context: Mapping[str, object], got: object, fallback: str) -> str:
    """Put one pydantic error into plain words.

    `kind` is pydantic's error type, `context` its numbers and `fallback` its own message, used (reworded) where the
    tables above know no better.
    """
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "unknown key"
    if wanted := expected(kind, context):
        bare = kind in CHOICES or kind == "union_tag_invalid"
        return f"must be {wanted}{'; ' if ', ' in wanted else ', '}got {shown(got, quoted=not bare)}"
    if isinstance(error := context.get("error"), Exception):
        return str(error) or type(error).__name__
    return fallback.replace("Input should be", "must be").replace("Input should", "must")
