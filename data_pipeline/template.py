"""What should a file of this source look like? A sheet to fill in, with examples, and one that explains its columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from data_pipeline.declarations import Column, Source
from data_pipeline.examples import codes, header, table

FORMS = (".xlsx", ".ods", ".csv")
LONGEST_LIST = 255  # characters of a list to choose from, in Excel
MADE = dt.datetime(2024, 1, 1)  # noqa: DTZ001  the same declaration gives the same file
TYPES = {
    "text": ("文字", "text"), "integer": ("整數", "whole number"), "number": ("數字", "number"),
    "percent": ("百分比，如 87 或 87%", "percentage such as 87 or 87%"), "money": ("金額", "money"),
    "date": ("日期，如 112.3.26", "date such as 112.3.26 or 2023-03-26"),
    "datetime": ("日期時間，如 112/03/26 17:00", "date and time such as 112/03/26 17:00"),
    "month": ("年月，如 112年3月", "month such as 112年3月 or 2023-03"), "year": ("年度，如 112", "year, 112 or 2023"),
    "boolean": ("是 或 否", "是 or 否 (yes or no)"), "code": ("代碼表的名稱", "one of the names allowed"),
    "agency": ("機關全銜", "an agency's full name"), "district": ("臺南市 37 區之一", "one of Tainan's 37 districts"),
}  # fmt: skip
EVERY = {"day": ("每日", "daily"), "month": ("每月", "monthly"), "quarter": ("每季", "quarterly"),
         "year": ("每年", "yearly"), "once": ("一次", "once")}  # fmt: skip


def make(source: Source, form: str) -> bytes:
    """The template as .xlsx, .ods or .csv; the same declaration gives the same rows."""
    return {".xlsx": _xlsx, ".ods": _ods, ".csv": _csv}[form](source)


def notes(source: Source) -> list[list[str]]:
    """What each column is and what must not be sent. Names stand in 「」, so that no reader takes them for a header."""
    every, due = EVERY[source.cadence.every], source.cadence.due_days
    adds = source.delivery == "partial"
    about = [
        ["來源 Source", source.title.zh, source.title.en],
        ["提供者 Producer", source.producer.zh, source.producer.en],
        ["週期 Cadence", f"{every[0]}；期末後 {due} 天內送件", f"{every[1]}; due {due} days after the period's end"],
        ["交付 Delivery", "逐次累加；同一主鍵以最新一次為準" if adds else "每次送全部；取代前一次",
         "each file adds; of one key the newest row counts" if adds else "each file replaces the last"],
        ["主鍵 Key", "、".join(f"「{source.columns[name].header}」" for name in source.key),
         "what makes a row the same row in the next file"],
        ["範例 Examples", "送件前請刪去範例列", "delete the example rows before filing"],
    ]  # fmt: skip
    if source.personal:
        told = "、".join(f"「{each}」" for each in source.personal)
        about.append(["請勿送 Do not send", f"{told}等個資；送來也會移除", "personal data; removed if sent"])
    if source.caution:
        about.append(["注意 Caution", source.caution.zh, source.caution.en])
    head = ["欄位 Column", "名稱 Label", "English", "型別 Type", "Type", "單位 Unit", "必填 Required", "可用值 Allowed"]
    return [*about, [], head, *(_note(column) for column in source.columns.values())]


def _note(column: Column) -> list[str]:
    zh, en = TYPES[column.type]
    limits = (("≥", column.minimum), ("≤", column.maximum))
    bounds = [f"{sign} {limit:g}" for sign, limit in limits if limit is not None]
    told = "、".join([*bounds, *(each["zh"] for each in codes(column))])
    return [
        f"「{header(column)}」", f"「{column.label.zh}」", column.label.en, zh, en,
        "%" if column.type == "percent" else column.unit or "", "✔" if column.required else "", told,
    ]  # fmt: skip


def _csv(source: Source) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table(source))
    return out.getvalue().encode("utf-8-sig")


def _xlsx(source: Source) -> bytes:
    out = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, never) as book:
        book.set_properties({"title": source.title.zh, "created": MADE})
        bold, wrap = book.add_format({"bold": True, "bg_color": "#E8EEF5"}), book.add_format({"text_wrap": True})
        text = book.add_format({"num_format": "@"})  # or Excel makes a date of its own of 112.3.26
        sheet = book.add_worksheet("資料 Data")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(source.columns.values()):
            sheet.set_column(place, place, max(12, 2 * len(column.header) + 2), text)
            names = ",".join(each["zh"] for each in codes(column))
            if names and len(names) <= LONGEST_LIST:
                sheet.data_validation(1, place, 10_000, place, {
                    "validate": "list", "source": names.split(","), "error_type": "warning",
                })  # fmt: skip
        for row, cells in enumerate(table(source)):
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, text if row else bold)
        told = book.add_worksheet("說明 Notes")
        told.set_column(0, 2, 24, wrap)
        told.set_column(3, 7, 22, wrap)
        for row, cells in enumerate(notes(source)):
            for place, cell in enumerate(cells):
                told.write_string(row, place, cell, wrap)
    return out.getvalue()


def _ods(source: Source) -> bytes:
    from odfdo import Cell, Document, Row, Table

    book = Document("spreadsheet")
    book.body.clear()
    sheets: Sequence[tuple[str, list[list[str]]]] = (("資料 Data", table(source)), ("說明 Notes", notes(source)))
    for name, rows in sheets:
        sheet = Table(name)
        for cells in rows:
            row = Row()
            row.extend_cells([Cell(cell) for cell in cells])
            sheet.append(row)
        book.body.append(sheet)
    book.meta.title = source.title.zh
    book.meta.creation_date = book.meta.date = MADE
    _freeze(book, sheets[0][0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _freeze(book, sheet: str) -> None:
    """The first row of a sheet stays while the others move; kept with the settings of the view."""
    from odfdo import Element

    settings = book.get_part("settings.xml")
    views = "//config:config-item-map-named[@config:name='Tables']/config:config-item-map-entry"
    view = settings.get_element(views)
    view.set_attribute("config:name", sheet)
    for each in view.get_elements("config:config-item"):
        if each.get_attribute("config:name") == "PositionBottom":
            view.delete(each)
    for name, kind, value in (("VerticalSplitMode", "short", 2), ("VerticalSplitPosition", "int", 1),
                              ("PositionBottom", "int", 1)):  # fmt: skip
        view.append(Element.from_tag(
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        ))  # fmt: skip
    settings.get_element("//config:config-item[@config:name='ActiveTable']").text = sheet
