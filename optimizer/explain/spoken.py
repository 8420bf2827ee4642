"""A member of a clash with names instead of numbers, as the functions that put it into words take it."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.expansion.case import Case
from optimizer.explain.members import Member, Slot
from optimizer.program import ABSENT
from optimizer.scenario.staff import CONTRACTS, Temporary

Said = tuple[str, str]
"""What a rule says, and the scenario's key that says it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A member with names instead of numbers."""

    case: Case
    member: Member
    slots: tuple[Slot, ...]

    @property
    def unit(self) -> str:
        """The unit's name."""
        return self.case.units[self.member.unit] if self.member.unit != ABSENT else ""

    @property
    def staff(self) -> str:
        """The staff group's name."""
        return self.case.staff[self.member.staff] if self.member.staff != ABSENT else ""

    @property
    def contract(self) -> str:
        """The contract."""
        return CONTRACTS[self.member.contract] if self.member.contract != ABSENT else ""

    @property
    def device(self) -> str:
        """The device kind's name."""
        return list(self.case.scenario.devices)[self.member.device]

    @property
    def terms(self) -> Temporary:
        """The terms of the contract."""
        found = self.case.group_of(self.member.staff).temporary(CONTRACTS[self.member.contract])
        return found or Temporary()

    @property
    def team(self) -> str:
        """The 6.2 rn of ICU at work."""
        heads = self.case.heads(self.member.staff, self.member.unit)
        number = "" if heads is None else f"{round(heads, 1):g} "
        at_work = "" if self.case.group_of(self.member.staff).worked_share == 1.0 else " at work"
        return f"the {number}{self.staff}{at_work} of {self.unit}"

    @property
    def team_path(self) -> str:
        """Where the scenario says how many they are."""
        own = self.case.group_of(self.member.staff).own
        return f"staff.{self.staff}.own" + (f".{self.unit}" if isinstance(own, dict) else "")
