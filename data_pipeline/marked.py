"""Where in my file is it wrong? The file as given, its refused cells coloured, and the reason at the end of the row.

Every cell is text: nothing in it can be run. What may not be kept of the file is not in it either.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import xlsxwriter

from data_pipeline import clean
from data_pipeline.declarations import Source
from data_pipeline.grids import Grid

REASON = "退件原因 · Reason"
NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
LONGEST, MOST_ROWS = 32_767, 1_048_576  # of a cell and a sheet


def write(out: Path, sheets: list[tuple[Source, Grid, list[dict]]]) -> None:
    """One sheet a source: its rows as given, and its refused rows as `preview` tells them."""
    with xlsxwriter.Workbook(str(out), NEVER) as book:
        wrong = book.add_format({"bg_color": "#F8D7DA", "border": 1, "border_color": "#C2410C"})
        said, head = book.add_format({"font_color": "#9F1239"}), book.add_format({"bold": True})
        for source, grid, refused in sheets:
            sheet = book.add_worksheet(source.name[:31])
            _fill(sheet, source, grid, refused, wrong, said, head)


def _fill(sheet, source: Source, grid: Grid, refused: list[dict], wrong, said, head) -> None:
    by_row: dict[int, list[dict]] = defaultdict(list)
    for each in refused:
        by_row[each["row"]].append(each)
    header: list[str] | None = None
    places: dict[str, int] = {}
    for number, cells in grid:
        if number > MOST_ROWS:
            break
        is_header = False
        if header is None:
            found = clean.match_header(cells, source)
            if any(found.columns) and not clean.missing(found, source):
                header, is_header = cells, True
                places = {name: place for place, name in enumerate(found.columns) if name}
                places |= {cell.strip(): place for place, cell in enumerate(cells)}
                sheet.freeze_panes(number, 0)
                sheet.write_string(number - 1, len(cells), REASON, head)
        faults = by_row.get(number, ())
        bad = {places.get(each["column"], places.get((each["header"] or "").strip())) for each in faults}
        for place, cell in enumerate(cells):
            if cell or place in bad:
                form = head if is_header else wrong if place in bad else None
                sheet.write_string(number - 1, place, cell[:LONGEST], form)
        if faults:
            reasons = (f"{each['header'] or ''}：{each['zh']} · {each['en']}".lstrip("：") for each in faults)
            at = max(len(header or ()), len(cells) if len(cells) > len(header or ()) else 0)
            sheet.write_string(number - 1, at, "；".join(reasons)[:LONGEST], said)
