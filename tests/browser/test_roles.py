"""Who may do what, with a real login: an OIDC provider on loopback, a browser, and tokens that are good, late or forged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from data_pipeline.store import Store, meetings, notes
from tests.conftest import serve

pytestmark = pytest.mark.filterwarnings("ignore:.*authlib")
VIEWER, EDITOR, UNVERIFIED = "viewer@tainan.gov.tw", "editor@tainan.gov.tw", "boss@tainan.gov.tw"
ADMINISTRATOR = "chief@tainan.gov.tw"


@contextmanager
def provider(lasting: timedelta = timedelta(hours=1)) -> Iterator[str]:
    """An OIDC provider with four people; the address of one has not been verified."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [User(sub=each, claims={"email": each, "email_verified": each != UNVERIFIED})
              for each in (VIEWER, EDITOR, UNVERIFIED, ADMINISTRATOR)]  # fmt: skip
    with run_server_in_thread(user_claims=people, access_token_max_age=lasting) as server:
        yield f"http://localhost:{server.server_port}"


@contextmanager
def dashboard(store: Path, issuer: str) -> Iterator[str]:
    """The dashboard with a login set up, as the README tells it."""

    def settings(address: str) -> list[str]:
        file = store.parent / "secrets.toml"
        file.write_text(
            f"""
            [auth]
            redirect_uri = "{address}/oauth2callback"
            cookie_secret = "a secret of this test, long enough for a cookie"
            client_id = "dashboard"
            client_secret = "x"
            server_metadata_url = "{issuer}/.well-known/openid-configuration"
            [roles]
            editors = ["{EDITOR}", "{UNVERIFIED}"]
            administrators = ["{ADMINISTRATOR}"]
            """,
            encoding="utf-8",
        )
        return ["--secrets.files", str(file)]

    with serve(store, settings) as address:
        yield address


@pytest.fixture(scope="module")
def store(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of its own, since these people write: the builds of the shared one, by link."""
    root = tmp_path_factory.mktemp("roles") / "store"
    shutil.copytree(built_store, root, copy_function=lambda a, b: Path(b).hardlink_to(a))
    return root


@pytest.fixture(scope="module")
def guarded(store: Path) -> Iterator[str]:
    """The address of a dashboard with a login."""
    with provider() as issuer, dashboard(store, issuer) as server:
        yield server


def log_in(browser: Browser, server: str, person: str) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 900}, locale="zh-TW")
    page.goto(f"{server}/meeting?view=frozen")
    page.get_by_role("button", name="登入").click()
    page.get_by_role("button", name=person).click()
    page.get_by_text(person).first.wait_for(timeout=30_000)
    page.goto(f"{server}/meeting?view=frozen")
    page.get_by_role("heading", name="封存這次會議").wait_for()
    page.wait_for_timeout(1500)
    return page


def test_an_editor_writes_down_and_freezes_and_signs_it(browser: Browser, store: Path, guarded: str):
    page = log_in(browser, guarded, EDITOR)
    page.get_by_label("名稱（如 113-03）").fill("113-01")
    page.get_by_label("會議日期（如 113.3.26）").fill("113.1.26")
    page.get_by_role("button", name="封存這次會議").click()
    page.get_by_text("113-01 已封存。").wait_for(timeout=60_000)
    (meeting,) = meetings.meetings(Store(store))
    assert (meeting.name, meeting.by) == ("113-01", EDITOR) and "slides-zh.html" in meeting.files
    page.goto(f"{guarded}/meeting?view=decisions")
    page.get_by_role("combobox", name="事項").click()
    page.get_by_role("option").first.click()
    page.get_by_label("內容").fill("一個月內完成變更設計")
    page.get_by_role("button", name="記下").click()
    page.get_by_text("已記下。").wait_for(timeout=30_000)
    (note,) = notes.notes(Store(store))
    assert (note.by, note.kind, note.text) == (EDITOR, "decision", "一個月內完成變更設計")
    page.context.close()


@pytest.mark.parametrize("person", [VIEWER, UNVERIFIED])
def test_somebody_without_a_role_is_told_so_and_gets_no_form(browser: Browser, guarded: str, person: str):
    page = log_in(browser, guarded, person)
    assert page.get_by_text("這項功能需要「編輯者」以上的身分").count() == 1
    assert page.get_by_role("button", name="封存這次會議").count() == 0
    page.context.close()


def test_what_a_login_allows_ends_with_its_token(browser: Browser, store: Path):
    with provider(timedelta(seconds=6)) as issuer, dashboard(store, issuer) as server:
        page = log_in(browser, server, EDITOR)
        page.wait_for_timeout(6000)
        page.reload()
        page.get_by_text("這項功能需要「編輯者」以上的身分").wait_for(timeout=30_000)
        assert page.get_by_role("button", name="封存這次會議").count() == 0
        page.context.close()


def test_a_forged_cookie_is_nobody(browser: Browser, guarded: str):
    page = log_in(browser, guarded, EDITOR)
    cookies = page.context.cookies()
    user = [each for each in cookies if "user" in each["name"]]
    assert user and all(each["httpOnly"] for each in user)
    for cookie in user:
        body = cookie["value"]
        middle = len(body) // 3
        cookie["value"] = body[:middle] + ("A" if body[middle] != "A" else "B") + body[middle + 1 :]
    page.context.clear_cookies()
    page.context.add_cookies(user)
    page.goto(f"{guarded}/meeting?view=frozen")
    page.get_by_role("button", name="登入").wait_for(timeout=30_000)
    assert page.get_by_role("button", name="封存這次會議").count() == 0
    page.context.close()


def test_without_a_login_everybody_is_a_viewer_and_is_told_how_to_switch_it_on(browser: Browser, server: str):
    page = browser.new_page(locale="zh-TW")
    page.goto(f"{server}/meeting?view=frozen")
    page.get_by_text("尚未設定登入，每個人都是檢視者").wait_for(timeout=30_000)
    assert page.get_by_role("button", name="登入").count() == 0
    page.close()
