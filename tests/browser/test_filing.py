"""What an editor does with a file on the screen: look, file, take back; and what nobody else gets to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data_pipeline import declarations
from data_pipeline.store import Store, audit
from tests.browser.conftest import Visit
from tests.browser.test_pages import barriers
from tests.browser.test_roles import ADMINISTRATOR, EDITOR, UNVERIFIED, VIEWER, copied, dashboard, provider
from tests.conftest import ROOT
from tests.torture.bench import command

pytestmark = pytest.mark.filterwarnings("ignore:.*authlib")
HEAD = "案件編號,受理日期,陳情管道,案件類別,機關,行政區,應結案日期,結案日期,陳情人姓名\n"
GOOD = HEAD + "P1,112.3.26,電話,交通運輸,交通局,永康區,112.4.2,112.4.1,王小明\n"
SOME = GOOD + "P2,112.13.26,電話,交通運輸,<img src=x>局,永康區,112.4.2,,![a](http://example.org/a.png)\n"
DRAGGED = "() => { const it = new DataTransfer(); it.items.add(new File(['a'], 'a.csv')); return it; }"
EARLY = HEAD + "P3,112.3.26,電話,交通運輸,交通局,永康區,112.4.2,112.3.1,王小明\n"


@pytest.fixture(scope="module")
def store(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of its own, since these people write."""
    return copied(built_store, tmp_path_factory.mktemp("filing") / "store")


@pytest.fixture(scope="module")
def guarded(store: Path) -> Iterator[str]:
    with provider() as issuer, dashboard(store, issuer) as server:
        yield server


def log_in(browser: Browser, server: str, person: str, address: str = "filing") -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 900}, locale="zh-TW")
    page.goto(f"{server}/{address}")
    page.get_by_role("button", name="登入").click()
    page.get_by_role("button", name=person).click()
    page.get_by_text(person).first.wait_for(timeout=30_000)
    page.goto(f"{server}/{address}")
    page.get_by_text(re.compile("來源以檔案送件|誰在何時")).first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    return page


def hand_in(page: Page, name: str, body: bytes | str) -> None:
    body = body.encode() if isinstance(body, str) else body
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": body})


def test_an_editor_sees_files_and_takes_back(browser: Browser, store: Path, guarded: str):
    kept = Store(store)
    before = kept.current_name()
    page = log_in(browser, guarded, EDITOR)
    hand_in(page, "../陳情案件<b>.csv", SOME)
    page.get_by_role("heading", name="陳情案件列管：將取代模擬資料").wait_for(timeout=60_000)
    page.get_by_role("tab", name="新增 1").wait_for()
    page.get_by_role("tab", name="退件 1").click()
    page.wait_for_timeout(500)
    page.screenshot(path=ROOT / "tests" / "browser" / "shots" / "filing-preview.png")
    with page.expect_download() as taken:
        page.get_by_role("button", name="下載標出退件的檔案").click()
    assert taken.value.suggested_filename.endswith(".xlsx") and Path(taken.value.path()).read_bytes()[:2] == b"PK"
    assert kept.current_name() == before and not [r for r in kept.receipts("petitions", every=True) if not r.simulated]
    assert page.locator("img[src='x'], img[src*='example.org']").count() == 0

    page.get_by_role("button", name="確認送件").click()
    page.get_by_text("已收件並發布").wait_for(timeout=90_000)
    page.screenshot(path=ROOT / "tests" / "browser" / "shots" / "filing-filed.png")
    filed = kept.current_name()
    (receipt,) = [each for each in kept.receipts("petitions") if not each.simulated]
    assert filed != before and receipt.pull in kept.current().manifest["inputs"]["petitions"]
    assert "王小明" not in "".join(path.read_text(encoding="utf-8") for path in kept.files(receipt))
    assert page.get_by_text(f"版本 {filed}").count() == 1  # the page stands on the new build

    # Somebody else files while the button stands there: it takes back what it named, or nothing.
    page.get_by_role("button", name="復原", exact=True).click()
    other = store.parent / "others.csv"
    other.write_text(GOOD.replace("P1", "Q1"), encoding="utf-8")
    assert command(store, "file", "--source", "petitions", "--by", "other", str(other)).returncode == 0
    page.get_by_role("button", name="確定復原").click()
    page.get_by_text("沒有復原任何一次").wait_for(timeout=60_000)
    assert kept.current_name() not in (before, filed) and page.get_by_text("others.csv").count()
    assert command(store, "undo", "--build", filed, "--by", "other").returncode == 3
    assert command(store, "undo", "--build", kept.current_name(), "--by", "other").returncode == 0
    assert kept.current_name() == filed
    page.reload()

    page.get_by_role("button", name="復原", exact=True).click()
    page.get_by_role("button", name="確定復原").click()
    page.get_by_text("已復原").wait_for(timeout=60_000)
    assert kept.current_name() == before and [each.simulated for each in kept.receipts("petitions")] == [True]
    trail = [(each.by, each.what) for each in audit.trail(kept) if each.by == EDITOR]
    assert trail == [(EDITOR, "filed"), (EDITOR, "published"), (EDITOR, "undone")]
    assert not list((store / "work").iterdir())
    assert barriers(Visit(page)) == []
    page.context.close()


