"""Which screens does a meeting go through, in which order? `dashboard/agendas/*.yml`, or where `RDEC_AGENDAS` points.

RDEC edits these files by hand, so a mistake gets a sentence that names the file, the line and what would be right.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from dashboard import look, metrics, periods
from dashboard.metrics import Catalogue, Strict, Text

FOLDER = Path(__file__).parent.parent / "agendas"
Control = Literal["controlled", "major", "forward_small"]
Span = Literal["year", "month", "all"] | str
Top = Annotated[int, Field(ge=1, le=8)]


class Item(Strict):
    """What every screen may say: its agenda item's title, its period, and the filters of its figures."""

    title: Text | None = None
    period: Span = "year"  # the year or month that the data reach, all years, or a code such as 112Q1
    where: dict[str, str | list[str]] = Field(default_factory=dict)


class Cover(Item):
    screen: Literal["cover"]


class Figures(Item):
    screen: Literal["figures"]
    metrics: Annotated[list[str], Field(min_length=1, max_length=4)]


class Trend(Item):
    screen: Literal["trend"]
    metric: str
    months: Annotated[int, Field(ge=3, le=60)] = 12  # of twelve or fewer, the year before is drawn beside them


class Bars(Item):
    screen: Literal["bars"]
    metric: str
    by: str
    top: Top = 8


class States(Item):
    screen: Literal["states"]
    by: Literal["control_class", "agency_id", "district_id", "work_kind", "axis"] = "control_class"
    control: Control = "controlled"
    top: Top = 8


class Works(Item):
    screen: Literal["works"]
    list: Literal["monthly", "quarterly"]
    control: Control = "controlled"
    top: Top = 7


class Work(Item):
    """One screen for each of the `worst` works of a list, or for the one work named."""

    screen: Literal["work"]
    work: str = ""
    list: Literal["monthly", "quarterly"] = "quarterly"
    control: Control = "controlled"
    worst: Annotated[int, Field(ge=1, le=10)] = 3


class Map(Item):
    screen: Literal["map"]
    control: Control = "controlled"
    states: Annotated[tuple[str, ...], Field(min_length=1)] = ("seriously_behind", "halted", "behind")


class Reporters(Item):
    screen: Literal["reporters"]
    control: Control = "controlled"
    top: Top = 7


class Changes(Item):
    """What is different since the last meeting; left out where there was none."""

    screen: Literal["changes"]
    part: Literal["lights", "works", "milestones", "promises", "figures"]
    metrics: Annotated[tuple[str, ...], Field(max_length=7)] = ()
    top: Top = 7


class Decisions(Item):
    screen: Literal["decisions"]
    top: Top = 7


Screen = Annotated[
    Cover | Figures | Trend | Bars | States | Works | Work | Map | Reporters | Changes | Decisions,
    Field(discriminator="screen"),
]


class Content(Strict):
    """The whole of an agenda file."""

    title: Text
    slides: Annotated[list[Screen], Field(min_length=1, max_length=60)]


@dataclass(frozen=True)
class Agenda:
    """An agenda that holds; `text` is the file itself, kept with a frozen meeting."""

    name: str
    title: Text
    screens: Sequence[Item]
    text: str


class AgendaError(Exception):
    """A mistake in an agenda; the message is one sentence in both languages, with the line."""

    def __init__(self, file: str, line: int | None, zh: str, en: str):
        self.zh, self.en, self.line = zh, en, line
        at = (f"第 {line} 行", f" line {line}") if line else ("", "")
        super().__init__(
            f"議程 {file} {at[0]}：{zh}。改正後再開即可，資料不受影響。 · Agenda {file}{at[1]}: {en}. "
            "Mend it and open it again; no data are touched."
        )


def folder() -> Path:
    return Path(os.environ.get("RDEC_AGENDAS") or FOLDER)


def names() -> list[str]:
    """The agendas there are, those shipped first: monthly, quarterly."""
    return sorted(path.stem for path in folder().glob("*.yml"))


