"""What does a deck look like with one slide of every kind? By hand, with odd texts, for the forms to be tried on."""

from __future__ import annotations

import datetime as dt

from dashboard.meeting.model import Cell, Chart, Column, Deck, Figure, Grid, Map, Mark, Series, Slide

MONTHS = tuple(f"112.{month}" for month in range(1, 13))
ODD = "模擬工程 <b>0123</b> & \"引號\" 'x' {y} #z $w @v *粗* _斜_ \\ `碼`"


def deck(language: str = "zh") -> Deck:
    """A deck whose slides use every kind of body; texts that markup, Typst or a formula would take for something."""
    common = {"as_of": "資料至 112.12.31", "simulated": True, "sources": ("1999 話務紀錄（研考會）", "滿意度回訪"),
              "notes": ("本月較去年同月減 22.6%。", "可能被問：為什麼減少？"), "link": "/hotline?year=112"}  # fmt: skip
    figures = (
        Figure("總服務量", "24.4", "萬件", "243,861 件", 243861, "hotline.contacts", ("較 111 年減 22.6%", "公布值 近 142 萬件（108–112）")),
        Figure("話後滿意度", "97.4", "%", "97.41%", 0.9741, "satisfaction.after_call_rate", ("目標 95.0%",), "on_schedule", "符合"),
        Figure("進度符合率", "91.3", "%", "91.27%", 0.9127, "works.on_schedule_rate", ("較上月減 1.2 個百分點",), "behind", "落後"),
        Figure("未填報", "4", "件", "4 件", 4, "", (), "not_filed", "未填報"),
    )
    trend = Chart(
        "trend", MONTHS,
        (Series("112 年", tuple(float(v) for v in (20, 18, 21, 19, 22, 24, 30, 26, 25, 23, 20, 12)), tuple(f"{v / 10} 萬件" for v in (20, 18, 21, 19, 22, 24, 30, 26, 25, 23, 20, 12))),
         Series("前一年", tuple(float(v) for v in (22, 20, 23, 22, 24, 25, 26, 28, 30, 27, 25, 24)), tuple(f"{v / 10} 萬件" for v in (22, 20, 23, 22, 24, 25, 26, 28, 30, 27, 25, 24)), "grey")),
        "千件", "1999 總服務量，12 個月", (0, 3, 6, 9, 11), 25.0, "目標 25 千件", ((6, "杜蘇芮颱風"),), True,
    )  # fmt: skip
    bars = Chart("bars", ("水利局", "工務局", "交通局", ODD), (Series("落後件數", (12.0, 9.0, 4.0, 1.0), ("12 件", "9 件", "4 件", "1 件")),),
                 "件", "各機關落後件數")  # fmt: skip
    states = Chart(
        "states", ("五千萬元以上", "前瞻小型"),
        (Series("超前", (20.0, 31.0), ("20", "31"), "ahead"), Series("符合", (90.0, 60.0), ("90", "60"), "on_schedule"),
         Series("落後", (14.0, 8.0), ("14", "8"), "behind"), Series("嚴重落後", (9.0, 5.0), ("9", "5"), "seriously_behind"),
         Series("停工", (2.0, 1.0), ("2", "1"), "halted"), Series("未填報", (3.0, 1.0), ("3", "1"), "not_filed")),
        "件", "各燈號件數",
    )  # fmt: skip
    curve = Chart(
        "curve", MONTHS,
        (Series("預定", (5.0, 9.0, 15.0, 24.0, 35.0, 47.0, 60.0, 71.0, 80.0, 88.0, 94.0, 98.0), ("",) * 12, "grey"),
         Series("實際", (5.0, 8.0, 12.0, 18.0, 26.0, None, 44.0, 52.0, 58.0, 63.0, 67.0, 70.5), ("",) * 12)),
        "%", "預定與實際累計進度", (0, 3, 6, 9, 11), gap="落後 27.5 個百分點、252 天",
    )  # fmt: skip
    grid = Grid(
        (Column("工程", 0.3), Column("燈號", 0.12), Column("差距", 0.16, "right"), Column("原因", 0.18), Column("負責", 0.1), Column("預計", 0.14, "right")),
        tuple(
            (Cell(f"模擬工程 {number:04}" if number else ODD, strong=True), Cell("嚴重落後" if number % 2 else "停工", "seriously_behind" if number % 2 else "halted"),
             Cell("−27.5 個百分點、252 天"), Cell("用地取得"), Cell("水利局"), Cell("113.4.30"))
            for number in range(8)
        ),
        "另有 19 件，見清冊",
    )  # fmt: skip
    places = Map(
        tuple(Mark(120.05 + 0.05 * n, 22.95 + 0.04 * n, state, n % 3 + 1, "安平再生水廠" if state == "named" else "", state == "named")
              for n, state in enumerate(("ahead", "on_schedule", "behind", "seriously_behind", "halted", "not_filed", "completed", "named"))),
        (("behind", "落後", "22"), ("seriously_behind", "嚴重落後", "14"), ("halted", "停工", "3")), "37 區與 8 處工程",
    )  # fmt: skip
    slides = (
        Slide("cover", "cover", "", "重大建設暨基本設施檢討會議", told="113 年 3 月 26 日", as_of=common["as_of"], simulated=True),
        Slide("headline", "figures", "總覽", "112 年 1999 受理 24.4 萬件，97.4% 滿意", figures, **common),
        Slide("volume", "trend", "1999 話務", "112 年 12 月較去年同月減 22.6%", figures[:1], trend, told="112 年 12 月 1.2 萬件。", **common),
        Slide("agencies", "bars", "落後機關", "水利局落後最多，12 件", chart=bars, told="水利局最多，12 件，占 46.2%。", **common),
        Slide("states", "states", "列管工程", "124 件在管，26 件落後或停工", figures[2:4], states, told="共 244 件，如期 201 件。", **common),
        Slide("work", "work", "個案檢討", "模擬工程 1252：停工，落後 252 天", chart=curve, told="用地取得；水利局；113.4.30 趕上。", **common),
        Slide("list", "works", "季報清單", "27 件嚴重落後或停工，最嚴重在前", grid=grid, **common),
        Slide("map", "map", "工地位置", "嚴重落後集中在沿海五區", map=places, told="另有 3 處位置為概略。", **common),
    )  # fmt: skip
    return Deck("重大建設暨基本設施檢討會議", "113 年 3 月 26 日", language, "b00001-abcdef01",
                dt.datetime(2024, 3, 26, 1, 0, tzinfo=dt.UTC), "△ 模擬資料", slides, "113-03", dt.date(2024, 3, 26))  # fmt: skip
