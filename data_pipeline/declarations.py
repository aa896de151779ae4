"""What does a source promise? The strict shape of `sources/*.yml`, and nothing else.

An unknown key, a missing language or a bad type is an error that names the file, the place in it
and what was expected, in both languages: a declaration that is half read is worse than none.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import functools
import os
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

SOURCES = Path(__file__).parent / "sources"
CODES = Path(__file__).parent.parent / "duckdb" / "seeds" / "codes.csv"

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
    "year",
    "boolean",
    "code",
    "agency",
    "district",
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
System = Literal[
    "awards",
    "district_offices",
    "forward",
    "goals",
    "gsa",
    "hotline",
    "petitions",
    "service_quality",
    "society",
    "tenders",
    "works",
]
MONEY = ("元", "千元", "萬元", "億元")
Protocol = Literal["file", "soa", "open1999", "georeport", "ckan", "datagov", "pcc"]
PULLED = ("hosts", "empty_is_valid")
OPTIONS: dict[str, tuple[str, ...]] = {
    "file": (),
    "pcc": (),
    "soa": PULLED,
    "datagov": PULLED,
    "ckan": (*PULLED, "page_size"),
    "open1999": (*PULLED, "city_id", "start", "end", "days"),
    "georeport": (
        *PULLED, "format", "start", "end", "days", "page_size", "jurisdiction_id", "service_code", "status",
    ),
}  # fmt: skip
COUNTED = ("page_size", "days", "empty_is_valid")


def plain(text: str) -> str:
    """The form in which headers are compared: no blanks or BOM, half-width, 臺 = 台, 污 = 汙, 鹽 = 塩."""
    text = unicodedata.normalize("NFKC", text.replace("\ufeff", "")).translate(str.maketrans("台汙塩", "臺污鹽"))
    return re.sub(r"\s+", "", text).lower()


NUMBERS = ("integer", "number", "percent", "money")
DATES = ("date", "datetime", "month")
DATED = (*DATES, "year")


class DeclarationError(Exception):
    """A declaration cannot be used; the message says which file, where in it and why."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A sentence or a label in both languages."""

    zh: Words
    en: Words


class Column(Strict):
    """One column: its header in the file, its type, and what an empty cell means.

    `percent` is kept as the share 0..1 whether the file says 87, 87 % or (with `scale: 1`) 0.87.
    `money` is kept in 元 (`_twd`), whatever `unit` the file uses; of a number, `unit` says what it counts (人, 件, 天).
    `year` is western, whether the file says 112, 112年度 or 2023. `code` looks its value up in `domain`
    of `duckdb/seeds/codes.csv`; `agency` and `district` in their own seeds. `fill_down` repeats the value
    above into an empty cell, as merged cells need. A date is of what has happened, and a row whose date lies after
    its delivery is rejected; `ahead: true` is for what is planned, due, forecast or promised.
    """

    header: Words
    type: Type
    label: Text
    aliases: tuple[str, ...] = ()
    unit: Words | None = None
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
        if self.type == "money" and self.unit not in MONEY:
            raise ValueError(
                f"`money` 欄位須有 `unit`：{'、'.join(MONEY)} · a `money` column needs one of these as `unit`"
            )
        if self.unit is not None and self.type not in ("money", "integer", "number"):
            raise ValueError("`unit` 只用於 money、integer、number · `unit` belongs to `money`, `integer` and `number`")
        if (self.type == "code") != (self.domain is not None):
            raise ValueError(
                "`code` 欄位須有 `domain`，其他欄位不可有 · `domain` belongs to `code`, each of them needs one"
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"最小值大於最大值 · minimum {self.minimum} is above maximum {self.maximum}")
        if (self.minimum, self.maximum) != (None, None) and self.type not in NUMBERS:
            kinds = ", ".join(NUMBERS)
            raise ValueError(f"`minimum`、`maximum` 只用於 {kinds} · `minimum` and `maximum` belong to {kinds}")
        if self.ahead and self.type not in DATES:
            kinds = ", ".join(DATES)
            raise ValueError(f"`ahead` 只用於 {kinds} · `ahead` belongs to {kinds}")
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
                raise ValueError(
                    "`names` 須說明以哪些檔名辨認 · `names` must say by which file names this source is recognised"
                )
        elif not (self.url and re.match(r"https?://", self.url)):
            raise ValueError("`url` 須為 http(s) 網址 · `url` must be an http(s) address")
        known = OPTIONS[self.protocol]
        for name, value in self.options.items():
            if name not in known:
                listed = ", ".join(known) or "—"
                raise ValueError(
                    f"options：未知的鍵 {name}；{self.protocol} 可用：{listed} · "
                    f"unknown option {name!r}; {self.protocol} knows: {listed}"
                )
            if name in COUNTED and not isinstance(value, int):
                raise ValueError(f"options.{name} 應為整數 · options.{name} must be a whole number")
        if self.options.get("format", "json") not in ("json", "xml"):
            raise ValueError("options.format 應為 json 或 xml · options.format must be json or xml")
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
    """Month columns (一月 … 十二月) that become rows: the name of the value, and the year's column.

    Without `year` the year stands in a header of its own (年度), in the month's header (112年1月) or above the table.
    """

    value: Name
    year: Name | None = None


