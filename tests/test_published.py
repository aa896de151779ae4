"""Is the ledger of published figures complete, and to the letter the documents' own words?"""

from __future__ import annotations

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parent.parent
LEDGER = PROJECT / "data_pipeline" / "published"
SEEDS = PROJECT / "duckdb" / "seeds"
DOCUMENTS = ("000", "001", "002", "003", "004")
COLUMNS = ["document", "section", "period_roc", "period_iso", "key", "value", "unit", "kind", "quote"]
KINDS = {"exact", "approximate", "at_least", "target", "rule"}
SCALES = {"萬件": 10**4, "萬人次": 10**4, "萬元": 10**4, "億元": 10**8, "千元": 10**3}
UNITS = set(SCALES) | {
    "件", "案", "人", "位", "戶", "人次", "組", "通", "次", "場次", "支", "線", "座", "格", "間", "個", "種", "項",
    "名", "所", "%", "分", "成", "元", "天", "小時", "年", "年度", "歲", "機關", "機關單位", "區公所", "局處會",
    "女/男", "次/月", "次/季", "次/年", "字", "號字", "點", "date",
}  # fmt: skip

# Only a digit that opens a list item is not a figure; 「3.5天」 and 「1,312件」 open lines too.
MARKERS = re.compile(
    r"^[\s\-✓➢»]*(?:\d{1,2}[.、](?!\d)|[（(]\d{1,2}[)）]|[①-⑨]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十壹貳參肆]+、)"
    r"|^\s*\d{1,2}\s*$",  # a page number, alone on its line
    re.MULTILINE,
)
CHINESE = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
TOKEN = re.compile(
    r"(?P<roc>\d{2,3}\.\d{1,2}\.\d{1,2})"
    r"|(?P<day>\d{2,4}年\d{1,2}月\d{1,2}日)"
    r"|(?P<month>\d{2,4}年\d{0,2}(?:月|底))"
    r"|(?P<number>\d[\d,]*(?:\.\d+)?)(?P<scale>千萬|萬|億|千(?=元))?(?P<rest>(?<=萬)\d[\d,]*)?"
    r"|(?P<chinese>(?<=第)[一二三四五六七八九十](?!線)|[一二三四五六七八九十](?=大(?:紓|振|議|原|主|推|面)|年來|千萬))(?P<big>千萬)?"
    r"|(?P<one>每月|按月|每季|每年(?=應提)|全國最多)"  # once a month, a quarter, a year; first of all
)
BIG = {"千萬": 10**7, "萬": 10**4, "億": 10**8, "千": 10**3, None: 1}

YEAR = (r"(?:19|20)\d\d年(?!\d*[月底])|(?<!\d)1\d\d年度?", "西元或民國年：期間")
EXCEPTIONS = {
    "000": [
        YEAR,
        (r"1999", "專線之名"),
        (r"(?:4年|四年|3年|10年)[來總前]", "期間"),
        (r"1年節省", "期間"),
        (r"第5屆", "屆次"),
        (r"1(?=:[43])", "男女比之前項，後項為數"),
        (r"111考核", "民國年，省略「年」字"),
        (r"停E8", "停車場編號"),
        (r"329青年", "活動之名（3 月 29 日）"),
    ],
    "001": [
        YEAR,
        (r"1999", "專線之名"),
        (r"5年來|五年總|1年節省", "期間"),
        (r"3以參獎|2神秘客|1推動服務", "投影片標題之序號"),
        (r"南81線|停20", "道路與抽水站編號"),
        (r"第[123]名(?=\d)", "獎項之名"),
    ],
    "002": [(r"第[一二]部分", "表格部分之序號"), (r"[（]?1[）、](?=、|（|，)", "數字標號之示例"),
        (r"第三人", "法律用語")],
    "003": [],
    "004": [
        YEAR,
        (r"106年(?:度|「)", "計畫名稱"),
        (r"316號", "地址"),
        (r"第7條", "法條"),
        (r"第二官方語", "語言之序"),
    ],
}  # fmt: skip


class Token(NamedTuple):
    start: int
    end: int
    value: Decimal | str  # a number in ones, or an ISO date


def squeeze(text: str) -> str:
    """Without the white space and the emphasis marks that a layout puts between the characters of a figure."""
    text = re.sub(r"(?<=\d)\s+(?=\d)", "|", text)  # the last cell of a table must not run into the year below it
    return re.sub(r"[\s*]", "", text)


def civil(year: str) -> str:
    return str(int(year) + (1911 if len(year) < 4 else 0))


