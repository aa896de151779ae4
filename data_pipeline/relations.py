"""How do views, marts and checks come from the SQL of the warehouse, and which of them may stand as they are?

A file is one `select`, named after its folder and itself; the order follows from what each names. Planning a mart or a
check takes one thread, and most have few rows: two are made at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from data_pipeline import describe, grow
from data_pipeline.store import PROJECT

WAREHOUSE = PROJECT / "duckdb"
RULED = re.compile(r"\brule\('([a-z_]+)'\)")
NAMED = re.compile(r"\b(raw|staging|marts|seeds|meta)\.([a-z_0-9]+)")
COMMENT = re.compile(r"--[^\n]*")
TOLD = {f"meta.{table}" for table in ("inputs", "sources", "columns", "lineage", "rejects", "checks", "rule_use")}
Changed = dict[str, grow.Span | None]
Elsewhere = Callable[[str, dict[str, str]], bool]


@dataclass(frozen=True)
class Offence:
    """A check that failed: its name, its claim, how many rows offend, and the first of them."""

    check: str
    zh: str
    en: str
    count: int
    sample: list[dict]


def create_views_and_marts(
    con: duckdb.DuckDBPyConnection, warehouse: Path = WAREHOUSE, progress: Callable[[float], None] = lambda share: None,
    changed: Changed | None = None, elsewhere: Elsewhere | None = None,
) -> tuple[dict[str, set[str]], set[str]]:  # fmt: skip
    """Create `staging` views and `marts` tables in the order their names ask for.

    Of a build that grows, a mart stands as it is where none of the `changed` sources is under it.

    Returns the lineage: for each relation the raw sources it stands on, and what each build says of itself; and which
    marts came out otherwise for that alone. Which rules it is made by, its own and those of what it is made from, stays
    in `meta.rule_use`.
    """
    texts = {
        f"{folder}.{path.stem}": path.read_text(encoding="utf-8")
        for folder in ("staging", "marts")
        for path in sorted((warehouse / folder).glob("*.sql"))
    }
    needs = {name: _named(text) - {name} for name, text in texts.items()}
    order = [name for name in TopologicalSorter(needs).static_order() if name in texts]
    lineage: dict[str, set[str]] = {}
    rules: dict[str, set[str]] = {}
    for name in order:
        own = {need.removeprefix("raw.") for need in needs[name] if need.startswith("raw.") or need in TOLD}
        lineage[name] = own.union(*(lineage.get(need, set()) for need in needs[name]))
        rules[name] = set(RULED.findall(texts[name])).union(*(rules.get(need, set()) for need in needs[name]))
    if changed is None:  # else they stand as they are, over the rows that came
        _create_views(con, {name: texts[name] for name in order})
    told_by_views = {name for name in order if name.startswith("staging.") and lineage[name] & TOLD}
    anew: set[str] = set()  # what stands on a word of the build about itself, and may have come out otherwise

    def make(name: str) -> None:
        told = needs[name] & (TOLD | told_by_views | anew)
        concerned = changed is None or lineage[name] & changed.keys()
        if not (concerned or told):
            return
        with _noting(f"marts/{name.removeprefix('marts.')}"), con.cursor() as own:
            spans = {each: changed[each] for each in concerned} if changed and concerned else {}
            done = not told and grow.renew(own, name, texts[name], spans)
            if concerned and not done and not (elsewhere and elsewhere(name, texts)):
                own.execute(f"create or replace table {name} as {texts[name]}")
            if told and (concerned or grow.remade(own, name, texts[name])):
                anew.add(name)

    marts = {name: needs[name] for name in order if name.startswith("marts.")}
    _each_after_its_needs(marts, make, progress, 1 if elsewhere else 2)  # an engine has one session
    con.execute("create table meta.rule_use (relation varchar, rule varchar)")
    describe.fill(con, "meta.rule_use", [(name, rule) for name in order for rule in sorted(rules[name])])
    return lineage, anew


def _create_views(con, texts: dict[str, str]) -> None:
    """The views as they are defined, but over records whose codes are text: an enum has an order and literals of its
    own, and only the raw tables gain by it."""
    coded = con.execute(
        """select table_name, list(column_name order by column_index) from duckdb_columns()
           where schema_name = 'raw' and starts_with(data_type, 'ENUM') group by 1"""
    ).fetchall()
    said = {f"raw.{table}": ", ".join(f"{name}::varchar as {name}" for name in names) for table, names in coded}
    for name, text in texts.items():
        if name.startswith("staging."):
            for table in said.keys() & _named(text):
                text = re.sub(rf"\b{table}\b", f"(select * replace ({said[table]}) from {table})", text)
            with _noting(f"staging/{name.removeprefix('staging.')}"):
                con.execute(f"create view {name} as {text}")


def _each_after_its_needs(
    needs: dict[str, set[str]], make: Callable[[str], None], progress: Callable[[float], None], at_once: int
) -> None:
    """Make each once all that it needs is made, so many at a time; the first error is raised, nothing more begun."""
    waiting = TopologicalSorter({name: of & needs.keys() for name, of in needs.items()})
    waiting.prepare()
    under_way: dict[Future, str] = {}
    made = 0
    with ThreadPoolExecutor(at_once) as pool:
        try:
            while waiting.is_active():
                under_way |= {pool.submit(make, name): name for name in waiting.get_ready()}
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    done.result()
                    waiting.done(under_way.pop(done))
                    made += 1
                    progress(made / len(needs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def run_checks(
    con: duckdb.DuckDBPyConnection, warehouse: Path = WAREHOUSE, lineage: dict[str, set[str]] | None = None,
    changed: Iterable[str] | None = None,
) -> list[Offence]:  # fmt: skip
    """Run every check; a check returns the offenders, and no rows is a pass. Results stay in `meta.checks`.

    Of a build that grows, a check that looks at nothing `changed`, source or mart, was passed by the build before.
    """
    con.execute("create table meta.checks (name varchar, zh varchar, en varchar, offenders bigint)")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((warehouse / "checks").glob("*.sql"))}

    def run(name: str) -> Offence:
        text = texts[name]
        zh, _, en = text.splitlines()[0].removeprefix("--").strip().partition(" / ")
        if changed is not None and not _concerned(text, lineage, changed):
            return Offence(name, zh, en, 0, [])
        asked, sample = f"from ({text.rstrip().rstrip(';')}\n)", []
        with _noting(f"checks/{name}"), con.cursor() as own:
            # The rows that offend are few; counting them in Python would not be true of a broken million.
            count = own.execute(f"select count(*) {asked}").fetchone()[0]
            if count:
                found = own.execute(f"select * {asked} limit 5")
                columns = [each[0] for each in found.description]
                sample = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        return Offence(name, zh, en, count, sample)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(run, texts))
    describe.fill(con, "meta.checks", [[each.check, each.zh, each.en, each.count] for each in found])
    return [each for each in found if each.count]


def _concerned(text: str, lineage: dict[str, set[str]], changed: Iterable[str]) -> bool:
    """Does a check look at a changed source, at what each build says of itself, or at a mart that this has changed?"""
    needs = _named(text)
    under = needs.union({need.removeprefix("raw.") for need in needs})
    for need in needs:  # a mart over what a build says is among the changed itself, where it came out otherwise
        under |= lineage.get(need, set()) - (TOLD if need.startswith("marts.") else set())
    return bool(under & TOLD.union(changed))


def _named(text: str) -> set[str]:
    """The relations that a statement names."""
    return {f"{schema}.{table}" for schema, table in NAMED.findall(COMMENT.sub("", text))}


@contextmanager
def _noting(place: str) -> Iterator[None]:
    """Say in which file broken SQL stands."""
    try:
        yield
    except duckdb.Error as error:
        error.add_note(f"in duckdb/{place}.sql")
        raise