def test_what_fails_a_check_or_means_harm_is_told_and_changes_nothing(browser: Browser, store: Path, guarded: str):
    before = Store(store).current_name()
    page = log_in(browser, guarded, EDITOR)
    hand_in(page, "陳情案件.xlsx", b"PK\x03\x04" + bytes(range(256)))
    page.get_by_text("檔案損壞").wait_for(timeout=60_000)
    assert page.get_by_role("button", name="確認送件").count() == 0
    page.reload()
    page.wait_for_timeout(2500)
    hand_in(page, "陳情案件.csv", EARLY)
    page.get_by_role("button", name="確認送件").click(timeout=60_000)
    page.get_by_text("陳情案件之辦結日不早於收文日").wait_for(timeout=90_000)
    assert page.get_by_text("這份檔案不採計").count() == 1 and Store(store).current_name() == before
    page.context.close()


def test_a_file_of_no_source_is_told_what_it_holds_beside_what_it_should(browser: Browser, guarded: str):
    page = log_in(browser, guarded, EDITOR)
    told = page.locator("dl.headers")
    for name, seen, lacks in (
        ("話務統計.csv", ["案件編號", "受理日期", "陳情管道", "<b>備註"], 3),
        ("b.csv", ["甲", "乙"], 0),
    ):
        hand_in(page, name, f"{','.join(seen)}\n1,2,3,4\n")
        page.get_by_text(f"{name} 認不出是哪個來源的檔案").wait_for(timeout=60_000)
        page.wait_for_timeout(500)
        assert told.locator(".seen").all_inner_texts() == seen and told.locator(".lacks").count() == lacks
        assert page.get_by_text("--source").count() == 0 and page.get_by_role("button", name="確認送件").count() == 0
    hand_in(page, "話務統計.csv", "案件編號,受理日期,陳情管道\n1,2,3\n")
    told.locator(".lacks", has_text="機關").wait_for(timeout=60_000)
    with page.expect_download(timeout=30_000) as taken:
        page.get_by_role("button", name="XLSX").click()
    assert taken.value.suggested_filename == "陳情案件列管.xlsx"
    page.screenshot(path=ROOT / "tests" / "browser" / "shots" / "filing-unrecognised.png")
    page.get_by_role("combobox", name="來源").click()
    page.get_by_role("option", name="獎項彙整").click()
    page.get_by_text("不是完整的「獎項彙整」").wait_for(timeout=60_000)
    page.get_by_text("English", exact=True).click()
    page.get_by_text("is not a whole file of").wait_for(timeout=60_000)
    assert "✖ 獲獎日期 (Awarded on)" in told.inner_text() and barriers(Visit(page)) == []
    page.goto(f"{guarded}/filing?lang=zh")
    page.get_by_text("20 MB、1,048,576 列").wait_for(timeout=30_000)
    two = (declarations.load()[name] for name in ("petitions", "awards"))
    hand_in(page, "c.csv", ",".join(each.header for source in two for each in source.columns.values()) + "\n")
    page.get_by_text("c.csv 同時符合").wait_for(timeout=60_000)
    page.get_by_role("button", name="陳情案件列管").click()
    page.get_by_role("heading", name="陳情案件列管：").wait_for(timeout=60_000)
    page.context.close()


