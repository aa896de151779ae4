"""What does a source promise? The strict shape of `sources/*.yml`, and nothing else.

An unknown key, a missing language or a bad type is an error that names the file, the place in it
and what was expected: a declaration that is half read is worse than none.
"""

from __future__ import annotations

import calendar
import datetime as dt
import os
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

SOURCES = Path(__file__).parent / "sources"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Type = Literal[
    "text",
    "integer",
    "number",
    "percent",
    "money",
    "date",
    "datetime",
    "month",
    "boolean",
    "code",
    "agency",
    "district",
]
Unit = Literal["元", "千元", "萬元", "億元"]
Protocol = Literal["file", "soa", "open1999", "georeport", "ckan", "datagov", "pcc"]


def plain(text: str) -> str:
    """The form in which headers are compared: no blanks or BOM, half-width, 臺 = 台, 污 = 汙, 鹽 = 塩."""
    text = unicodedata.normalize("NFKC", text.replace("\ufeff", "")).translate(str.maketrans("台汙塩", "臺污鹽"))
    return re.sub(r"\s+", "", text).lower()


NUMBERS = ("integer", "number", "percent", "money")
DATES = ("date", "datetime", "month")
DATED = ("date", "datetime", "month", "integer")  # an integer is a western year


class DeclarationError(Exception):
    """A declaration cannot be used; the message says which file, where in it and why."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A sentence or a label in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Column(Strict):
    """One column: its header in the file, its type, and what an empty cell means.

    `percent` is kept as the share 0..1 whether the file says 87, 87 % or (with `scale: 1`) 0.87.
    `money` is kept in 元 (`_twd`), whatever `unit` the file uses. `code` looks its value up in `domain`
    of `duckdb/seeds/codes.csv`; `agency` and `district` in their own seeds. `fill_down` repeats the value
    above into an empty cell, as merged cells need. A date is of what has happened, and a row whose date lies after
    its delivery is rejected; `ahead: true` is for what is planned, due, forecast or promised.
    """

    header: str
    type: Type
    label: Text
    aliases: tuple[str, ...] = ()
    unit: Unit | None = None
    scale: Literal[1, 100] = 100
    domain: Name | None = None
    required: bool = False
    zero_is_null: bool = False
    fill_down: bool = False
    ahead: bool = False
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _type_and_options_agree(self) -> Column:
        if (self.type == "money") != (self.unit is not None):
            raise ValueError("`unit` belongs to `money` columns, and each of them needs one")
        if (self.type == "code") != (self.domain is not None):
            raise ValueError("`domain` belongs to `code` columns, and each of them needs one")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        if (self.minimum, self.maximum) != (None, None) and self.type not in NUMBERS:
            raise ValueError(f"`minimum` and `maximum` belong to {', '.join(NUMBERS)}")
        if self.ahead and self.type not in DATES:
            raise ValueError(f"`ahead` belongs to {', '.join(DATES)}")
        return self


class Where(Strict):
    """How the bytes are reached: one protocol and what it needs.

    `names` are the file names (without ending, `*` allowed) by which a dropped file is recognised.
    `url` is the address a pull asks; `resource` the guid, id or resource name behind it; `options` what
    only this protocol knows (page_size, city_id, jurisdiction_id …).
    """

    protocol: Protocol
    names: tuple[str, ...] = ()
    url: str | None = None
    resource: str | None = None
    options: dict[str, str | int] = {}

    @model_validator(mode="after")
    def _reachable(self) -> Where:
        if self.protocol in ("file", "pcc"):
            if not self.names:
                raise ValueError("`names` must say by which file names this source is recognised")
        elif not (self.url and re.match(r"https?://", self.url)):
            raise ValueError("`url` must be an http(s) address")
        return self


class Cadence(Strict):
    """How often it comes, and by which day after the period's end it is due."""

    every: Literal["day", "month", "quarter", "year", "once"]
    due_days: int = Field(ge=0, le=366, default=5)

    def next_due(self, reach: dt.date) -> dt.date | None:
        """The day by which the period after the one `reach` lies in is due; None for `once`."""
        if self.every == "once":
            return None
        if self.every == "day":
            end = reach + dt.timedelta(days=1)
        else:
            months = {"month": 1, "quarter": 3, "year": 12}[self.every]
            index = reach.year * 12 + reach.month - 1
            index = (index // months + 1) * months + months - 1  # the last month of the next period
            # Data that do not reach the end of their period owe that same period first.
            if reach < _month_end(*divmod(index - months, 12)):
                index -= months
            end = _month_end(*divmod(index, 12))
        return end + dt.timedelta(days=self.due_days)


class Wide(Strict):
    """Month columns (一月 … 十二月) that become rows: the year's column, and the name of the value."""

    year: Name
    value: Name


class Source(Strict):
    """One source: whose, where, under which licence, how often, and what its columns mean.

    `delivery: full`: the newest delivery holds everything and replaces the ones before; `partial`: each one
    adds, and where a key comes again the newest row counts. `wide`: twelve month columns become rows of
    `month` and the named value.
    """

    name: Name
    title: Text
    system: Name
    producer: Text
    where: Where
    licence: Literal["OGDL-1.0", "internal"]
    cadence: Cadence
    columns: dict[Name, Column]
    key: tuple[Name, ...] = ()
    reach: Name | None = None
    wide: Wide | None = None
    delivery: Literal["full", "partial"] = "full"
    records: str | None = None
    personal: tuple[str, ...] = ()
    caution: Text | None = None

    @field_validator("columns")
    @classmethod
    def _headers_are_unique(cls, columns: dict[str, Column]) -> dict[str, Column]:
        seen: dict[str, str] = {}
        for name, column in columns.items():
            for header in (column.header, *column.aliases):
                if seen.setdefault(plain(header), name) != name:
                    raise ValueError(f"header {header!r} stands for both {seen[plain(header)]} and {name}")
        return columns

    @model_validator(mode="after")
    def _names_are_known(self) -> Source:
        known = set(self.columns)
        wide = (self.wide.year, self.wide.value, "month") if self.wide else ()
        for place, names in (("key", self.key), ("reach", (self.reach,) if self.reach else ()), ("wide", wide)):
            for name in names:
                if name not in known:
                    raise ValueError(f"{place}: {name!r} is not a column; columns are {', '.join(sorted(known))}")
        if "is_simulated" in known:
            raise ValueError("columns: is_simulated is written by the pipeline")
        if self.reach and self.columns[self.reach].type not in DATED:
            raise ValueError(f"reach: {self.reach!r} is no {', '.join(DATED)}")
        if self.delivery == "partial" and not self.key:
            raise ValueError("delivery: partial needs a `key`, or a second delivery of the same rows would count twice")
        # A later part may be empty, such as the amount of a design change; then empty is what is compared.
        for name in self.key[:1]:
            if not self.columns[name].required:
                raise ValueError(f"key: {name!r} must be `required: true`")
        return self


class Loader(yaml.SafeLoader):
    """YAML in which a key that comes twice is an error, not a column that quietly vanishes."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} comes twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load(folder: Path | None = None) -> dict[str, Source]:
    """Every declared source by name, in order of name.

    `folder` defaults to the shipped declarations, or to `RDEC_SOURCES` where that is set.
    Raises DeclarationError with the file, the place and the reason.
    """
    folder = Path(folder or os.environ.get("RDEC_SOURCES") or SOURCES)
    if not folder.is_dir():
        raise DeclarationError(f"{folder}: 沒有這個資料夾 · no such folder")
    return {path.stem: read(path) for path in sorted(folder.glob("*.yml"))}


def read(path: Path) -> Source:
    """One declaration. Raises DeclarationError."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: 不是有效的 YAML · not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise DeclarationError(f"{path.name}: 應為鍵值對照 · expected a mapping of keys")
    try:
        return Source(name=path.stem, **content)
    except (ValidationError, TypeError) as error:
        raise DeclarationError(f"{path.name}: {_explain(error)}") from error


def _explain(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())


def _month_end(year: int, month0: int) -> dt.date:
    return dt.date(year, month0 + 1, calendar.monthrange(year, month0 + 1)[1])
