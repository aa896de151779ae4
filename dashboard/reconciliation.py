"""Can the printed figures be made again from what stands behind them? The verdicts, worst first, in words.

The verdict itself is decided in `duckdb/marts/reconciliation.sql`; here it only gets its shape, its word and its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from dashboard import look, periods, provenance, tiles, warehouse, words
from dashboard.look import State
from dashboard.words import pick, t

# In the order in which a reader should see them. Shape and word come with `verdict.yml`, the colour only adds to them.
VERDICTS = {
    "does_not_reproduce": State(look.STATES["seriously_behind"].colour, ""),
    "within_rounding": State(look.STATES["ahead"].colour, ""),
    "consistent": State(look.STATES["completed"].colour, ""),
    "reproduces": State(look.STATES["on_schedule"].colour, ""),
    "cannot_be_checked": State(look.PALE, "", look.INK),
}


def figures() -> tuple[dict, ...]:
    """Every printed figure with its verdict, worst first; then facts before simulated data, and doubts first."""
    order = list(VERDICTS)
    rows = warehouse.table("marts.reconciliation", None, "document, period_iso, key")
    return tuple(sorted(rows, key=lambda row: (order.index(row["verdict"]), row["is_simulated"], not row["doubt_zh"])))


def count(rows: Sequence[dict], verdict: str) -> int:
    return sum(row["verdict"] == verdict for row in rows)


def message(rows: Sequence[dict]) -> str:
    """The page's one sentence, counted from the rows.

    Simulated data are calibrated to the printed figures, so their agreement is told apart: it is no evidence.
    """
    agreeing = [row for row in rows if row["verdict"] in ("reproduces", "within_rounding")]
    simulated = sum(row["is_simulated"] for row in agreeing)
    return t(
        "sources.message_figures",
        figures=words.number(len(rows)),
        same=words.number(len(agreeing)),
        simulated=t("sources.simulated_only", n=words.number(simulated)) if simulated else "",
        consistent=words.number(count(rows, "consistent")),
        differ=words.number(count(rows, "does_not_reproduce")),
        unknown=words.number(count(rows, "cannot_be_checked")),
        rejects=words.number(provenance.rejected()),
    )


def verdicts(rows: Sequence[dict]) -> dict[str, str]:
    """Verdict → its shape, word and how many have it."""
    return {each: f"{t(f'verdict.{each}')} {words.number(count(rows, each))}" for each in VERDICTS}


def documents(rows: Sequence[dict]) -> dict[str, str]:
    """Document number → its name, in the order of the numbers."""
    return {
        row["document"]: f"{row['document']} {_side(row, 'document')}"
        for row in sorted(rows, key=itemgetter("document"))
    }


def columns() -> list[tiles.Column]:
    return [
        tiles.Column(t("sources.verdict")),
        tiles.Column(t("sources.figure"), width="32%"),
        tiles.Column(t("frame.published"), "right"),
        tiles.Column(t("sources.recomputed"), "right"),
        tiles.Column(t("sources.gap"), "right"),
        tiles.Column(t("sources.how"), width="36%"),
    ]


def cells(row: dict) -> list[object]:
    """One printed figure: what it says, what comes out, by how much they differ, how, and what is doubtful."""
    doubt = _side(row, "doubt")
    return [
        tiles.badge(VERDICTS[row["verdict"]], t(f"verdict.{row['verdict']}")),
        tiles.stacked(
            _side(row, "label"),
            f"{t('sources.document', number=row['document'])} · {words.printed_period(row)} · "
            f"「{words.quoted(row['quote'])}」",
        ),
        _with_unit(*_printed(row)),
        _recomputed(row),
        _gap(row),
        tiles.stacked(_side(row, "how"), t("sources.doubt", doubt=doubt) if doubt else ""),
    ]


def listing(rows: list[dict]) -> list[dict[str, object]]:
    """The rows as they are taken along: every figure with its words and what came out."""
    heads = ("verdict", "figure", "recomputed", "gap", "how")
    names = {each: t(f"sources.{each}") for each in heads}
    return [
        {
            names["verdict"]: t(f"verdict.{row['verdict']}"),
            names["figure"]: _side(row, "label"),
            t("frame.document"): row["document"],
            t("frame.period"): words.printed_period(row),
            t("frame.quote"): words.quoted(row["quote"]),
            t("frame.published"): row["value"] if row["value"] is not None else row["value_text"],
            t("sources.unit"): row["unit"],
            names["recomputed"]: row["recomputed"],
            names["gap"]: row["gap"],
            names["how"]: _side(row, "how"),
        }
        for row in rows
    ]


def _printed(row: dict) -> tuple[str, str]:
    """The figure as printed, and its unit; a date has none."""
    if row["unit"] != "date":
        return words.published_figure(row)
    year, *rest = row["value_text"].split("-")
    if words.language() == "en":
        return row["value_text"], ""
    return ".".join(str(int(part)) for part in (int(year) - periods.ROC, *rest)), ""


def _recomputed(row: dict) -> object:
    if row["recomputed"] is None:
        return "—"
    mark = f"△ {t('frame.simulated')}" if row["is_simulated"] else ""
    return tiles.stacked(_with_unit(words.number(row["recomputed"], _digits(row)), _unit(row)), mark)


def _with_unit(text: str, unit: str) -> object:
    """A figure and its unit; a long unit goes beneath, so that the column stays narrow."""
    if unit == "%":
        return f"{text}%"
    return tiles.stacked(text, unit) if len(unit) > 4 else f"{text} {unit}".rstrip()


def _gap(row: dict) -> object:
    """Recomputed less printed, with its sign; shares differ in points."""
    if row["gap"] is None:
        return "—"
    text = words.number(row["gap"], _digits(row))
    if not text.strip(f"{words.MINUS}0.,"):
        return "0"
    unit = t("sources.points") if row["unit"] == "%" else _unit(row)
    return _with_unit(f"{'+' if row['gap'] > 0 else ''}{text}", unit)


def _digits(row: dict) -> int:
    """As many decimals as show the difference: whole numbers none, others two or as printed."""
    if float(row["recomputed"]).is_integer() and "." not in row["value_text"]:
        return 0
    return max(2, len(row["value_text"].partition(".")[2]))


def _unit(row: dict) -> str:
    return row["unit"] if words.language() == "zh" else words.printed_unit(row["unit"])


def _side(row: dict, name: str) -> str:
    return pick({side: row[f"{name}_{side}"] for side in words.LANGUAGES})
