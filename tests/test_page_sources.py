"""Does the page say of the build what the build itself holds, and can nothing in a file become markup?"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import downloads, provenance, reconciliation, words
from dashboard import warehouse as asking
from dashboard.metrics import catalogue
from data_pipeline import build as building
from data_pipeline import declarations
from tests.conftest import ROOT
from tests.test_pages import pieces, run, text_of

pytestmark = pytest.mark.usefixtures("chinese")

TRAP = "<img src=x onerror=alert(1)>"
HEADER = f"話務編號,受理時間,管道,服務類型,案件類別,機關,行政區,等候秒數,來電者姓名,{TRAP}\n"
GOOD = "c{i},112-09-1{i} 08:00,電話,諮詢,稅務,研究發展考核委員會,永康區,{i},王小明,x\n"
BAD = (
    "c90,昨天,電話,諮詢,稅務,研究發展考核委員會,永康區,3,王小明,x\n"
    "c91,112-01-01 08:00,傳真,諮詢,稅務,研究發展考核委員會,,3,王小明,x\n"
)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose only data are one real file: eight good rows, two bad ones, a personal and an unknown column."""
    folder = tmp_path_factory.mktemp("handed-in")
    file = folder / "hotline_contacts<b>11209.csv"
    file.write_text(HEADER + "".join(GOOD.format(i=i) for i in range(8)) + BAD, encoding="utf-8")
    for arguments in (["add", str(file), "--source", "hotline_contacts"], ["build", "--no-sample"]):
        done = subprocess.run(
            [sys.executable, "-m", "data_pipeline", "--store", str(folder / "store"), *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "store"


@pytest.fixture
def real(handed_in: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RDEC_STORE", str(handed_in))
    asking.here.cache_clear()
    yield
    asking.here.cache_clear()


def open_page(**asked: str) -> str:
    """The page's text. The tester words the options of widgets itself, so it must speak the page's language."""
    words.speak(asked.get("lang", "zh"))
    test = run("sources", **asked)
    assert not test.exception and not test.error, [each.value for each in (*test.exception, *test.error)]
    return "".join(pieces(test))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", ["figures", "sources", "rules", "definitions", "checks"])
def test_every_view_opens_from_a_link_in_both_languages(warehouse, view: str, language: str) -> None:
    words.speak(language)
    expected = reconciliation.message(reconciliation.figures()) if view == "figures" else provenance.message(view)
    assert expected in open_page(view=view, lang=language)


def test_the_message_counts_every_printed_figure_once(warehouse) -> None:
    rows = asking.table("marts.published_figures")
    figures = reconciliation.figures()
    assert len(figures) == len(rows)
    assert sum(reconciliation.count(figures, each) for each in reconciliation.VERDICTS) == len(rows)


def test_agreement_of_simulated_data_is_told_apart(warehouse) -> None:
    agreeing = [row for row in reconciliation.figures() if row["verdict"] in ("reproduces", "within_rounding")]
    simulated = sum(row["is_simulated"] for row in agreeing)
    assert 0 < simulated < len(agreeing)
    assert f"{len(agreeing)} 個可重現（{simulated} 個僅憑模擬資料）" in open_page()


def test_a_claim_that_does_not_reproduce_comes_first_with_its_doubt_in_full(warehouse) -> None:
    shown = open_page()
    (row,) = (row for row in reconciliation.figures() if row["key"] == "forward_works_on_schedule_rate")
    assert row["verdict"] == "does_not_reproduce" and row["doubt_zh"] in shown
    assert shown.index("92.04%") < shown.index(words.t("verdict.cannot_be_checked") + "</span>")
    assert "94.87%" in shown and "+2.83 個百分點" in shown


def test_the_documents_own_near_about_and_over_are_kept(warehouse) -> None:
    shown = open_page()
    assert "近 118 萬件" in shown and "逾 142 萬件" in shown and "約 122,000 件" in shown


def test_a_filter_of_the_link_leaves_only_what_it_names(warehouse) -> None:
    every = reconciliation.figures()
    wanted = [row for row in every if row["document"] == "003" and row["verdict"] == "reproduces"]
    shown = open_page(document="003", verdict="reproduces")
    assert wanted and shown.count('<span class="chip"') == len(wanted)


def test_filters_that_nothing_fits_say_so(warehouse) -> None:
    shown = run("sources", document="004", verdict="does_not_reproduce")
    assert not shown.exception and words.t("sources.no_figures") in [each.value for each in shown.info]


def test_every_metric_is_defined_on_screen(warehouse) -> None:
    shown = open_page(view="definitions")
    missing = [name for name in catalogue().names() if f">{name}<" not in shown]
    assert not missing


def test_a_rule_names_itself_a_default_or_quotes_its_document(warehouse) -> None:
    cells = provenance.rules()
    for row, (_, value, basis) in zip(asking.table("meta.rules"), cells, strict=True):
        assert value and (words.t("sources.default") in basis) == row["is_default"]
        assert row["is_default"] or f"「{row['quote']}」" in basis.replace("&#34;", '"')


def test_rejects_are_counted_explained_and_handed_out(real) -> None:
    test = run("sources", view="sources")
    assert "退件 2 筆" in text_of(test)
    (file,) = [each for each in test.get("download_button") if each.proto.label.lower() not in downloads.FORMS]
    body = provenance.rejects_file("hotline_contacts").read_bytes().decode("utf-8-sig")
    assert file.proto.label and [line[4] for line in csv.reader(io.StringIO(body))][1:] == ["昨天", "傳真"]
    assert [row["內容"] for row in provenance.rejects_of("hotline_contacts")] == ["昨天", "傳真"]
    assert "王小明" not in body


def test_the_receipt_says_that_personal_columns_were_removed(real) -> None:
    (kept,) = asking.table("meta.inputs")
    shown = open_page(view="sources")
    assert kept["sha256"] != kept["sha256_received"]
    assert words.t("sources.redacted") in shown and f'title="{kept["sha256"]}"' in shown


def test_a_pull_that_fails_is_told_since_when_before_the_next_build_and_until_one_succeeds(
    real, handed_in: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(handed_in, tmp_path / "store")
    monkeypatch.setenv("RDEC_STORE", str(tmp_path / "store"))
    asking.here.cache_clear()
    store = asking.here().store
    told = words.t("sources.failing_since", since="").split("；")[0].split("起")[1]
    assert told not in open_page(view="sources")
    store.fail("open1999_cases", "x", "連不上服務", "The service cannot be reached")
    store.fail("open1999_cases", "x", "逾時未回應", "It did not answer in time")
    first, _ = store.failures("open1999_cases")
    shown = open_page(view="sources")
    assert "✖ 逾時未回應" in shown and words.t("sources.failing_since", since=provenance.moment(first["at"])) in shown
    assert "1 個失敗" in shown and "It did not answer in time" in open_page(view="sources", lang="en")
    words.speak("zh")
    with store.writing():  # the next build keeps it, and the page goes on from there
        sources = declarations.load()
        store.publish(building.build(store, sources).build.name)
    (row,) = asking.table("meta.sources", {"name": ["open1999_cases"]})
    assert row["failing_since"] == first["at"] and "✖ 逾時未回應" in open_page(view="sources")
    with store.keep("open1999_cases", "x") as kept:
        kept.add("2024-01-01.xml", b"<x/>")
    assert told not in open_page(view="sources")


def test_text_of_a_file_never_becomes_markup(real) -> None:
    shown = open_page(view="sources")
    assert TRAP not in shown and "<b>11209" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown and "&lt;b&gt;11209" in shown


def test_lateness_is_told_of_real_data_only(real, warehouse, handed_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = dt.date(2023, 10, 5), dt.date(2023, 10, 6)
    simulated = next(row for row in asking.table("meta.sources") if row["is_simulated"] and row["next_due"])
    assert provenance.state(simulated, today=dt.date(2099, 1, 1)) == "simulated"
    monkeypatch.setenv("RDEC_STORE", str(handed_in))
    asking.here.cache_clear()
    (hotline,) = asking.table("meta.sources", {"name": ["hotline_contacts"]})
    assert hotline["next_due"] == before  # September does not end in the file, so September is owed
    assert (provenance.state(hotline, before), provenance.state(hotline, after)) == ("fresh", "late")


def test_the_ledger_is_there_and_is_counted_among_the_sources(warehouse) -> None:
    (ledger,) = asking.table("meta.sources", {"name": ["published_figures"]})
    assert ledger["rows"] == len(asking.table("marts.published_figures")) and provenance.state(ledger) == "once"
    known = asking.table("meta.sources")
    shown = open_page(view="checks")
    assert f"{sum(row['is_simulated'] for row in known)}／{len(known)}" in shown
    assert f"{len(known)} 個來源" in open_page(view="sources")
