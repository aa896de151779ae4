"""Is it fast beside its peers? `python -m tests.bench [--only NAME] [--rows 1000000,10000000] [--times 7] [--quick]`

Each measure is taken of all peers in turn within one run, so that a busy machine slows all of them; what counts are the
ratios. Environments of peers and cases are kept in the folder that RDEC_BENCH names, else in a temporary one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import browser, case, rows, sessions
from tests.bench.case import Case
from tests.bench.servers import NAMES, resident, serving
from tests.bench.tables import aims, at, fault, machine, out, ratio, spread, table
from tests.conftest import ROOT
from tests.torture.viewer import Viewer

MEASURES = ("pages", "start", "sessions", "rows", "build")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=MEASURES, help="this measure alone; may be said again")
    parser.add_argument("--peers", default=",".join(NAMES), help="which servers, with commas")
    parser.add_argument("--times", type=int, default=7, help="rounds")
    parser.add_argument("--seconds", type=float, default=60, help="how long the 50 sessions click; loops take a third")
    parser.add_argument("--rows", default="1000000", help="hotline contacts in the case; several with commas")
    parser.add_argument("--sizes", default="1000000,10000000,100000000", help="of the measure `rows`")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="another checkout of the product")
    parser.add_argument("--quick", action="store_true", help="one round over a small case, to see that it runs")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.times, chosen.seconds, chosen.rows, chosen.sizes = 1, 6, "20000", "20000,200000"
    chosen.checkout = chosen.checkout.resolve()
    if unknown := set(chosen.peers.split(",")) - set(NAMES):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    folder = chosen.folder = case.kept().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    peers = [each for each in NAMES if each in chosen.peers.split(",")]
    machine(folder, peers, chosen.checkout)
    counts = [int(each) for each in chosen.rows.split(",")]
    made = {count: case.make(folder, count, chosen.checkout) for count in counts}
    wrong = 0
    for measure in chosen.only or MEASURES:
        for one in made.values() if measure in ("pages", "sessions") else [next(iter(made.values()))]:
            wrong += RUN[measure](peers, one, chosen)
    return int(wrong > 0)


def pages(peers: Sequence[str], made: Case, chosen) -> int:
    """Cold, warm, filter, page to page, bytes: in a browser."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serving(each, made, chosen.folder, chosen.checkout)) for each in peers]
        found = browser.measure(servers, chosen.times, lambda told: print(told, file=sys.stderr))
    heads = ("cold", "warm", "year, new", "year, again", "district, new", "district, again", "to a page", "kB cold",
             "kB warm")  # fmt: skip
    title = f"To the last chart drawn, ms: median (least–most) of {chosen.times} rounds; {made.rows:,} contacts"
    table(title, heads, {name: [spread(got.found.get(head)) for head in heads] for name, got in found.items()})
    middle = {
        head: {name: statistics.median(got.found[head]) for name, got in found.items() if head in got.found}
        for head in heads
    }
    table("The product, as a ratio to its peers", heads, {
        f"÷ {peer}": [f"{value:.2f}" if (value := ratio(middle[head], peer)) else "—" for head in heads]
        for peer in peers if peer != "product"
    })  # fmt: skip
    spent = ("server, cold", "server, year", "server, district")
    table("The server's processor time meanwhile, ms", spent, {
        name: [spread(got.found.get(head)) for head in spent] for name, got in found.items()
    })  # fmt: skip
    faults = [each for got in found.values() for each in got.faults]
    fault(faults)
    filters = heads[2:6]
    own = {head: middle[head].get("product") for head in heads}
    told = [(f"{head} ÷ dash", ratio(middle[head], "dash"), 1.0) for head in ("cold", "warm", *filters)]
    told += [(f"{head} ÷ bare", ratio(middle[head], "bare"), 2.0) for head in filters]
    told += [(f"{head} ÷ naive", ratio(middle[head], "naive"), 0.67) for head in ("cold", "warm", *filters)]
    told += [
        ("to a page ÷ year, new", own["to a page"] / own["year, new"] if own["to a page"] else None, 1.2),
        ("MB cold", own["kB cold"] / 1000 if own["kB cold"] else None, 2.5),
    ]
    aims(told)
    return len(faults)


def start(peers: Sequence[str], made: Case, chosen) -> int:
    """From the start of a server to its page answered over HTTP, and to the page run to its end in a session."""
    found = {name: ([], []) for name in ("hello", "product")}
    for turn in range(chosen.times):
        for name in sorted(found, reverse=bool(turn % 2)):
            began = time.perf_counter()
            with serving(name, made, chosen.folder, chosen.checkout) as server:
                found[name][0].append(1000 * (time.perf_counter() - began))
                with Viewer(server.root) as viewer:
                    viewer.open(server.page.rsplit("/", 1)[1])
                found[name][1].append(1000 * (time.perf_counter() - began))
    title = f"From the start of the server, ms: median (least–most) of {chosen.times}"
    heads = ("first page answered", "and run to its end")
    table(title, heads, {name: [spread(each) for each in both] for name, both in found.items()})
    middle = [{name: statistics.median(both[at]) for name, both in found.items()} for at in (0, 1)]
    aims([(f"{head} ÷ hello", ratio(each, "hello"), 1.5) for head, each in zip(heads, middle, strict=True)])
    return 0