def test_what_the_uploader_does_not_take_is_told_in_the_language_of_the_reader(browser: Browser, guarded: str):
    for lang, limits, wrong, large in (
        ("zh", "20 MB、1,048,576 列、500 欄以內", "不支援 .exe，沒有收件", "標紅的檔案沒有送到，沒有收件：超過 20 MB"),
        ("en", "up to 20 MB, 1,048,576 rows", ".exe is not supported, nothing was taken", "A file marked red was not sent"),
    ):  # fmt: skip
        page = log_in(browser, guarded, EDITOR)
        page.goto(f"{guarded}/filing?lang={lang}")
        page.get_by_text(limits).wait_for(timeout=30_000)
        assert not page.get_by_text(large).is_visible()
        box = page.locator('[data-testid="stFileUploaderDropzone"]')
        box.dispatch_event("dragenter", {"dataTransfer": page.evaluate_handle(DRAGGED)})
        over = box.locator("> div > span:only-child")
        after = over.evaluate("each => getComputedStyle(each, '::after').content + each.innerText")
        assert after.startswith('"放在這裡"' if lang == "zh" else "none")
        hand_in(page, "a.exe", b"MZ")
        page.get_by_text(wrong).wait_for(timeout=60_000)
        assert page.get_by_text("沒有收件" if lang == "en" else "nothing was taken").count() == 0, "one language"
        page.goto(f"{guarded}/filing?lang={lang}")
        page.get_by_text(limits).wait_for(timeout=30_000)
        hand_in(page, "a.csv", b"x" * 21_000_000)
        page.get_by_text(large).wait_for(timeout=30_000)
        page.locator('[data-testid="stFileChip"]').hover()
        page.wait_for_timeout(800)
        own = page.get_by_text("File must be 20.0MB or smaller.").all()
        assert own and not any(each.is_visible() for each in own), "Streamlit's own words"
        page.locator('[data-testid="stFileChipDeleteBtn"] button').click()
        page.get_by_text(large).wait_for(state="hidden", timeout=30_000)
        page.context.close()


@pytest.mark.parametrize("person", [VIEWER, UNVERIFIED])
def test_a_viewer_gets_no_uploader_and_templates_all_the_same(browser: Browser, guarded: str, person: str):
    page = log_in(browser, guarded, person)
    assert page.get_by_text("這項功能需要「編輯者」以上的身分").count() == 1
    assert page.locator("input[type=file]").count() == 0
    page.goto(f"{guarded}/filing?view=templates&source=petitions")
    with page.expect_download(timeout=30_000) as taken:
        page.get_by_role("button", name="ODS").click(timeout=30_000)
    assert taken.value.suggested_filename == "陳情案件列管.ods"
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"
    page.context.close()


def test_the_trail_is_for_administrators(browser: Browser, guarded: str):
    page = log_in(browser, guarded, EDITOR, "filing?view=audit")
    page.get_by_text("這項功能需要「管理者」以上的身分").wait_for(timeout=30_000)
    assert page.locator(".stDataFrame").count() == 0
    page.context.close()
    page = log_in(browser, guarded, ADMINISTRATOR, "filing?view=audit")
    page.locator(".stDataFrame").wait_for(timeout=30_000)
    page.screenshot(path=ROOT / "tests" / "browser" / "shots" / "filing-audit.png")
    assert page.get_by_text("以上的身分").count() == 0
    with page.expect_download(timeout=30_000) as taken:
        page.get_by_role("button", name="CSV").click()
    assert EDITOR in Path(taken.value.path()).read_text(encoding="utf-8-sig")
    page.context.close()
