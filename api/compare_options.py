"""What the words of `wardwright compare` mean: scenario files, variants of them, and plan folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.errors import Refused
from optimizer.saved import open_plan
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.files import open_scenario
from optimizer.scenario.varying import composed, variant_names
from optimizer.whatif.compare import Option


def options_of(asked: Sequence[str], sets: tuple[str, ...], root: Path | None) -> list[Option]:
    """Every option asked for, read; one scenario alone stands for it and each of its variants.

    Raises ScenarioError with the faults of all of them, PlanFolderError, or Refused for a word that names nothing.
    """
    read = _Reading(sets, root)
    found = [each for word in asked for each in read.option(word)]
    if len(asked) == 1 and found:
        found += [each for name in found[0].loaded.variants for each in read.option(f"{asked[0]}:{name}")]
    if read.faults:
        raise ScenarioError(read.faults)
    if len(found) < 2:
        raise Refused(f"{asked[0]} has no variants; name something to compare it with")
    return _named_apart(found)


class _Reading:
    """Reads options one after another; the first scenario file is the one whose variants may be named alone."""

    def __init__(self, sets: tuple[str, ...], root: Path | None) -> None:
        self.sets, self.root = sets, root
        self.file: Path | None = None
        self.variants: tuple[str, ...] = ()
        self.faults: list[Fault] = []

    def option(self, word: str) -> list[Option]:
        """The option a word means; none where it has faults."""
        path = Path(word)
        if path.is_dir():
            saved = open_plan(path)
            return [Option(word, saved.loaded, saved)]
        file, variant = self._split(word)
        try:
            loaded = open_scenario(file, variant=variant, sets=self.sets, root=self.root)
        except ScenarioError as error:
            self.faults += error.faults
            return []
        if self.file is None:
            self.file, self.variants = file, loaded.variants
        return [Option(_name(word, variant), loaded)]

    def _split(self, word: str) -> tuple[Path, str | None]:
        """The file and the variants that a word names."""
        if Path(word).is_file():
            return Path(word), None
        file, colon, listed = word.rpartition(":")
        if colon and Path(file).is_file():
            return Path(file), composed(listed)
        if self.file is not None and set(variant_names(word)) <= set(self.variants):
            return self.file, composed(word)
        there = f"; variants of {self.file}: {', '.join(self.variants) or 'none'}" if self.file else ""
        raise Refused(f"{word} is no scenario file, no FILE:VARIANT and no plan folder{there}")


def _name(word: str, variant: str | None) -> str:
    return variant or Path(word).stem


def _named_apart(options: Sequence[Option]) -> list[Option]:
    """Options with names that differ: the same thing twice gets a number."""
    found: list[Option] = []
    for each in options:
        count = sum(other.name == each.name for other in options[: len(found)])
        name = f"{each.name} ({count + 1})" if count else each.name
        found.append(Option(name, each.loaded, each.saved))
    return found