def many(peers: Sequence[str], made: Case, chosen) -> int:
    """A filter with 1, 20 and 50 sessions, and the server's memory and processor time."""
    names = [each for each in peers if each != "hello"]
    one, twenty, fifty = ({name: sessions.Load() for name in names} for _ in range(3))
    atfirst, loop, turns = {}, chosen.seconds / 3, 2
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serving(each, made, chosen.folder, chosen.checkout)) for each in names]
        for server in servers:
            atfirst[server.name] = resident(server.pid)
            sessions.measure(server, 1, loop / 4)  # warm
        for count, loads in ((1, one), (20, twenty)):
            for turn in range(turns):
                for server in servers if turn % 2 == 0 else servers[::-1]:
                    sessions.measure(server, count, loop / turns, found=loads[server.name])
        for server in servers:
            sessions.measure(server, 50, chosen.seconds, sessions.THINK, fifty[server.name])
    faults = [each for loads in (one, twenty, fifty) for load in loads.values() for each in load.faults]
    spent = {name: 1000 * one[name].processor / max(1, len(one[name].seconds)) for name in names}
    apiece = {name: (fifty[name].memory - one[name].memory) / 49 for name in names}
    heads = ("1: p50", "p95", "20: p50", "p95", "50 click: p50", "p95", "errors", "processor", "MB at start", "after 1",
             "20", "50", "MB a session")  # fmt: skip
    table(
        f"A filter at the server, ms; closed loops of {loop:g} s, then 50 who click every {sessions.THINK:g} s for "
        f"{chosen.seconds:g} s; {made.rows:,} contacts",
        heads,
        {
            name: [
                *(f"{1000 * at(load[name].seconds, share):,.0f}" for load in (one, twenty, fifty) for share in (0.5, 0.95)),
                f"{sum(len(load[name].faults) for load in (one, twenty, fifty))}", f"{spent[name]:,.0f}",
                f"{atfirst[name]:,.0f}", *(f"{load[name].memory:,.0f}" for load in (one, twenty, fifty)),
                f"{apiece[name]:.1f}",
            ]
            for name in names
        },
    )  # fmt: skip
    fault(faults)
    tail = {name: at(load.seconds, 0.95) for name, load in twenty.items()}
    own = "product" in names
    aims([
        ("20 sessions: p95 ÷ naive", ratio(tail, "naive"), 0.15),
        ("50 sessions: p95, s", at(fifty["product"].seconds, 0.95) if own else None, 1.0),
        ("50 sessions: errors", float(len(fifty["product"].faults)) if own else None, 0),
        ("MB a session", apiece.get("product"), 15),
        ("server's processor time of a filter, ms", spent.get("product"), 30),
    ])  # fmt: skip
    return len(faults)


def sizes(peers: Sequence[str], made: Case, chosen) -> int:
    """The server's part of a filter, with more and more records."""
    counts = [int(each) for each in chosen.sizes.split(",")]
    base = case.make(chosen.folder, counts[0], chosen.checkout)
    found = rows.measure([rows.grow(base, each) for each in counts], chosen.folder, chosen.checkout, chosen.times)
    heads = ("answered, ms", "processor, ms", "÷ the least", "rows of the mart")
    first = found[counts[0]]
    table(f"A filter at the server, one session: median of {chosen.times} rounds of 20", heads, {
        f"{count:,} contacts": [f"{got['wall']:,.0f}", f"{got['processor']:,.0f}",
                                f"{got['processor'] / first['processor']:.2f}", f"{got['mart']:,.0f}"]
        for count, got in found.items()
    })  # fmt: skip
    last = found[counts[-1]]
    aims([
        ("processor time of a filter, ms, least", first["processor"], 30),
        ("processor time of a filter, ms, most", last["processor"], 30),
        ("most ÷ least", last["processor"] / first["processor"], 1.2),
        ("most ÷ least, answered", last["wall"] / first["wall"], 1.2),
    ])  # fmt: skip
    return 0


def build(peers: Sequence[str], made: Case, chosen) -> int:
    """A full build beside a plain load of the same files."""
    out.print("A full build beside a plain load of the same files; aim: ratio at most 2")
    given = ["--times", str(min(3, chosen.times)), *(["--scale", "0.01"] if chosen.quick else [])]
    return subprocess.run([sys.executable, "-m", "tests.benchmark_build", *given], cwd=chosen.checkout).returncode


RUN = {"pages": pages, "start": start, "sessions": many, "rows": sizes, "build": build}

if __name__ == "__main__":
    sys.exit(main())
