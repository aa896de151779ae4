"""What does a document print for each part of a whole, and what do the records of the same period give?

The parts are the codes of a dimension; the ledger keeps each under `<prefix>_<code>`, in the order of the document.
"""

from __future__ import annotations

from dashboard import reconciliation, tiles, warehouse, words
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import ask
from dashboard.words import pick, t


def columns(dimension: str, *names: str) -> list[Column]:
    """The heads: the parts with the unit of the first metric, printed, recorded, gap, and any further metrics."""
    first, *more = (warehouse.catalogue().find(each)[1] for each in names)
    unit = words.figure(0, first.unit)[1]
    name = pick(warehouse.dimension(dimension).label)
    recorded = tiles.marked(t("frame.operational"), ask(names[0]).is_simulated)
    heads = [t("frame.published"), recorded, t("sources.gap"), *(pick(each.label) for each in more)]
    return [Column(words.noted(name, unit), "name")] + [Column(each, "right") for each in heads]


def rows(dimension: str, prefix: str, total: str, period: Period, *names: str) -> list[list[str]]:
    """One row a part in the order of the document and one for the whole, whose ledger key is `total`.

    The first metric is what the document counts; each further one gets a column of its own.
    """
    labels = warehouse.labels(dimension)
    split = [{row[dimension]: row["value"] for row in ask(each, period, by=(dimension,)).rows} for each in names]
    whole = [ask(each, period) for each in names]
    units = [each.metric.unit for each in whole]
    told = [_row(pick(labels[code]), _printed(f"{prefix}_{code}"), [each.get(code) for each in split], units)
            for code in labels]  # fmt: skip
    return [*told, _row(t("claims.total"), _printed(total), [each.value for each in whole], units)]


def judged(*keys: str) -> list[list[object]]:
    """The rows of the reconciliation for these keys of the ledger, worst first; heads: `reconciliation.columns`."""
    return [reconciliation.cells(row) for row in reconciliation.figures() if row["key"] in keys]


def _printed(key: str) -> dict | None:
    found = warehouse.published(key)
    return found[-1] if found else None


def _row(name: str, printed: dict | None, values: list, units: list[str]) -> list[str]:
    first = values[0] or 0  # a part with no record is counted as none
    gap = first - printed["value"] if printed else None
    sign = "+" if gap and gap > 0 else ""
    return [
        name,
        words.published_figure(printed)[0] if printed else "—",
        words.number(first),
        "—" if gap is None else f"{sign}{words.number(gap)}",
        *(words.amount(value, unit) for value, unit in zip(values[1:], units[1:], strict=True)),
    ]
