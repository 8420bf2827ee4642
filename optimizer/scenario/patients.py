"""Who comes: patient groups with their demand, stay, acuity, elective list and the prices of not placing them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from optimizer.scenario.quantities import LARGEST, Amount, Frozen, Name, Names, PerPeriod, Positive, Share
from optimizer.scenario.uncertainty import Doubt


class History(Frozen):
    """A recorded series: a column of a file or of what a query finds in a database, or values from `start` on."""

    file: str | None = Field(None, description="CSV (also .csv.gz), Excel (.xlsx) or Parquet, beside the scenario")
    sheet: str | None = Field(None, description="the sheet of a workbook; default: the first")
    database: str | None = Field(
        None, description="env:NAME, the environment variable that holds an SQLAlchemy URL; or a URL without a password"
    )
    query: str | None = Field(None, description="the SELECT that finds the rows in the database")
    column: str | None = Field(None, description="the column to read; of values, what a stored model knows them as")
    date_column: str = "date"
    date_format: str | None = Field(None, description="how dates are written if not as 2023-03-13, such as %d/%m/%Y")
    hour_column: str | None = Field(None, description="hours from 0 to 23, where the dates lack them")
    daily: Literal["sum", "mean", "max"] | None = Field(
        None, description="how several values a day become one: sum (arrivals), mean or max (patients present)"
    )
    timezone: str | None = Field(None, description="whose clocks, such as Europe/London: days of 23 and 25 hours")
    where: dict[str, str] = Field({}, description="keep only rows whose columns hold these values")
    capacity_column: str | None = Field(None, description="beds open that day: rows with more patients are impossible")
    impossible_rows: Literal["drop", "cap"] = "drop"
    missing: Literal["warn", "refuse"] = "warn"
    full_days: Literal["as_counted", "demand"] = Field(
        "as_counted",
        description="demand: on days when the beds were full, what wanted to come in; needs capacity_column",
    )
    waiting_column: str | None = Field(None, description="patients waiting for a bed, added where full_days is demand")
    outlying_column: str | None = Field(None, description="patients lying elsewhere, added where full_days is demand")
    start: date | None = None
    values: tuple[float | None, ...] = ()

    @model_validator(mode="after")
    def _full_days_have_beds(self) -> Self:
        if self.full_days == "demand" and (self.values or self.capacity_column is None):
            raise ValueError("full_days: demand needs a file and its capacity_column: the beds open each day")
        if self.full_days == "as_counted" and (self.waiting_column or self.outlying_column):
            raise ValueError("waiting_column and outlying_column are for full_days: demand")
        return self

    @model_validator(mode="after")
    def _file_or_values(self) -> Self:
        in_file, in_database, inline = self.file is not None, self.database is not None, bool(self.values)
        if in_file + in_database + inline != 1:
            raise ValueError("must say exactly one of file, database and values")
        if not inline and self.column is None:
            raise ValueError("must name the column to read")
        if in_database != (self.query is not None):
            raise ValueError("a database and its query are said together")
        if inline and self.start is None:
            raise ValueError("values given here need the start date of the first")
        return self


class Surge(Frozen):
    """More or fewer patients arriving (or present, where stays are not given) from `from` to `to`, both included."""

    first: date = Field(alias="from")
    last: date | None = Field(None, alias="to", description="default: to the end")
    uplift: Annotated[float, Field(ge=-1, le=10)] = Field(0.0, description="0.06 is 6 % more")
    per_day: Annotated[float, Field(ge=-LARGEST, le=LARGEST)] = Field(0.0, description="patients a day, on top of that")


class Demand(Frozen):
    """How many patients: given arrivals, a given census, or a history to forecast from."""

    arrivals: PerPeriod | None = Field(None, description="patients arriving, by period")
    census: PerPeriod | None = Field(None, description="patients present, by period")
    history: History | None = None
    measures: Literal["census", "arrivals"] = Field("census", description="what the history counts")
    share: Positive = Field(1.0, description="this group's share of the series")
    uplift: Annotated[float, Field(ge=-1, le=10)] = Field(0.0, description="0.06 plans for 6 % more")
    surges: tuple[Surge, ...] = ()
    doubt: Doubt | None = Field(None, description="how the figure given may turn out; a history has its own")
    seasonal_profile: dict[Annotated[int, Field(ge=1, le=12)], Positive] = Field(
        {}, description="month -> factor, for months that no history covers"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("arrivals", "census", "history") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("must say exactly one of arrivals, census and history")
        if self.doubt is not None and self.history is not None:
            raise ValueError("a history teaches its own doubt: drop doubt, or give figures instead")
        return self


class Stay(Frozen):
    """How long a patient stays: a mean (geometric stay) or a survival curve, chance still in after 0, 1, 2 ... days."""

    mean_days: Annotated[float, Field(gt=0, le=3650)] | None = None
    still_in: tuple[Share, ...] = Field((), description="chance of being in still j days after arrival, j = 0, 1, ...")
    stays: Annotated[int, Field(ge=1, le=10**9)] | None = Field(
        None, description="how many stays this was learned from: the fewer, the more doubtful; left out: sure"
    )

    @model_validator(mode="after")
    def _one_curve(self) -> Self:
        if (self.mean_days is None) == (not self.still_in):
            raise ValueError("must say exactly one of mean_days and still_in")
        if self.mean_days is not None and self.mean_days < 1:
            raise ValueError("must be 1 day or more where demand is by day; count shorter stays as census instead")
        if self.still_in and self.still_in[0] == 0:
            raise ValueError("still_in must begin above 0: nobody would ever be in")
        if any(later > earlier for earlier, later in zip(self.still_in, self.still_in[1:], strict=False)):
            raise ValueError("still_in must never rise: nobody comes back into the same stay")
        return self

    @property
    def mean(self) -> float:
        """Mean stay in days; for a curve the sum of the chances of being in still."""
        return self.mean_days if self.mean_days is not None else sum(self.still_in)


class Elective(Frozen):
    """A list of planned cases that may be postponed or cancelled at a price."""

    cases: tuple[Amount, ...] = Field((), description="cases booked, by day of the horizon")
    per_weekday: tuple[Amount, ...] = Field((), description="cases booked on Monday ... Sunday, instead of cases")
    postpone_cost_per_day: Amount
    postpone_at_most_days: Annotated[int, Field(ge=0, le=60)] = 14
    cancel_cost: Amount | None = Field(None, description="per case; left out: a case may not be cancelled")
    backlog_cost: Amount = Field(0.0, description="per case still undone when the plan ends")
    protected: bool = False
    called_off: tuple[date, ...] = Field((), description="days on which no case is done")

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if bool(self.cases) == bool(self.per_weekday):
            raise ValueError("must say exactly one of cases and per_weekday")
        if self.per_weekday and len(self.per_weekday) != 7:
            raise ValueError(f"per_weekday needs 7 figures, Monday first, got {len(self.per_weekday)}")
        return self


class Divert(Frozen):
    """Sending arrivals to another provider, so many a day at a price each."""

    cost_per_patient: Amount
    at_most_per_day: Amount


class PatientGroup(Frozen):
    """Patients who need the same care. Costs are in the scenario's currency."""

    name: str | None = None
    site: Name | None = Field(None, description="where they arrive; may be left out where there is one site")
    demand: Demand | None = None
    elective: Elective | None = None
    length_of_stay: Stay | None = None
    goes_on_to: dict[Name, Share] = Field(
        {}, description="share of those leaving who arrive in another group then, such as rehabilitation"
    )
    acuity: dict[Name, Share] = Field({}, description="share of patients at each level; sums to 1")
    hour_profile: tuple[Positive, ...] = Field((), description="24 figures: census in each hour over the day's figure")
    boarding_cost_per_day: Amount | None = None
    outlier_cost_per_day: Amount = 0.0
    outlier_cost_at: dict[Name, Amount] = Field(
        {}, description="the same at units where it differs, such as those of another division: {SUR2: 180}"
    )
    holding: Name | None = Field(None, description="unit whose team looks after boarded patients; default: first home")
    divert: Divert | None = None
    whole: bool = Field(False, description="true counts whole patients; expected patients may be fractions")
    outlies_in: Names = Field((), description="units that can care for this group off home")

    @model_validator(mode="after")
    def _says_demand(self) -> Self:
        if self.demand is None and self.elective is None:
            raise ValueError("must say demand, elective, or both")
        if self.hour_profile and len(self.hour_profile) != 24:
            raise ValueError(f"hour_profile needs 24 figures, got {len(self.hour_profile)}")
        if self.acuity and abs(sum(self.acuity.values()) - 1) > 1e-6:
            raise ValueError(f"acuity shares must sum to 1, got {sum(self.acuity.values()):g}")
        return self

    def outlying_at(self, unit: str) -> float:
        """Currency a day for one of these patients at a unit that is not home."""
        return self.outlier_cost_at.get(unit, self.outlier_cost_per_day)
