"""Is each spelling understood, and is nothing else? The macros of `duckdb/macros.sql`, cell by cell."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_pipeline import clean
from tests import miniature

DAY, TIME = dt.date, dt.datetime
FULL = str.maketrans("0123456789/.-,:%", "０１２３４５６７８９／．－，：％")
MORE = settings(max_examples=150, deadline=None)


@pytest.fixture(scope="module")
def con():
    with miniature.ground() as con:
        yield con


@pytest.fixture(scope="module")
def read(con):
    """read("to_date", text, …) → the value of one cell, as loading reads it."""
    return lambda macro, text, *more: con.execute(
        f"select {macro}(t{''.join(f', {each}' for each in more)}) from (select cell($1) as t)", [text]
    ).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-03-26", DAY(2023, 3, 26)),
        ("2023/03/26", DAY(2023, 3, 26)),
        ("2023/3/6", DAY(2023, 3, 6)),
        ("20230326", DAY(2023, 3, 26)),
        ("1120326", DAY(2023, 3, 26)),
        ("990326", DAY(2010, 3, 26)),
        ("112.3.26", DAY(2023, 3, 26)),
        ("112-03-26", DAY(2023, 3, 26)),
        ("112/03/26", DAY(2023, 3, 26)),
        ("88.3.22", DAY(1999, 3, 22)),
        ("112年3月26日", DAY(2023, 3, 26)),
        ("112 年 3 月 26 日", DAY(2023, 3, 26)),
        ("民國112年3月26日", DAY(2023, 3, 26)),
        ("中華民國 112 年 03 月 26 日", DAY(2023, 3, 26)),
        ("112年3月26日（日）", DAY(2023, 3, 26)),
        ("112年3月26日(星期日)", DAY(2023, 3, 26)),
        ("１１２／０３／２６", DAY(2023, 3, 26)),
        ("　112.3.26　", DAY(2023, 3, 26)),
        ("\t2023-03-26\xa0", DAY(2023, 3, 26)),
        ("115/03/24 17:00", DAY(2026, 3, 24)),
        ("2023-03-26T23:00:00Z", DAY(2023, 3, 27)),  # seven in the morning of the next day here
        ("109.2.29", DAY(2020, 2, 29)),
        ("110.2.29", None),
        ("112.13.1", None),
        ("112.3.32", None),
        ("2023-02-30", None),
        ("12/3/26", None),  # day first, or 民國 12? Nobody knows
        ("201203", None),
        ("112", None),
        ("2023", None),
        ("45011", DAY(2023, 3, 26)),  # a spreadsheet's day number
        ("11203", None),  # 民國 112/03 is a month, not a day number
        ("99999", None),
        ("一一二年三月二十六日", DAY(2023, 3, 26)),
        ("中華民國一百一十二年三月二十六日", DAY(2023, 3, 26)),
        ("一百十二年十二月三十一日", DAY(2023, 12, 31)),
        ("一百零九年十月十日", DAY(2020, 10, 10)),
        ("九十九年一月二十日", DAY(2010, 1, 20)),
        ("二〇二三年三月二日", DAY(2023, 3, 2)),
        ("112年3月二十六日", DAY(2023, 3, 26)),
        ("一一二年十三月一日", None),
        ("三月二十六日", None),
        ("0112-03-26", None),
        ("3/26/2023", None),
        ("2023-03-26 99:99", None),
        ("112.3.26 起", None),
        ("明年3月", None),
        ("-", None),
        ("", None),
        ("null", None),
    ],
)
def test_a_date_is_read_as_a_person_reads_it(read, text, day):
    assert read("to_date", text) == day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2023-03-26 17:05:09", TIME(2023, 3, 26, 17, 5, 9)),
        ("2023-03-26T17:05:09", TIME(2023, 3, 26, 17, 5, 9)),
        ("112/03/26 17:05", TIME(2023, 3, 26, 17, 5)),
        ("2023/3/26 下午 05:05:09", TIME(2023, 3, 26, 17, 5, 9)),
        ("2023/3/26 上午 12:05", TIME(2023, 3, 26, 0, 5)),
        ("2023/3/26 下午 12:05", TIME(2023, 3, 26, 12, 5)),
        ("112年3月26日17時5分", TIME(2023, 3, 26, 17, 5)),
        ("112年3月26日 17:05:09", TIME(2023, 3, 26, 17, 5, 9)),
        ("2023-03-26T17:05:09+08:00", TIME(2023, 3, 26, 17, 5, 9)),
        ("2023-03-26T09:05:09Z", TIME(2023, 3, 26, 17, 5, 9)),
        ("2023-03-26 09:05+00", TIME(2023, 3, 26, 17, 5)),
        ("2023-03-26T09:05:09+0000", TIME(2023, 3, 26, 17, 5, 9)),
        ("112.3.26", TIME(2023, 3, 26)),
        ("112/3/26 99:15", None),
        ("112/3/26 25:15", None),
        ("112/3/26 5:00 PM", None),  # refused rather than read as five in the morning
        ("112/3/26 17:00 左右", None),
        ("17:00", None),
    ],
)
def test_a_time_is_read_in_taipei(read, text, time):
    assert read("to_datetime", text) == time


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2023-03", DAY(2023, 3, 1)),
        ("2023/3", DAY(2023, 3, 1)),
        ("202303", DAY(2023, 3, 1)),
        ("201203", DAY(2012, 3, 1)),
        ("11203", DAY(2023, 3, 1)),
        ("9912", DAY(2010, 12, 1)),
        ("112年3月", DAY(2023, 3, 1)),
        ("112 年 03 月份", DAY(2023, 3, 1)),
        ("民國112年3月", DAY(2023, 3, 1)),
        ("112.3", DAY(2023, 3, 1)),
        ("１１２／３", DAY(2023, 3, 1)),
        ("2023-03-26", DAY(2023, 3, 1)),
        ("112.3.26", DAY(2023, 3, 1)),
        ("一一二年三月", DAY(2023, 3, 1)),
        ("一百一十二年十二月份", DAY(2023, 12, 1)),
        ("45011", DAY(2023, 3, 1)),
        ("2012", None),
        ("112/13", None),
        ("12/3", None),
        ("112", None),
        ("3月", None),
    ],
)
def test_a_month_is_its_first_day(read, text, month):
    assert read("to_month", text) == month


@pytest.mark.parametrize(
    ("text", "year"),
    [("112", 2023), ("112年", 2023), ("112年度", 2023), ("民國112年度", 2023), ("中華民國 112 年", 2023), ("１１２", 2023),
     ("2023", 2023), ("2023年", 2023), ("99", 2010), ("112.0", 2023), ("12", None), ("0112", None), ("1.5", None),
     ("112年3月", None), ("112學年度", None), ("年", None), ("", None), ("3023", None)],
)  # fmt: skip
def test_a_year_is_western_however_it_is_written(read, text, year):
    assert read("to_year", text) == year


@pytest.mark.parametrize(
    ("text", "number"),
    [("1234", 1234), ("1,234", 1234), ("１，２３４", 1234), ("-5", -5), ("－5", -5), ("(1,234)", -1234), ("1.0", 1),
     ("007", 7), ("9,007,199,254,740,993", 9007199254740993), ("+5", 5), ("1.5", None), ("12,34", None),
     ("1 234", None), ("1e5", None), ("五", None), ("5人", None), ("--5", None), ("5-3", None), ("9" * 30, None),
     ("1_000", None), ("0x10", None)],
)  # fmt: skip
def test_a_whole_number_is_whole(read, text, number):
    assert read("to_integer", text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5", 12.5), ("1,234.5", 1234.5), ("-.5", -0.5), ("５６．７", 56.7), ("(12.5)", -12.5), ("1.2.3", None),
     ("inf", None), ("NaN", None), ("1e5", None), ("9" * 400, None), ("1 2", None), ("abc", None)],
)  # fmt: skip
def test_a_number_is_digits_and_nothing_else(read, text, number):
    assert read("to_number", text) == number


@pytest.mark.parametrize(
    ("text", "scale", "share"),
    [("87", 100, 0.87), ("87%", 100, 0.87), ("87 %", 1, 0.87), ("８７．５％", 100, 0.875), ("0.87", 1, 0.87),
     ("-3.2%", 100, -0.032), ("100%%", 100, None), ("8 7%", 100, None), ("%", 100, None), ("約87%", 100, None)],
)  # fmt: skip
def test_a_share_lies_between_nought_and_one(read, text, scale, share):
    assert read("to_percent", text, scale) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    ("text", "unit", "twd"),
    [("1234", 1, 1234), ("1,234", 1000, 1_234_000), ("1,234元", 1000, 1234), ("NT$ 1,234", 1, 1234),
     ("新臺幣1,234元整", 1, 1234), ("1.2億", 1, 120_000_000), ("1.2 億元", 1000, 120_000_000), ("5萬", 1, 50_000),
     ("5,000萬元", 1, 50_000_000), ("2,500千元", 1, 2_500_000), ("2,500仟元", 1, 2_500_000),
     ("2百萬元", 1, 2_000_000), ("3億5,000萬元", 1, 350_000_000), ("-1億2000萬", 1, -120_000_000),
     ("１，０５０．９２億", 1, 105_092_000_000), ("(1,234)", 1000, -1_234_000), ("1.5", 1000, 1500),
     ("98,987,000,000", 1, 98_987_000_000), ("99999999999999999999", 100_000_000, None), ("約1.2億", 1, None),
     ("1千萬", 1000, 10_000_000), ("1億2千萬", 1, 120_000_000), ("5百萬", 1000, 5_000_000), ("5百萬元", 1, 5_000_000),
     ("1千2百萬", 1, 12_000_000), ("12萬5千元", 1000, 125_000), ("12萬5,000元", 1, 125_000), ("5千", 1, 5000),
     ("新臺幣１億２仟萬元整", 1, 120_000_000), ("-3億5百萬", 1, -305_000_000), ("1億500元", 1000, 100_000_500),
     ("1億2千", 1, None), ("12萬5", 1, None), ("萬", 1, None), ("十萬", 1, None), ("千元", 1, None),
     ("1.2.3億", 1, None), ("1萬2億", 1, None), ("1 2", 1, None), ("億", 1, None), ("1,2億", 1, None), ("US$5", 1, None),
     ("九九億", 1, None)],
)  # fmt: skip
def test_money_is_kept_in_twd(read, text, unit, twd):
    assert read("to_twd", text, unit) == twd


@pytest.mark.parametrize(
    ("text", "truth"),
    [("是", True), ("有", True), ("Y", True), ("V", True), ("✓", True), (" 是 ", True), ("否", False), ("無", False),
     ("0", False), ("×", False), ("也許", None)],
)  # fmt: skip
def test_yes_and_no(read, text, truth):
    assert read("to_boolean", text) is truth


@pytest.mark.parametrize("text", [*sorted(clean.NULLS), "　", "\t", "\xa0 ", "  -  ", " null "])
def test_the_spellings_of_nothing_are_the_same_in_both_ways(con, text):
    assert con.execute("select is_empty($1), to_text(cell($1))", [text]).fetchone() == (True, None)


@pytest.mark.parametrize(
    "text", ["臺南市(永康區)", "台南市（永康區）", " 臺 南市 （永康區）", "台南市\u3000（永康區）"]
)
def test_names_are_compared_in_one_form(con, text):
    assert con.execute("select plain($1)", [text]).fetchone()[0] == clean.plain("臺南市（永康區）")


@pytest.mark.parametrize(
    ("text", "total"),
    [("合計", True), ("總 計", True), ("合　計", True), ("小計（件）", True), ("Total", True), ("總和：", True),
     ("全年合計", True), ("小計畫補助案", False), ("總和路拓寬工程", False), ("totally", False), ("合計室", False),
     ("全市道路", False), ("", False)],
)  # fmt: skip
def test_a_total_says_nothing_else_in_both_ways(con, text, total):
    assert bool(con.execute("select is_total($1)", [text]).fetchone()[0]) is total
    assert (bool(text) and clean.is_total(text)) is total


def spellings(day: dt.date) -> list[str]:
    y, m, d = day.year - 1911, day.month, day.day
    roc = [
        f"{y}.{m}.{d}", f"{y}/{m:02}/{d:02}", f"{y}-{m}-{d}", f"{y}年{m}月{d}日", f"民國{y}年{m:02}月{d:02}日",
        f"中華民國 {y} 年 {m} 月 {d} 日", f"{y}年{m}月{d}日（三）", f"{y:03}{m:02}{d:02}", f"{y:03}/{m:02}/{d:02} 08:30",
    ]  # fmt: skip
    if y < 100:
        roc.append(f"{y}{m:02}{d:02}")
    western = [day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}/{m}/{d}", f"{day:%Y%m%d}", f"{day.year}年{m}月{d}日"]
    return roc + western + [each.translate(FULL) for each in roc + western] + [f" {each}　" for each in roc]


@MORE
@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(con, day):
    read = con.execute("select list(to_date(cell(t))) from unnest(?) u(t)", [spellings(day)]).fetchone()[0]
    assert dict(zip(spellings(day), read, strict=True)) == dict.fromkeys(spellings(day), day)


@MORE
@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))
def test_every_spelling_of_a_month_is_that_month(con, day):
    y, m = day.year - 1911, day.month
    texts = [f"{y}年{m}月", f"{y}/{m:02}", f"{y:03}{m:02}", f"{day:%Y-%m}", f"{day.year}/{m}", f"民國{y}年{m}月份"]
    texts += [each.translate(FULL) for each in texts]
    read = con.execute("select list(to_month(cell(t))) from unnest(?) u(t)", [texts]).fetchone()[0]
    assert dict(zip(texts, read, strict=True)) == dict.fromkeys(texts, day.replace(day=1))


@MORE
@given(st.integers(-(10**15), 10**15))
def test_every_spelling_of_an_amount_is_that_amount(con, amount):
    texts = [str(amount), f"{amount:,}", f"{amount:,}元", f"NT${amount:,}", f"{amount:,}".translate(FULL)]
    if amount < 0:
        texts = [str(amount), f"{amount:,}元", f"({-amount:,})", f"{amount:,}".translate(FULL)]
    if amount % 10_000 == 0:
        texts += [f"{amount // 10_000:,}萬"]
    read = con.execute("select list(to_twd(cell(t), 1)) from unnest(?) u(t)", [texts]).fetchone()[0]
    assert dict(zip(texts, read, strict=True)) == dict.fromkeys(texts, amount)


MACROS = ("to_date", "to_datetime", "to_month", "to_year", "to_integer", "to_number", "to_boolean", "to_text")
JUNK = st.one_of(
    st.text(max_size=30),
    st.text("0123456789０１２９年月日/.-:,%()元萬億千 T上下午民國+", max_size=16),
)


# Many texts an example: planning the statement costs a second, a text almost nothing.
@settings(max_examples=8, deadline=None)
@given(st.lists(JUNK, min_size=30, max_size=60))
def test_junk_never_raises(con, texts):
    texts = [text.replace("\0", "") for text in texts]
    asked = ", ".join(f"{macro}(t)" for macro in MACROS)
    rows = con.execute(
        f"select t, {asked}, to_percent(cell(t), 100), to_twd(cell(t), 100000000) from unnest(?::varchar[]) u(t)",
        [texts],
    ).fetchall()
    for text, *row in rows:
        for found in row[:3]:
            assert found is None or 1900 <= found.year <= 2150
        # What no digit is in is no date and no number.
        if not any(each.isdigit() for each in text):
            assert row[:6] == [None] * 6


@settings(max_examples=200, deadline=None)
@given(st.text("ABCabc中文字元億/. ", min_size=1, max_size=8), st.integers(0, 99999))
def test_words_beside_a_number_make_it_no_number(con, word, number):
    if word.strip("元億. "):
        text = f"{number}{word}"
        read = con.execute("select to_integer($1), to_number($1), to_twd($1, 1), to_date($1)", [text]).fetchone()
        assert read == (None,) * 4
