"""Is a source declared wholly, or not at all?"""

from __future__ import annotations

import datetime as dt

import pytest

from data_pipeline import declarations
from data_pipeline.declarations import Cadence, DeclarationError
from tests.miniature import CALLS


def read(tmp_path, text: str, name: str = "calls.yml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return declarations.read(path)


def test_a_whole_declaration_is_read(tmp_path):
    source = read(tmp_path, CALLS)
    assert (source.name, source.key, source.delivery) == ("calls", ("call_id",), "full")
    assert source.columns["cost_twd"].unit == "千元"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("cadence:", "cadense: {}\ncadence:"), "cadense"),
        (("title: {zh: 話務, en: Calls}", "title: {zh: 話務}"), "title.en"),
        (("title: {zh: 話務, en: Calls}", 'title: {zh: 話務, en: ""}'), "title.en"),
        (("type: integer", "type: int"), "columns.minutes.type"),
        (("unit: 千元,", ""), "columns.cost_twd"),
        (("domain: channel,", ""), "columns.channel"),
        (("type: date, required: true", "type: date, unit: 元"), "columns.received_on"),
        (("key: [call_id]", "key: [id]"), "'id' is not a column"),
        (("key: [call_id]", "key: [minutes]"), "'minutes' must be `required: true`"),
        (("type: integer, minimum: 0", "type: integer, ahead: true, minimum: 0"), "`ahead` belongs to"),
        (("reach: received_on", "reach: day"), "'day' is not a column"),
        (("reach: received_on", "reach: call_id"), "'call_id' is no date"),
        (("minimum: 0, maximum: 600", "minimum: 9, maximum: 1"), "minimum 9"),
        (("header: 日期", "header: 臺 號, aliases: [台號]"), None),
        (("header: 日期", "header: 案 號"), "stands for both call_id and received_on"),
        (("minutes: {", "call_id: {"), "comes twice"),
        (('names: ["calls*", "話務*"]', "names: []"), "`names`"),
        (("protocol: file", "protocol: soa"), "`url`"),
        (("protocol: file", "protocol: ftp"), "where.protocol"),
        (("minutes: {", "is_simulated: {"), "is_simulated"),
        (("minutes: {", "Minutes: {"), "Minutes"),
        (("key: [call_id]", "delivery: partial"), "partial needs a `key`"),
        (("reach: received_on", "reach: received_on\nwide: {year: year, value: minutes}"), "wide: 'year'"),
        (("title:", "name: other\ntitle:"), "name"),
        (("cadence:", "cadense: {}\ncadence:"), "未知的鍵；可用：title, system, producer"),
        (("{every: month,", "{evry: month,"), "cadence.evry: 未知的鍵；可用：every, due_days"),
        (("type: integer,", "typ: integer,"), "known are: header, type, label"),
        (("label: {zh: 分鐘, en: Minutes}", "label: {zh: 分鐘, jp: Minutes}"), "known are: zh, en"),
        (("title: {zh: 話務, en: Calls}", 'title: {zh: 話務, en: " "}'), "title.en: 不可空白 · must not be blank"),
        (("title: {zh: 話務, en: Calls}", "title: {zh: 話務}"), "缺少這個鍵 · this key is missing"),
        (("system: hotline", "system: hotlin"), "可用：'awards', 'district_offices'"),
        (("domain: channel", "domain: chanel"), "代碼表沒有 'chanel'；有：age_group"),
        (("protocol: file,", "protocol: file, options: {page_size: 5},"), "page_size；file 可用：—"),
        (("type: integer", "type: int"), "不是可用的值（'int'）"),
        (("due_days: 5", "due_days: soon"), "cadence.due_days: 型別或範圍不對（'soon'）"),
        (("type: date, required: true", "type: date, unit: 天"), "`unit` belongs to"),
        (("unit: 千元", "unit: 千"), "needs one of these"),
        (("type: integer,", "type: integer, unit: 分鐘,"), None),
        (("personal: [姓名, 電話]", "personal: [姓名, 管　道]"), "is a column as well"),
        (("personal: [姓名, 電話]", "personal: [案號]"), "personal：'案號' 同時是欄位"),
        (("title:", "- title:"), "YAML"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, change, said):
    text = CALLS.replace(*change, 1)
    assert text != CALLS
    if said is None:
        read(tmp_path, text)
        return
    with pytest.raises(DeclarationError) as raised:
        read(tmp_path, text)
    assert said in str(raised.value) and "calls.yml" in str(raised.value)


@pytest.mark.parametrize(
    ("protocol", "options", "said"),
    [
        ("ckan", "page_size: 50, hosts: a.tw", None),
        ("ckan", "pagesize: 50", "ckan knows: hosts, empty_is_valid, page_size"),
        ("ckan", "page_size: many", "options.page_size must be a whole number"),
        ("soa", "days: 5", "unknown option 'days'"),
        ("georeport", "format: xml, jurisdiction_id: tainan", None),
        ("georeport", "format: csv", "options.format"),
        ("open1999", "city_id: tainan.gov.tw, start: 2015-04-27", None),
        ("open1999", "citi_id: tainan.gov.tw", "未知的鍵 citi_id"),
    ],
)
def test_each_protocol_has_its_own_options(tmp_path, protocol, options, said):
    options = options.replace("2015-04-27", '"2015-04-27"')
    where = f"where: {{protocol: {protocol}, url: 'https://example.org', options: {{{options}}}}}"
    text = CALLS.replace('where: {protocol: file, names: ["calls*", "話務*"]}', where)
    assert text != CALLS
    if said is None:
        assert read(tmp_path, text).where.options
        return
    with pytest.raises(DeclarationError) as raised:
        read(tmp_path, text)
    assert said in str(raised.value) and " · " in str(raised.value)


@pytest.mark.parametrize("text", ["", "[]", "just words", "a: [", "\x00"])
def test_what_is_no_mapping_is_refused(tmp_path, text):
    with pytest.raises(DeclarationError):
        read(tmp_path, text)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DeclarationError):
        declarations.load(tmp_path / "nowhere")


def test_the_folder_may_be_named_by_the_environment(tmp_path, monkeypatch):
    (tmp_path / "calls.yml").write_text(CALLS, encoding="utf-8")
    monkeypatch.setenv("RDEC_SOURCES", str(tmp_path))
    assert list(declarations.load()) == ["calls"]


@pytest.mark.parametrize(
    ("every", "reach", "due"),
    [
        ("day", "2023-03-26", "2023-04-01"),
        ("month", "2023-03-31", "2023-05-05"),
        ("month", "2023-03-26", "2023-04-05"),  # March is not complete yet
        ("month", "2023-12-31", "2024-02-05"),
        ("month", "2024-01-31", "2024-03-05"),
        ("quarter", "2023-03-31", "2023-07-05"),
        ("quarter", "2023-02-28", "2023-04-05"),
        ("year", "2023-12-31", "2025-01-05"),
        ("year", "2023-06-30", "2024-01-05"),
    ],
)
def test_the_next_due_day_follows_the_period_after_the_reach(every, reach, due):
    assert Cadence(every=every, due_days=5).next_due(dt.date.fromisoformat(reach)) == dt.date.fromisoformat(due)


def test_what_comes_once_is_never_due():
    assert Cadence(every="once").next_due(dt.date(2023, 1, 1)) is None