def whole(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def tokens(text: str) -> list[Token]:
    """The figures of squeezed text: 2萬4,122 is 24122, 五千萬 is 50000000, 105年6月1日 is 2016-06-01."""
    found = []
    for match in TOKEN.finditer(text):
        part = match.groupdict()
        if part["roc"]:
            year, month, day = part["roc"].split(".")
            value = f"{civil(year)}-{int(month):02}-{int(day):02}"
        elif part["day"]:
            year, month, day = re.findall(r"\d+", part["day"])
            value = f"{civil(year)}-{int(month):02}-{int(day):02}"
        elif part["month"]:
            year, *month = re.findall(r"\d+", part["month"])
            value = f"{civil(year)}-{int(month[0]) if month else 12:02}"
        elif part["one"]:
            value = Decimal(1)
        elif part["chinese"]:
            value = Decimal(CHINESE[part["chinese"]]) * BIG[part["big"]]
        else:
            value = whole(part["number"]) * BIG[part["scale"]] + whole(part["rest"] or "0")
        found.append(Token(*match.span(), value))
    return found


def figure(row: dict) -> Decimal | str:
    """What the row says the document prints, in ones or as an ISO date."""
    return row["value"] if row["unit"] == "date" else Decimal(row["value"]) * SCALES.get(row["unit"], 1)


def read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document_text(document: str) -> str:
    return (LEDGER / "documents" / f"{document}.txt").read_text(encoding="utf-8")


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(pattern, text)]


def uncovered(text: str, rows: list[dict], exceptions: list[tuple[str, str]]) -> list[str]:
    """The figures of a document that no row holds and no exception names, each in its surroundings."""
    flat = squeeze(MARKERS.sub("", text))
    held = [(start, end, figure(row)) for row in rows for start, end in spans(re.escape(squeeze(row["quote"])), flat)]
    excused = [span for pattern, _ in exceptions for span in spans(pattern, flat)]
    return [
        flat[max(0, token.start - 12) : token.end + 12]
        for token in tokens(flat)
        if not any(start <= token.start and token.end <= end and value == token.value for start, end, value in held)
        and not any(start <= token.start and token.end <= end for start, end in excused)
    ]


LEDGERS = {document: read(LEDGER / f"{document}.csv") for document in DOCUMENTS}
ROWS = [row for rows in LEDGERS.values() for row in rows]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['document']}-{row['key']}-{row['period_iso']}")


@pytest.mark.parametrize(
    ("text", "value"),
    [("2萬4,122通", "24122"), ("52萬6,064件", "526064"), ("12萬2,000件", "122000"), ("近118萬件", "1180000"),
     ("989.87億元", "98987000000"), ("五千萬元", "50000000"), ("5千萬元", "50000000"), ("九大紓困", "9"),
     ("83,228千元", "83228000"), ("全國第一", "1"), ("全國最多", "1"), ("每月召開", "1"), ("98.8分", "98.8")],
)  # fmt: skip
def test_the_parser_reads_a_figure_as_a_person_would(text, value):
    assert [token.value for token in tokens(text)] == [Decimal(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("113.3.26", "2024-03-26"), ("105年6月1日", "2016-06-01"), ("2023年10月", "2023-10"), ("2024年底", "2024-12"),
     ("2023年2底", "2023-02")],
)  # fmt: skip
def test_the_parser_reads_a_date_as_a_person_would(text, value):
    assert [token.value for token in tokens(text)] == [value]


@each_row
def test_a_quote_is_in_its_document_to_the_letter(row):
    """Every letter, blank, line break and mark of emphasis as it stands in the project's copy; nothing is evened out."""
    assert row["quote"] in document_text(row["document"])


@each_row
def test_a_section_is_in_its_document(row):
    assert squeeze(row["section"]) in squeeze(document_text(row["document"]))


@each_row
def test_a_figure_is_in_its_own_quote(row):
    assert figure(row) in [token.value for token in tokens(squeeze(row["quote"]))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_figure_of_a_document_is_missed(document):
    assert uncovered(document_text(document), LEDGERS[document], EXCEPTIONS[document]) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_row_is_needed_to_cover_its_document(document):
    """The coverage test has teeth: without a row, its figure is missed (unless another row holds the same figure)."""
    rows = LEDGERS[document]
    held = Counter((squeeze(row["quote"]), figure(row)) for row in rows)
    for row in rows:
        rest = [each for each in rows if each is not row]
        overlaps = any(
            figure(each) == figure(row) and (squeeze(each["quote"]) in squeeze(row["quote"])
                                             or squeeze(row["quote"]) in squeeze(each["quote"]))
            for each in rest
        )  # fmt: skip
        if held[squeeze(row["quote"]), figure(row)] == 1 and not overlaps:
            assert uncovered(document_text(document), rest, EXCEPTIONS[document]), row["key"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_an_exception_excuses_something_and_says_why(document):
    flat = squeeze(MARKERS.sub("", document_text(document)))
    for pattern, reason in EXCEPTIONS[document]:
        assert reason
        assert spans(pattern, flat), pattern


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_ledger_has_its_columns_and_closed_words(document):
    with (LEDGER / f"{document}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == COLUMNS
    for row in LEDGERS[document]:
        assert row["document"] == document
        assert row["kind"] in KINDS
        assert row["unit"] in UNITS
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row["key"])
        assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4})?", row["period_iso"]), row["key"]
        pattern = r"\d{4}-\d\d(-\d\d)?" if row["unit"] == "date" else r"\d+(\.\d+)?"
        assert re.fullmatch(pattern, row["value"]), row["key"]


def test_every_unit_and_kind_is_in_use():
    assert {row["unit"] for row in ROWS} == UNITS
    assert {row["kind"] for row in ROWS} == KINDS


