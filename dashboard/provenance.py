"""What is the build in use made of? Sources, receipts, rejects, rules, definitions and checks, as rows to print.

Nothing here is written by hand: all of it is read from the build (`meta.*`), its manifest and `metrics.yml`, so what
the screen says about the numbers cannot drift from how they were made.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from dashboard import periods, tiles, warehouse, words
from dashboard.tiles import Column
from dashboard.words import pick, t

RECEIPTS = 3  # files named under a source; a source of monthly parts would have dozens


def message(view: str) -> str:
    """The one sentence of a view, counted from what it shows."""
    standing, known = [state(row) for row in sources()], warehouse.catalogue().sets
    defaults = [row["is_default"] for row in warehouse.table("meta.rules")]
    held = [row["offenders"] for row in warehouse.table("meta.checks")]
    counts = {
        "sources": len(standing), "simulated": standing.count("simulated"), "late": standing.count("late"),
        "failed": standing.count("failed"), "never": standing.count("never"), "rejects": rejected(),
        "rules": len(defaults), "defaults": sum(defaults), "documented": len(defaults) - sum(defaults),
        "sets": len(known), "metrics": sum(len(each.metrics) for each in known.values()),
        "checks": len(held), "offended": sum(1 for offenders in held if offenders),
    }  # fmt: skip
    return t(f"sources.message_{view}", **{name: words.number(value) for name, value in counts.items()})


# Sources


def sources() -> tuple[dict, ...]:
    """Every declared source, those with something wrong first, then the real, the simulated, the empty ones."""
    order = ("failed", "late", "fresh", "once", "simulated", "never")
    rows = [_as_of_now(row) for row in warehouse.table("meta.sources", None, "system, name")]
    return tuple(sorted(rows, key=lambda row: (order.index(state(row)), not row["rejects"])))


def _as_of_now(row: dict) -> dict:
    """A source of the build in use, with the pulls that failed, or succeeded again, since it was built.

    A build frozen for a meeting says what was known then.
    """
    store = warehouse.here().store
    if build() != store.current_name():
        return row
    failing = store.failing(row["name"])
    if failing:
        return row | {"problem_zh": failing["zh"], "problem_en": failing["en"], "failing_since": failing["since"]}
    return row | {"problem_zh": None, "problem_en": None, "failing_since": None} if row.get("failing_since") else row


def rejected() -> int:
    """Rows left out over all sources."""
    return sum(row["rejects"] for row in warehouse.table("meta.sources"))


def simulated() -> bool:
    return any(row["is_simulated"] for row in warehouse.table("meta.sources"))


def state(row: dict, today: dt.date | None = None) -> str:
    """Whether more is due. Simulated data are never late: nobody promised more of them.

    `today` is the reader's calendar day in Taipei.
    """
    if row["problem_zh"]:
        return "failed"
    if row["delivered_at"] is None and not row["rows"]:  # the ledger is no delivery, and is there all the same
        return "never"
    if row["is_simulated"]:
        return "simulated"
    if row["next_due"] is None:
        return "once"
    return "late" if days_late(row, today) > 0 else "fresh"


def source_columns() -> list[Column]:
    return [
        Column(t("frame.source"), width="27%"),
        Column(t("sources.reach"), width="6.5rem"),
        Column(t("sources.due"), width="9rem"),
        Column(t("frame.rows"), "right"),
        Column(t("sources.rejects"), "right"),
        Column(t("sources.receipt"), width="22%"),
        Column(t("frame.caution"), width="24%"),
    ]


def source_cells(row: dict) -> list[object]:
    licence, cadence = t(f"frame.licence_{row['licence']}"), t(f"sources.every_{row['cadence']}")
    standing = t(f"sources.state_{state(row)}", days=words.number(max(0, days_late(row))))
    due = "" if row["is_simulated"] or not row["next_due"] else words.day(row["next_due"])
    unknown = row["unknown_headers"]
    return [
        tiles.stacked(pick(row), f"{row['name']} · {cadence} · {licence}", _side(row, "producer")),
        words.day(row["reach"]),
        tiles.stacked(standing, due),
        words.number(row["rows"]),
        words.number(row["rejects"]),
        tiles.stacked(*_receipts(row["name"])),
        tiles.stacked(
            f"✖ {_side(row, 'problem')}" if row["problem_zh"] else "",
            t("sources.failing_since", since=moment(row["failing_since"])) if row.get("failing_since") else "",
            _side(row, "caution"),
            t("sources.unknown_headers", names=unknown) if unknown else "",
        ),
    ]


def rejects_file(source: str) -> Path | None:
    """The CSV of what was left out of a source in the build in use; None where nothing was."""
    current = warehouse.here()
    path = current.store.root / "rejects" / current.name() / f"{source}.csv"
    return path if path.exists() else None


def rejects_of(source: str, limit: int = 200) -> list[dict[str, object]]:
    """The first rows left out of a source: where, what stood there, and why."""
    reasons = {row["reason"]: pick(row) for row in warehouse.table("seeds.reject_reasons")}
    rows = warehouse.table("meta.rejects", {"source": [source]}, "file, row_number", limit)
    return [
        {
            t("sources.file"): row["file"],
            t("sources.row"): row["row_number"],
            t("sources.column"): row["header"] or row["column_name"],
            t("sources.value"): row["value"],
            t("sources.reason"): reasons.get(row["reason"], row["reason"]),
        }
        for row in rows
    ]


def _receipts(source: str) -> list[object]:
    """The newest kept files of a source: when, from where, how large, and which bytes."""
    rows = warehouse.table("meta.inputs", {"source": [source]}, "delivered_at desc, file")
    told: list[object] = []
    for row in rows[:RECEIPTS]:
        told += [moment(row["delivered_at"]), row["place"]]
        told.append(tiles.hint(f"sha256 {row['sha256'][:8]}… · {_size(row['size_bytes'])}", row["sha256"]))
        if row["sha256"] != row["sha256_received"]:
            told.append(tiles.hint(t("sources.redacted"), row["sha256_received"]))
    if len(rows) > RECEIPTS:
        told.append(t("sources.more_files", n=words.number(len(rows) - RECEIPTS)))
    return told or ["—"]


def days_late(row: dict, today: dt.date | None = None) -> int:
    return ((today or periods.today()) - row["next_due"]).days if row["next_due"] else 0


# Rules, definitions, checks


def rule_columns() -> list[Column]:
    return [Column(t("sources.rule")), Column(t("sources.rule_value"), "right"), Column(t("sources.rule_basis"))]


def rules() -> list[list[object]]:
    """The thresholds and weights in force, as the file orders them; each a default, or with the words that set it."""
    names = {row["document"]: pick(row) for row in warehouse.table("seeds.published_documents")}
    return [
        [
            tiles.stacked(pick(row), row["name"]),
            words.rule(row["name"], row["value"]),
            f"△ {t('sources.default')}"
            if row["is_default"]
            else tiles.stacked(names.get(row["document"], row["document"] or "—"), f"「{row['quote']}」"),
        ]
        for row in warehouse.table("meta.rules")
    ]


def metric_sets() -> dict[str, str]:
    """The sets of metrics.yml and their titles, in the order of the systems."""
    known = warehouse.catalogue().sets
    return {name: pick(known[name].title) for name in sorted(known, key=lambda name: known[name].system)}


def metric_columns() -> list[Column]:
    return [
        Column(t("sources.metric"), width="20%"),
        Column(t("sources.unit"), width="6%"),
        Column(t("frame.formula"), width="32%"),
        Column(t("frame.meaning"), width="27%"),
        Column(t("sources.better"), width="15%"),
    ]


def definitions(chosen: str, said: str = "") -> list[list[object]]:
    """Every metric of a set, as declared: what it is called, counted in, made of, means, and is held against.

    Of those only the ones that hold the words `said`.
    """
    of = warehouse.catalogue().sets[chosen]
    rows = []
    for short, metric in of.metrics.items():
        caution = t("sources.caution_is", text=pick(metric.caution)) if metric.caution else ""
        held = [t(f"sources.better_{metric.better}")]
        if metric.target is not None:
            held.append(t("frame.target", value=words.amount(metric.target, metric.unit)))
        if metric.n:
            held.append(t("sources.rests_on", text=pick(of.metrics[metric.n].label)))
        rows.append([
            tiles.stacked(pick(metric.label), f"{chosen}.{short}"),
            words.figure(0, metric.unit, exact=True)[1] or "—",
            tiles.stacked(tiles.code(metric.sql), of.relation),
            tiles.stacked(pick(metric.means), caution),
            tiles.stacked(*held),
        ])  # fmt: skip
    return [row for row in rows if said.lower() in " ".join(map(str, row)).lower()]


def check_columns() -> list[Column]:
    return [Column(t("sources.check_result")), Column(t("sources.check_claim")), Column(t("sources.check_file"))]


def checks() -> list[list[object]]:
    """Every claim the build was held to before it was published, and whether a row offended."""
    return [
        [
            t("sources.passed") if not row["offenders"] else t("sources.offenders", n=words.number(row["offenders"])),
            pick(row),
            f"duckdb/checks/{row['name']}.sql",
        ]
        for row in warehouse.table("meta.checks", None, "name")
    ]


def manifest() -> list[list[object]]:
    """From what the build in use was made, and how long each step took."""
    current = warehouse.here()
    made = current.store.build(current.name()).manifest
    standing = [row["is_simulated"] for row in warehouse.table("meta.sources")]
    steps = "　".join(f"{name} {words.number(took, 1)} s" for name, took in made["seconds"].items())
    return [
        [t("sources.build_name"), current.name()],
        [t("sources.built_at"), moment(made["built_at"])],
        [t("frame.rows"), words.number(sum(made["rows"].values()))],
        [t("sources.rejects"), words.number(sum(made["rejects"].values()))],
        [t("sources.simulated_sources"), t("sources.of", n=standing.count(True), all=len(standing))],
        [t("sources.seconds"), f"{words.number(sum(made['seconds'].values()), 1)} s（{steps}）"],
        [t("sources.fingerprint"), tiles.hint(f"{made['fingerprint'][:16]}…", made["fingerprint"])],
    ]


def moment(text: str) -> str:
    """A time of the store (UTC, ISO) as a reader in Tainan knows it."""
    at = dt.datetime.fromisoformat(text).astimezone(periods.TAIPEI)
    return f"{words.day(at.date())} {at:%H:%M}"


def build() -> str:
    """The name of the build in use."""
    return warehouse.here().name()


def pair() -> list[Column]:
    return [Column(t("sources.property")), Column(t("sources.value"))]


def _size(count: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{words.number(count / factor, 1)} {unit}"
    return f"{words.number(count)} B"


def _side(row: dict, name: str) -> str:
    return pick({side: row[f"{name}_{side}"] for side in words.LANGUAGES})