class Source(Strict):
    """One source: whose, where, under which licence, how often, and what its columns mean.

    `delivery: full`: the newest delivery holds everything and replaces the ones before; `partial`: each one
    adds, and where a key comes again the newest row counts. `wide`: twelve month columns become rows of
    `month` and the named value. `personal` columns are never kept; of a source that has some, nothing is kept that is
    not declared.
    """

    name: Name
    title: Text
    system: System
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
                    first = seen[plain(header)]
                    raise ValueError(
                        f"標題 {header!r} 同時代表 {first} 與 {name} · "
                        f"header {header!r} stands for both {first} and {name}"
                    )
        return columns

    @model_validator(mode="after")
    def _names_are_known(self) -> Source:
        known = set(self.columns)
        wide = (*([self.wide.year] if self.wide.year else ()), self.wide.value, "month") if self.wide else ()
        for place, names in (("key", self.key), ("reach", (self.reach,) if self.reach else ()), ("wide", wide)):
            for name in names:
                if name not in known:
                    listed = ", ".join(sorted(known))
                    raise ValueError(
                        f"{place}：{name!r} 不是欄位；欄位有 {listed} · "
                        f"{place}: {name!r} is not a column; columns are {listed}"
                    )
        if "is_simulated" in known:
            raise ValueError("columns：is_simulated 由程式寫入 · columns: is_simulated is written by the pipeline")
        if self.reach and self.columns[self.reach].type not in DATED:
            kinds = ", ".join(DATED)
            raise ValueError(f"reach：{self.reach!r} 應為 {kinds} · reach: {self.reach!r} is no {kinds}")
        if self.delivery == "partial" and not self.key:
            raise ValueError(
                "delivery: partial 須有 `key`，否則同一列再送一次會重複計算 · "
                "delivery: partial needs a `key`, or a second delivery of the same rows would count twice"
            )
        # A later part may be empty, such as the amount of a design change; then empty is what is compared.
        for name in self.key[:1]:
            if not self.columns[name].required:
                raise ValueError(f"key：{name!r} 須為必要欄位 · key: {name!r} must be `required: true`")
        return self

    @model_validator(mode="after")
    def _no_column_is_personal(self) -> Source:
        headers = {
            plain(header) for name, column in self.columns.items() for header in (column.header, *column.aliases, name)
        }
        for header in self.personal:
            if plain(header) in headers:
                raise ValueError(
                    f"personal：{header!r} 同時是欄位；個資不可讀取 · "
                    f"personal: {header!r} is a column as well; what is personal cannot be read"
                )
        return self


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # in C, where the wheel brings it
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
        source = Source(name=path.stem, **content)
    except (ValidationError, TypeError) as error:
        raise DeclarationError(f"{path.name}: {_explain(error)}") from error
    for name, column in source.columns.items():
        if column.domain and column.domain not in _domains():
            listed = ", ".join(sorted(_domains()))
            raise DeclarationError(
                f"{path.name}: columns.{name}.domain：代碼表沒有 {column.domain!r}；有：{listed} · "
                f"no such domain in seeds/codes.csv; there are: {listed}"
            )
    return source


@functools.cache
def _domains() -> frozenset[str]:
    with CODES.open(encoding="utf-8", newline="") as file:
        return frozenset(row["domain"] for row in csv.DictReader(file))


def _explain(error: Exception) -> str:
    """What is wrong, where, and what would be right, in both languages."""
    if not isinstance(error, ValidationError):
        return f"鍵不可用 · a key that cannot be used: {error}"
    said = ((".".join(str(part) for part in each["loc"]), _said(each)) for each in error.errors())
    return "; ".join(f"{place}: {words}" if place else words for place, words in said)


def _said(each: dict) -> str:
    given = f"（{each['input']!r}）" if isinstance(each["input"], str | int | float) else ""
    match each["type"]:
        case "extra_forbidden":
            known = ", ".join(_keys_at(each["loc"]))
            return f"未知的鍵；可用：{known} · unknown key; known are: {known}"
        case "missing":
            return "缺少這個鍵 · this key is missing"
        case "literal_error":
            return f"不是可用的值{given}；可用：{each['ctx']['expected']} · expected {each['ctx']['expected']}"
        case "string_too_short":
            return "不可空白 · must not be blank"
        case "string_pattern_mismatch":
            return f"名稱只可用小寫英文、數字與底線{given} · a name is of lower-case letters, digits and _"
        case "value_error":
            return each["msg"].removeprefix("Value error, ")
        case _:
            return f"型別或範圍不對{given} · {each['msg']}"


def _keys_at(place: tuple) -> list[str]:
    """The keys that belong where an unknown one was found."""
    outer = [part for part in place[:-1] if isinstance(part, str)]
    kinds = {"where": Where, "cadence": Cadence, "wide": Wide, "columns": Column}
    model = kinds.get(outer[0], Text) if outer else Source
    if outer and outer[-1] == "label":
        model = Text
    return [name for name in model.model_fields if not (model is Source and name == "name")]


def _month_end(year: int, month0: int) -> dt.date:
    return dt.date(year, month0 + 1, calendar.monthrange(year, month0 + 1)[1])
