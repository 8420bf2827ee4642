"""A survey of a table of series in words, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from forecasting.cleaning import shown
from forecasting.describing.description import Described
from forecasting.describing.figures import Figures
from forecasting.describing.links import Link
from forecasting.describing.rhythms import Effect, Rhythm
from forecasting.describing.survey import Line, Survey
from forecasting.notes import Fault

MOST_LINES: Final = 40
MOST_EFFECTS: Final = 12
MOST_LINKS: Final = 6
FIRST_ROWS: Final = 3


def survey_text(told: Survey) -> str:
    """Everything that is told, in lines of at most a hundred columns."""
    lines = list(_columns(told))
    lines += _overview(told.lines)
    for one in told.described:
        lines += ["", *_described(one)]
    if not told.described:
        lines += ["", "Name series with --series to have them described one by one"]
    elif told.country is None:
        lines += ["", "No public holidays are looked at: --country GB (or US, DE, ...) adds them"]
    lines += ["", *cleaning_lines(told)]
    return "\n".join(lines) + "\n"


def _columns(told: Survey) -> Iterator[str]:
    """How the columns were understood."""
    layout = told.layout
    yield told.file
    said = [f"time {layout.time}" + (f" and {layout.hour}" if layout.hour else "")]
    said += [f"whose {' and '.join(layout.by)}"] if layout.by else []
    said += [f"counts {', '.join(layout.counts)}"]
    said += [f"may explain {', '.join(layout.covariates)}"] if layout.covariates else []
    held = [f"{patients} to {beds}" for patients, beds in layout.capacity.items() if patients in layout.counts]
    said += [f"held to beds: {', '.join(held)}"] if held else []
    yield from words.joined("Columns:", said, hanging="  ")


def _overview(lines: Sequence[Line]) -> list[str]:
    """A line for each series with its figures."""
    rows = [["series", "by", "known", "missing", "mean", "sd", "least", "median", "most", "cured"]]
    for line in lines[:MOST_LINES]:
        if line.figures is not None:
            rows.append([words.cut(line.name, 30), line.step, *_cells(line.figures), f"{len(line.faults):,}"])
    widths = [max(words.shown_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    told = [
        words.cut(
            "  ".join([words.padded(cells[0], widths[0]), words.padded(cells[1], widths[1]), *_right(cells, widths)])
        )
        for cells in rows
    ]
    unread = [line for line in lines if line.figures is None]
    for line in unread[:FIRST_ROWS]:
        told += words.wrapped(f"{line.name}: {line.problem}", hanging="  ")
    if len(unread) > FIRST_ROWS:
        told.append(f"and {len(unread) - FIRST_ROWS:,} more that can't be used")
    if len(lines) > MOST_LINES:
        told.append(f"and {len(lines) - MOST_LINES:,} more series in --json or -o DIR")
    return told


def _right(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]


def _cells(found: Figures) -> list[str]:
    share = found.missing / (found.count + found.missing)
    missing = "none" if not found.missing else words.percent(share, 1)
    values = (found.mean, found.sd, found.least, found.median, found.most)
    return [f"{found.count:,}", missing, *(number(value) for value in values)]


def number(value: float) -> str:
    """1,234 or 12.3 or 0.45: three figures or more."""
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def percent(share: float, digits: int = 0) -> str:
    """A share with its sign in per cent: 0.077 is +8 %."""
    text = f"{share * 100:+.{digits}f}"
    return f"{text.replace('-', '+') if float(text) == 0 else text} %"


def _described(one: Described) -> Iterator[str]:
    """One series in detail."""
    found, step = one.figures, one.recording.step
    yield words.cut(f"{one.name}, by {step.name}, {shown(found.first)} to {shown(found.last)}")
    if one.never_changes:
        yield f"  {_known(found, step.plural)}  always {number(found.mean)}"
        return
    yield from _figure_lines(found, step.plural)
    if one.left_out:
        yield f"  {words.count(one.left_out, 'value')} far from the neighbours left out of what follows"
    if one.is_rare:
        yield "  Too little happens to tell weekdays, months or holidays by"
    for rhythm in one.rhythms:
        yield from _rhythm_lines(rhythm)
    if one.holidays:
        yield from _holiday_lines(one.holidays)
    if one.echoes:
        unit = "day" if step.days == 1 else "week"
        parts = [f"{echo.correlation:+.2f} after {words.count(echo.lag, unit)}" for echo in one.echoes]
        yield from words.joined("  Goes with its own past:", parts, hanging="    ")
    if one.links:
        yield from _link_lines(one.links)
    yield from _driver_lines(one)


def _figure_lines(found: Figures, plural: str) -> Iterator[str]:
    yield f"  {_known(found, plural)}"
    parts = [
        f"mean {number(found.mean)}", f"sd {number(found.sd)}",
        f"least {number(found.least)} ({shown(found.least_at)})", f"quarter {number(found.quarter)}",
        f"median {number(found.median)}",
        f"three quarters {number(found.three_quarters)}", f"most {number(found.most)} ({shown(found.most_at)})",
    ]  # fmt: skip
    yield from words.joined(" ", parts, hanging="  ")
    if found.dispersion is not None:
        yield f"  variance over mean {number(found.dispersion)} (1 where patients come independently of one another)"


def _known(found: Figures, plural: str) -> str:
    missing = f"{found.missing:,} missing" if found.missing else "none missing"
    known = f"1 {plural[:-1]}" if found.count == 1 else f"{found.count:,} {plural}"
    return f"{known} known  {missing}  in {words.count(found.pieces, 'piece')}"


def _rhythm_lines(rhythm: Rhythm) -> Iterator[str]:
    """How much a rhythm explains, and its effects: of many levels the outermost."""
    within = " within a day" if rhythm.factor in ("hour", "shift") else ""
    told = f"explains {words.percent(rhythm.strength)} of the ups and downs{within}:"
    head = f"  {rhythm.factor.capitalize()} {told}"
    effects = rhythm.effects
    if len(effects) > MOST_EFFECTS:
        ordered = sorted(effects, key=lambda one: one.share)
        effects = (*ordered[-3:][::-1], *ordered[:3][::-1])
    yield from words.joined(head, [f"{one.label} {percent(one.share, 1)}" for one in effects], hanging="    ")


def _holiday_lines(effects: Sequence[Effect]) -> Iterator[str]:
    """Holidays beyond their weekday, those that could be chance in one line."""
    clear = [one for one in effects if one.low > 0 or one.high < 0]
    yield "  Public holidays, beyond their weekday (95 % interval):" + ("" if clear else " none differs clearly")
    rows = [[f"    {words.cut(one.label, 40)}", percent(one.share), _interval(one), _times(one)] for one in clear]
    for row in words.columned(rows) if rows else []:
        yield "   ".join(row)
    rest = [one for one in effects if one not in clear]
    if rest and clear:
        parts = [f"{one.label} {percent(one.share)}" for one in rest]
        yield from words.joined("    may be chance:", parts, hanging="      ")


def _interval(one: Effect) -> str:
    return f"{percent(one.low)} to {percent(one.high)}"


def _times(one: Effect) -> str:
    return f"on {words.count(one.count, 'day')}"


def _link_lines(links: Sequence[Link]) -> Iterator[str]:
    """What a series goes with, by its unusual days."""
    yield "  Goes with, by what is unusual about a day (its weeks and weekday taken out):"
    rows = [
        [
            f"    {words.cut(one.other, 36)}",
            "same day" if not one.lead else f"{words.count(one.lead, 'day')} before",
            f"{one.correlation:+.2f}",
            f"as it stands {one.plain:+.2f}",
            chance(one.corrected),
        ]
        for one in links[:MOST_LINKS]
    ]
    for row in words.columned(rows):
        yield "   ".join(row)
    if len(links) > MOST_LINKS:
        yield f"    and {len(links) - MOST_LINKS} more, less so"


def _driver_lines(one: Described) -> Iterator[str]:
    """What drives demand, first in a sentence, then by its tests."""
    yield from words.wrapped(sentence(one), indent="  What drives it: ", hanging="    ")
    tested = [each for each in one.drivers if each.v is not None]
    rows = [
        [
            f"    {words.cut(each.factor, 30)}", each.strength if each.sure else "not surely",
            f"Cramer's V {each.v:.2f}",
            f"chi2 {each.chi2:,.1f} on {each.freedom}", chance(each.corrected or 0.0),
        ]
        for each in tested
    ]  # fmt: skip
    for row in words.columned(rows) if rows else []:
        yield "   ".join(row)
    for each in one.drivers:
        if each.v is None:
            yield words.cut(f"    {each.factor}: not tested, {each.untested}")


def sentence(one: Described) -> str:
    """What drives demand by these tests, in words."""
    tested = [each for each in one.drivers if each.corrected is not None]
    driving = [each for each in tested if each.sure]
    idle = [each.factor for each in tested if not each.sure]
    groups = [
        f"{word} on the {_listed([_with_ends(one, each.factor) for each in driving if each.strength == word])}"
        for word in dict.fromkeys(each.strength for each in driving)
    ]
    said = f"it depends {', '.join(groups)}" if groups else "nothing that was tested"
    return f"{said}; no sign of {_listed(idle)}" if idle and groups else said


def _with_ends(one: Described, factor: str) -> str:
    """A factor with where it is highest and lowest."""
    effects = {rhythm.factor: rhythm.effects for rhythm in one.rhythms}.get(factor, ())
    if effects:
        high, low = max(effects, key=lambda each: each.share), min(effects, key=lambda each: each.share)
        return f"{factor} ({high.label} {percent(high.share)}, {low.label} {percent(low.share)})"
    link = next((link for link in one.links if link.other.split(" ")[-1] == factor or link.other == factor), None)
    return factor if link is None else f"{factor} ({'more' if link.correlation > 0 else 'less'} when it is high)"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def chance(p: float) -> str:
    """A corrected p-value in words."""
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}" + ("" if p < 0.05 else ", may be chance")


def cleaning_lines(told: Survey) -> Iterator[str]:
    """What was cured or suspected, a line for each kind with its first rows; nothing is changed without one."""
    kinds: dict[str, list[tuple[str, Fault]]] = {}
    for line in told.lines:
        for fault in line.faults:
            kinds.setdefault(fault.kind, []).append((line.name, fault))
    if not kinds:
        yield "Cleaning: nothing had to be cured"
        return
    yield "Cleaning (every row with -o DIR in cleaning.csv, or --json):"
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        series = len({name for name, _ in found})
        name, first = found[0]
        rows = ", ".join(str(fault.line) for _, fault in found[:FIRST_ROWS]) + (
            " ..." if len(found) > FIRST_ROWS else ""
        )
        where = f"in {series:,} series, " if len(told.lines) > 1 else ""
        head = f"{kind}: {len(found):,} ({where}row{'s' if len(found) > 1 else ''} {rows})"
        yield from words.wrapped(f"{head}; {name}: {first.message}", indent="  ", hanging="    ")