def test_a_key_names_one_figure_of_a_period_and_document():
    assert max(Counter((row["document"], row["key"], row["period_iso"]) for row in ROWS).values()) == 1


@each_row
def test_a_roc_period_and_its_iso_period_agree(row):
    if row["period_roc"] == "10年前":
        assert row["period_iso"] == "2012"
        return
    years = re.findall(r"\d+", row["period_roc"].split(".")[0])
    assert "/".join(civil(year) for year in years) == re.sub(r"(?<=\d{4})-[\d-]+", "", row["period_iso"])


BEFORE = re.compile(r"(?<!最)(近|約|逾|超過|至少|最高)(?:邀請|核予嘉獎)?$")
AFTER = re.compile(r"^(?:元|分|%|字|成)?(以上|以下|以內)")
IMPLIED = {
    "近": {"approximate"}, "約": {"approximate", "target"}, "逾": {"at_least"}, "超過": {"at_least"},
    "以上": {"at_least", "rule", "target"}, "至少": {"at_least", "rule", "target"},
    "最高": {"rule"}, "以下": {"rule"}, "以內": {"rule"},
}  # fmt: skip


def qualifier(row: dict) -> str | None:
    """The word directly beside the row's figure in its quote."""
    quote = squeeze(row["quote"])
    for token in tokens(quote):
        if token.value == figure(row):
            beside = BEFORE.search(quote[: token.start]) or AFTER.search(quote[token.end :])
            return beside[1] if beside else None
    return None


@each_row
def test_the_word_beside_a_figure_implies_its_kind(row):
    word = qualifier(row)
    if word:
        assert row["kind"] in IMPLIED[word]
    else:
        assert row["kind"] not in {"approximate", "at_least"}


def test_every_key_has_a_label_in_both_languages_and_no_label_is_left_over():
    labels = {row["key"]: row for row in read(SEEDS / "published_labels.csv")}
    assert set(labels) == {row["key"] for row in ROWS}
    for label in labels.values():
        assert label["zh"]
        assert label["en"]
        assert not re.search(r"[一-鿿]", label["en"])


def test_every_document_is_described_in_both_languages():
    described = read(SEEDS / "published_documents.csv")
    assert [row["document"] for row in described] == list(DOCUMENTS)
    assert all(row["zh"] and row["en"] and row["dated_iso"] for row in described)


def test_no_personal_contact_data_is_kept():
    text = document_text("004")
    assert text.count("（個人資料略）") == 3
    for line in ("首長", "聯絡人", "傳真", "電子郵件"):
        assert not re.search(rf"^{line}|\t{line}", text, re.MULTILINE)
    for document in DOCUMENTS:
        assert not re.search(r"@|[(（]0\d[)）]\s*\d{6,}", document_text(document))


def test_a_doubt_belongs_to_a_figure_and_is_said_in_both_languages():
    known = {(row["document"], row["key"], row["period_iso"]) for row in ROWS}
    doubts = read(SEEDS / "published_doubts.csv")
    assert {(row["document"], row["key"], row["period_iso"]) for row in doubts} <= known
    assert all(row["zh"] and row["en"] for row in doubts)


def test_a_year_that_document_000_does_not_print_is_said_to_be_assumed():
    """Where the sentence of a figure names no year, the ledger's year is ours: the page says so beside the figure."""
    sentences = re.split(r"[。➢✓»]|\n\s*\n(?= )", document_text("000"))
    said = {
        (row["key"], row["period_iso"]): row for row in read(SEEDS / "published_doubts.csv") if row["document"] == "000"
    }
    assumed = 0
    for row in LEDGERS["000"]:
        (where,) = {squeeze(each) for each in sentences if squeeze(row["quote"]) in squeeze(each)} or {""}
        if row["period_iso"] == "2022" and not re.search("2022年|111", where):
            doubt = said[row["key"], "2022"]
            assert "未印年度" in doubt["zh"] and "prints no year" in doubt["en"], row["key"]
            assumed += 1
    assert assumed == 10


def test_the_office_targets_are_the_targets_of_the_ledger():
    printed = {row["key"]: (row["value"], row["unit"]) for row in LEDGERS["004"] if row["kind"] == "target"}
    kept = {row["target_key"]: (row["target"], row["unit"]) for row in read(SEEDS / "district_office_targets.csv")}
    assert kept == printed


def test_the_goals_are_the_plans_own_words_and_form_one_tree():
    goals = read(SEEDS / "goals.csv")
    parents = {row["goal_id"]: row["parent_id"] for row in goals}
    assert len(parents) == len(goals)
    assert [goal for goal, parent in parents.items() if not parent] == ["vision"]
    assert {parent for parent in parents.values() if parent} <= set(parents)
    text = squeeze(document_text("003"))
    assert all(squeeze(row["zh"]) in text and row["en"] for row in goals)
    targets = {row["measure_id"]: (row["target"], row["unit"]) for row in goals if row["measure_id"]}
    assert targets == {"learning_hours": ("20", "小時"), "budget_execution_rate": ("90", "%")}
