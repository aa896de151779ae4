"""Does any name that somebody gives lead out of the folder it belongs to?

Names of files, sources, meetings, notes, builds, agendas and pages: handed to the store, to the commands and to the
server. Afterwards nothing beside the store is new or different, and nothing outside was told.
"""

from __future__ import annotations

import contextlib
import http.client
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import quote, urlsplit

from data_pipeline.store import Store, StoreError, meetings, notes
from data_pipeline.store.files import safe_name
from tests.torture.bench import Bench, Tally, serving
from tests.torture.corpus import PATHS
from tests.torture.faults import City, calls, refused

TRIAL = "names"
PLACES = (
    "/slides/a/{}", "/slides/m/{}", "/api/v1/tables/{}", "/api/v1/metrics/{}", "/api/v1/metrics/{}/values", "/{}",
    "/?meeting={}", "/static/{}", "/app/static/{}", "/media/{}", "/component/{}", "/_stcore/{}", "/api/{}",
)  # fmt: skip


def run(bench: Bench) -> None:
    _kept(bench)
    _commands(bench)
    _served(bench)


def _kept(bench: Bench) -> None:
    with bench.tally(TRIAL, "path traversal in names of files: everything lies in its folder") as tally:
        place = bench.place("names")
        store = Store(place / "store")
        for name in PATHS:
            with contextlib.suppress(ValueError), store.keep("calls", f"file:{name}") as kept:
                where = kept.add(name, b"x")
                tally.hold(where.parent == kept.folder, f"{name!r} → {where}")
            tally.hold("/" not in (safe := safe_name(name)) and safe not in ("", ".", "..") and "\0" not in safe, name)
        for receipt in store.receipts("calls"):
            for path in store.files(receipt):
                inside = path.resolve().is_relative_to(store.root.resolve())
                tally.hold(inside and path.read_bytes() == b"x", f"lost or outside: {path}")
        tally.hold({each.name for each in place.iterdir()} == {"store"}, f"beside the store: {list(place.iterdir())}")


def _commands(bench: Bench) -> None:
    what = "path traversal in names of files, meetings, notes, builds, sources by command"
    with bench.tally(TRIAL, what) as tally, City(bench.place("named")) as city:
        before = _beside(city)
        for name in PATHS[:: 8 if bench.quick else 1]:
            if "\0" in name:  # no program can be given such a name
                continue
            _meetings(city, name, tally)
            for arguments in (
                ("publish", "--", name), ("build", f"--like={name}"), ("add", f"--source={name}", str(city.calls(0, 5))),
                ("note", "close", "--text=x", "--by=x", "--", name), ("meeting", "verify", "--", name),
                ("meeting", "export", f"--out={city.folder / 'out'}", "--", name),
                ("note", "add", f"--about=work:{name}/..", "--text=x", "--by=x"),
                ("template", f"--out={city.folder / 'out.csv'}", "--", name),
            ):  # fmt: skip
                done = city.run(*arguments)
                known = done.returncode == 0 and arguments[0] == "meeting" and name in ("", *_frozen(city))
                tally.hold(
                    refused(done) or done.returncode == 2 or known,
                    f"{arguments}: {done.returncode} {done.stdout[-200:]}",
                )
            _file(city, name, tally)
        tally.hold(_beside(city) == before, f"new beside the store: {_beside(city) - before}")
        tally.hold(not city.whole(), city.whole())


def _meetings(city: City, name: str, tally: Tally) -> None:
    done = city.run("meeting", "freeze", "--date=113.3.26", "--no-slides", "--by=x", "--", name)
    tally.hold(
        name in _frozen(city) if done.returncode == 0 else refused(done),
        f"{name!r}: {done.returncode} {done.stdout[-200:]}",
    )
    with contextlib.suppress(StoreError):
        notes.add(city.store, by="x", kind="note", about="metric:hotline.contacts", text="x", meeting=name)
        meetings.meeting(city.store, name)
        target = city.folder / "out.zip"
        meetings.export(meetings.meeting(city.store, name), target)
        with zipfile.ZipFile(target) as book:
            tally.hold(
                all(not each.startswith(("/", "..")) for each in book.namelist()), f"{name!r}: {book.namelist()[:3]}"
            )
        target.unlink()


def _frozen(city: City) -> set[str]:
    folder = city.store.root / "meetings"
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


def _file(city: City, name: str, tally: Tally) -> None:
    """A file that bears such a name, as far as the file system lets it."""
    folder = Path(tempfile.mkdtemp(dir=city.folder))
    path = folder / (name.replace("/", "_").encode()[:200].decode(errors="ignore").strip("\0") + ".csv")
    path.write_text(calls(0, 3), encoding="utf-8")
    for verb in (("add",), ("file", "--by=x")):
        done = city.run(*verb, "--source=calls", "--", str(path))
        tally.hold(done.returncode in (0, 3), f"{verb} {path.name!r}: {done.returncode} {done.stdout[-200:]}")


def _beside(city: City) -> set[str]:
    around = [city.folder, city.folder / "mini", Path(tempfile.gettempdir())]
    return {str(path) for place in around for path in place.iterdir() if "evil" in path.name or place != around[-1]
            if not path.name.startswith(("tmp", "calls_", "forked-", "out"))}  # fmt: skip


def _served(bench: Bench) -> None:
    what = "path traversal in every address of the server, raw and encoded: 4xx or the page"
    with bench.tally(TRIAL, what) as tally, serving(bench.built) as (address, _):
        host = urlsplit(address).netloc
        for name in PATHS[:: 8 if bench.quick else 1]:
            raw = name if name.isascii() and name.isprintable() else ""
            for place in PLACES:
                for told in {quote(name, safe=""), quote(name, safe="/.:\\"), raw}:
                    status, body = _ask(host, place.format(told.replace(" ", "%20")))
                    leaked = any(each in body for each in (b"root:x:", b"[auth]", b"Traceback", b"site-packages"))
                    tally.hold(status < 500 and not leaked, f"{place.format(told)[:120]}: {status} {body[:120]!r}")


def _ask(host: str, target: str) -> tuple[int, bytes]:
    """An address as it is, which no client has tidied up."""
    link = http.client.HTTPConnection(host, timeout=60)
    try:
        link.putrequest("GET", target, skip_host=True)
        link.putheader("Host", host)
        link.endheaders()
        answer = link.getresponse()
        return answer.status, answer.read()
    except (http.client.InvalidURL, UnicodeEncodeError):
        return 400, b""  # this client will not even say it
    finally:
        link.close()
