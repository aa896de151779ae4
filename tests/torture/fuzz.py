"""Does any malformed file end in an exception, lose a good row, or refuse one without a reason?

Each reader is called as the program calls it: the file is kept (`filing.add`, or a page of a service through `pull`)
and then loaded into DuckDB. That happens in processes of their own, bound in memory and time: a reader of spreadsheets
is native code and may take its process along.

    python -m tests.torture.fuzz READER FIRST LAST SEED FOLDER      one such process; its counts as JSON
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import ROOT
from tests.torture.bench import Bench

READERS = ("csv", "xlsx", "ods", "pcc", "soa", "open1999", "georeport json", "georeport xml", "ckan", "datagov")
FILES = 10_000
PART = 500  # files a process
SECONDS = 20  # of the processor, for one file: a machine that is busy is no fault of it
MEMORY = 3 * 1024**3


def run(bench: Bench) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process
        list(pool.map(lambda reader: _read(bench, reader), READERS))


def _read(bench: Bench, reader: str) -> None:
    with bench.tally("fuzz", f"{reader}: malformed files, uncaught exceptions") as tally:
        folder = bench.place(f"fuzz-{reader.replace(' ', '-')}")
        counts = _all(reader, bench.times(FILES), bench.seed, folder, tally)
        tally.said = (
            f"{counts['read']:,} read, {counts['whole']:,} refused whole with a sentence; good rows kept "
            f"{counts['good']:,} of {counts['good'] + counts['lost']:,}; rows refused {counts['rejects']:,}, "
            f"unexplained {counts['unexplained']:,}"
        )


def _all(reader: str, files: int, seed: int, folder: Path, tally) -> Counter:
    counts: Counter = Counter()
    first = 0
    while first < files:
        last = min(files, first + PART)
        done = subprocess.run(
            [sys.executable, "-m", "tests.torture.fuzz", reader, str(first), str(last), str(seed), str(folder)],
            cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        at = int((folder / "at").read_text()) if (folder / "at").exists() else first
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        for each in told:
            if "odd" in each:
                tally.hold(False, f"{reader} file {each['at']}: {each['odd']}")
        if done.returncode == 0:
            counts.update(told[-1]["counts"])
            tally.held += told[-1]["counts"]["held"]
        else:  # the process ended with the file: what came before is counted, the rest goes on after it
            counts.update(json.loads((folder / "counts").read_text()))
            tally.held += json.loads((folder / "counts").read_text())["held"]
            tally.hold(False, f"{reader} file {at}: the process ended ({done.returncode}): {done.stderr[-300:]}")
            last = at + 1
        first = last
    return counts


class _Late(BaseException):
    """A file took too long."""


def _late(*_):
    raise _Late(f"more than {SECONDS} s of the processor")


def _part(reader: str, first: int, last: int, seed: int, folder: Path) -> None:
    import resource

    from data_pipeline.grids import FileFault
    from tests import fault_table, miniature
    from tests.torture import mutants

    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.fsync = lambda _: None  # what a power cut does is another trial's matter
    signal.signal(signal.SIGPROF, _late)
    if reader in ("csv", "xlsx", "ods"):
        source = miniature.source(miniature.CALLS)
    elif reader == "pcc":
        source = fault_table._shipped("tender_lags")
    else:
        source = fault_table.source_of(reader, "http://127.0.0.1")
    con = fault_table._ground()
    con.execute("set threads = 1; set memory_limit = '512MB'")
    counts = Counter(held=0)
    for at in range(first, last):
        (folder / "at").write_text(str(at))
        (folder / "counts").write_text(json.dumps(counts))
        made = _made(mutants, reader, random.Random(f"{seed} {reader} {at}"))
        place = folder / "store"
        shutil.rmtree(place, ignore_errors=True)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            odd = _one(con, source, made, place, counts)
        except FileFault as fault:
            counts["whole"] += 1
            odd = []
            if not (fault.zh and fault.en and fault.zh != fault.en):
                odd.append(f"refused without a sentence in both languages: {fault}")
            if not made.may_be_refused:
                counts["lost"] += len(made.good)
                odd.append(f"a file of good rows was refused: {fault}")
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # also what native code throws
            import traceback

            frames = traceback.extract_tb(error.__traceback__)
            where = [f"{Path(each.filename).name}:{each.lineno}" for each in frames if "data_pipeline" in each.filename]
            odd = [f"{type(error).__name__}: {str(error)[:200]} at {' '.join(where[-2:])}"]
            con = fault_table._ground.__wrapped__() if "duckdb" in type(error).__module__ else con
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        counts["held"] += not odd
        for each in odd:
            print(json.dumps({"at": at, "odd": each}, ensure_ascii=False), flush=True)
    print(json.dumps({"counts": counts}), flush=True)


def _made(mutants, reader: str, dice: random.Random):
    """The file of this turn: half are spoilt in their structure, half in their bytes."""
    if dice.random() < 0.5:
        if reader == "csv":
            return mutants.spoilt_rows(dice) if dice.random() < 0.5 else mutants.table("csv", dice)
        if reader in ("xlsx", "ods"):
            return mutants.table(reader, dice)
        if reader != "datagov":
            return _tenders(mutants, dice) if reader == "pcc" else mutants.spoilt_records(reader, dice)
    if reader in ("csv", "xlsx", "ods"):
        made = mutants.table(reader, dice)
        name, body = made.name, made.body
    elif reader == "pcc":
        name, body = "標案.xml", mutants.tenders()
    else:
        name, body = mutants.answer(reader)
    if reader in ("xlsx", "ods") and dice.random() < 0.7:
        return mutants.Made(name, mutants.spoilt_book(body, dice))
    return mutants.Made(name, mutants.spoilt_bytes(body, dice))


def _tenders(mutants, dice: random.Random):
    kept, mutants.answer = mutants.answer, lambda kind: ("標案.xml", mutants.tenders())
    try:
        return mutants.spoilt_records("pcc", dice)
    finally:
        mutants.answer = kept


def _one(con, source, made, place: Path, counts: Counter) -> list[str]:
    """Keep and load one file; what is odd about the outcome. Raises FileFault where it is refused as a whole."""
    from data_pipeline import filing, load, pull
    from data_pipeline.store import Store
    from tests.fault_table import TODAY

    store, odd = Store(place / "store"), []
    work = place / "work"
    work.mkdir(parents=True)
    if source.where.protocol in ("file", "pcc"):
        path = place / made.name
        path.write_bytes(made.body)
        receipt = filing.add(store, source, path)
    else:
        with store.keep(source.name, "test") as kept:
            tally = pull.Tally(source, store, kept, TODAY)
            tally.take(pull.Page(made.name, made.body))
            tally.close()
        receipt = kept.receipt
    counts["read"] += 1
    if receipt.status == "empty":
        return odd
    loaded = load.load(con, store, source, [receipt], work)
    key = source.key[0]
    kept_keys = [row[0] for row in con.execute(f"select {key} from raw.{source.name}").fetchall()]
    unexplained, refused = con.execute(
        "select count(*) filter (coalesce(trim(zh), '') = '' or coalesce(trim(en), '') = ''), "
        "count(distinct (file, row_number)) from meta.rejects r "
        "left join seeds.reject_reasons using (reason) where r.source = ?", [source.name],
    ).fetchone()  # fmt: skip
    counts["rejects"] += refused
    counts["unexplained"] += unexplained
    if unexplained:
        odd.append(f"{unexplained} refused without a reason")
    if loaded.rejects + loaded.notes != refused:
        odd.append(f"{refused} rows were refused, {loaded.rejects} + {loaded.notes} are told")
    if made.good is not None:
        lost = made.good - set(kept_keys)
        counts["good"] += len(made.good) - len(lost)
        counts["lost"] += len(lost)
        if lost:
            odd.append(f"good rows lost: {sorted(lost)[:3]}")
    if made.bad is not None and (len(kept_keys), refused) != (len(made.good), made.bad):
        odd.append(f"{len(kept_keys)} kept of {len(made.good)} good, {refused} refused of {made.bad} bad")
    return odd


if __name__ == "__main__":
    _part(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