def load(name: str) -> Agenda:
    """An agenda by its name, or by the path of a `.yml` file. Raises AgendaError."""
    path = Path(name) if name.endswith((".yml", ".yaml")) else folder() / f"{Path(name).name}.yml"
    try:
        return read(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError:
        known = "、".join(names()) or "—"
        raise AgendaError(path.name, None, f"沒有這個檔；現有：{known}", f"no such file; there are: {known}") from None
    except UnicodeDecodeError:
        raise AgendaError(path.name, None, "不是 UTF-8 文字檔", "it is not a UTF-8 text") from None


def read(text: str, file: str, known: Catalogue | None = None) -> Agenda:
    """An agenda from its text. Raises AgendaError with the line of the first mistake."""
    try:
        tree, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise AgendaError(
            file, mark.line + 1 if mark else None, f"不是有效的 YAML（{said}）", f"not valid YAML ({said})"
        ) from None
    try:
        made = TypeAdapter(Content).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise AgendaError(file, _line(tree, first["loc"]), *_explain(first)) from None
    for place, screen in enumerate(made.slides):
        if found := _misnamed(screen, known or metrics.catalogue()):
            loc, *told = found
            raise AgendaError(file, _line(tree, ("slides", place, *loc)), *told)
    return Agenda(Path(file).stem, made.title, tuple(made.slides), text)


def _misnamed(screen: Item, known: Catalogue) -> tuple | None:
    """The first name that is not declared: its place, and the sentence in both languages."""
    several = hasattr(screen, "metrics")
    for index, name in enumerate(screen.metrics if several else [screen.metric] if hasattr(screen, "metric") else []):
        loc = ("metrics", index) if several else ("metric",)
        if name not in known.names():
            return (loc, *_unknown("指標", "metric", name, known.names()))
        of = known.find(name)[0]
        dimensions = [*([screen.by] if isinstance(screen, Bars) else []), *screen.where]
        for each in dimensions:
            if each not in of.by:
                at = ("where", each) if each in screen.where else ("by",)
                return (at, *_unknown(f"{name} 的分類", f"dimension of {name}", each, of.by))
        if isinstance(screen, Trend) and of.grain not in ("day", "month"):
            return (loc, f"{name} 沒有逐月資料，不能畫趨勢", f"{name} is not kept by month, so it has no trend")
    if screen.period not in ("year", "month", "all") and periods.parse(screen.period) is None:
        return (
            ("period",),
            f"period 的「{screen.period}」應為 year、month、all，或如 112、112Q1、112-03",
            f"period {screen.period!r} should be year, month, all, or such as 112, 112Q1, 112-03",
        )
    for index, state in enumerate(getattr(screen, "states", ())):
        if state not in look.STATES:
            return (("states", index), *_unknown("燈號", "state", state, list(look.STATES)))
    return None


def _unknown(zh: str, en: str, name: str, known: Sequence[str]) -> tuple[str, str]:
    near = difflib.get_close_matches(name, known, 3, 0.5) or list(known)[:12]
    return f"「{name}」不是已定義的{zh}；相近的有 {'、'.join(near)}", f"unknown {en} {name!r}; near: {', '.join(near)}"


def _explain(error: dict[str, Any]) -> tuple[str, str]:
    """A fault that pydantic found, in words."""
    key, context, kind = str(error["loc"][-1]) if error["loc"] else "", error.get("ctx", {}), error["type"]
    if kind == "extra_forbidden":
        return f"不認得「{key}」這個項目", f"unknown key {key!r}"
    if kind == "missing":
        return f"缺少「{key}」", f"{key!r} is missing"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        given, known = context.get("tag", "—"), context.get("expected_tags", "")
        known = known or ", ".join(f"'{each}'" for each in SCREENS)
        return f"screen 的「{given}」不是可用的畫面；可用的有 {known}", f"unknown screen {given!r}; there are {known}"
    if kind == "literal_error":
        return f"「{key}」應為 {context['expected']}", f"{key!r} should be {context['expected']}"
    return f"「{key}」的內容不對（{error['msg']}）", f"{key!r} is not right ({error['msg']})"


SCREENS = tuple(
    each.model_fields["screen"].annotation.__args__[0]
    for each in (Cover, Figures, Trend, Bars, States, Works, Work, Map, Reporters, Changes, Decisions)
)


def _line(tree: yaml.Node | None, loc: Sequence[str | int]) -> int | None:
    """The line on which a place of the content stands; that of what encloses it where it is missing."""
    if tree is None:
        return None
    line = tree.start_mark.line + 1
    for step in loc:
        if isinstance(tree, yaml.MappingNode):
            found = next(((key, value) for key, value in tree.value if key.value == step), None)
            if found is None:  # the name of a kind of screen, which pydantic puts in between
                continue
            tree, line = found[1], found[0].start_mark.line + 1
        elif isinstance(tree, yaml.SequenceNode) and isinstance(step, int) and step < len(tree.value):
            tree = tree.value[step]
            line = tree.start_mark.line + 1
    return line
