"""Why is a work behind, who acts, promised for when, and what did a visit find? Invented, and said to be."""

from __future__ import annotations

import numpy as np

from data_pipeline.sample.city import FIRST, City, choose
from data_pipeline.sample.curves import AT_112, ENDS, MONTHS, Curve, gap
from data_pipeline.sample.tables import Columns

# A little inside the default thresholds, so that no light is red without a reason.
POINTS, DAYS = -4.8, 57

FACTORS = {
    "land": (0.10, "用地尚未全數取得", "與地主協議並同步辦理徵收程序"),
    "utilities": (0.17, "既有管線遷移未完成", "召開管線協調會並訂定遷移期限"),
    "permits": (0.10, "許可審查補正中", "專人陪審並每週追蹤補正進度"),
    "design": (0.12, "變更設計程序辦理中", "限期完成變更設計並先行施作無爭議項目"),
    "contractor": (0.14, "廠商調度及出工不足", "要求提送趕工計畫並每週檢討"),
    "labour": (0.17, "缺工缺料", "增加工班並提前訂料"),
    "weather": (0.09, "豪雨致工區積水", "加強工區排水並調整工序"),
    "bidding": (0.05, "多次流標後重新招標", "檢討單價與工期後重新上網"),
    "interface": (0.04, "與相鄰工程界面未釐清", "由主辦機關召開界面協調會"),
    "other": (0.02, "其他因素", "專案列管並每週回報"),
}
CHANGES = (
    "配合現地條件調整", "管線牴觸調整設計", "增設排水設施", "配合使用單位需求", "地質條件與鑽探不符",
    "天候影響展延工期",
)  # fmt: skip
FINDINGS = (
    "進度符合，請持續掌握工序", "進度落後，請提趕工計畫", "工區安全衛生良好", "請加強交通維持與告示",
    "品質抽查符合規定", "請於下次會議提報要徑檢討", "管線界面請於兩週內協調完成",
)  # fmt: skip


def lags(city: City, works: list, filed: dict[str, Curve]) -> Columns:
    """One row per month that a work was filed behind: one reason an episode, a promise until it breaks."""
    rng = city.stream("lags")
    rows = []
    for work in works:
        curve, factor, promised, last = filed[work.work_id], "", 0, -9
        for place, month in enumerate(curve.months):
            if ENDS[month] < work.spec.start or curve.actual[place] >= 100:
                continue
            points, days = gap(curve, work.spec.start, month) if curve.planned[place] > 0 else (0.0, 0.0)
            if not (points <= POINTS or days >= DAYS or curve.halted[place]):
                continue
            if month - last > 2:
                factor = list(FACTORS)[choose(rng, np.array([share for share, *_ in FACTORS.values()]), 1)[0]]
                promised = 0
            last = month
            if promised <= ENDS[month]:
                promised = int(ENDS[month] + rng.integers(40, 150))
            _, cause, remedy = FACTORS[factor]
            why, what, when = f"模擬原因：{cause}", f"模擬對策：{remedy}", str(np.datetime64(promised, "D"))
            code = factor
            if work.site:  # nobody invents a reason for a real site; what was promised is in a document
                code, why, what = "other", "未公布（模擬進度）", "未公布（模擬進度）"
                when = work.site["promised_on"] or "NaT"
            rows.append((work.work_id, str(MONTHS[month]), code, why, what, when, city.agency_place[work.agency]))
    return {
        "work_id": [row[0] for row in rows], "month": [row[1] for row in rows],
        "factor": city.labels("lag_factor", [row[2] for row in rows]),
        "cause": [row[3] for row in rows], "remedy": [row[4] for row in rows],
        "owner_id": city.agency([row[6] for row in rows]),
        "promised_on": np.array([row[5] for row in rows], dtype="datetime64[D]"),
    }  # fmt: skip


def visits(city: City, works: list) -> Columns:
    """Four to eight visits a month to works that are running; the one inspection that was reported is among them."""
    rng = city.stream("visits")
    rows = [("2022-12-16", "W0001", 0, "現勘督導（公開報導）")]
    simulated = [work for work in works if not work.site and work.control != "none"]
    spans = np.array([(work.spec.start, work.finish or ENDS[AT_112] + 1) for work in simulated])
    size = np.array([3.0 if work.control == "major" else 0.6 for work in simulated])
    for month in range(len(MONTHS)):
        first = int(MONTHS[month].astype("datetime64[D]").astype(int))
        count = int(rng.integers(4, 9))
        running = size * ((spans[:, 0] < first - 20) & (spans[:, 1] > ENDS[month]))
        if running.sum() == 0:
            continue
        for place in choose(rng, running, count):
            day = np.datetime64(int(rng.integers(first, ENDS[month] + 1)), "D")
            offset = int(city.next_workday[int((day - FIRST).astype(int))])
            day = city.days[min(offset, len(city.days) - 3)]
            finding = FINDINGS[int(rng.integers(len(FINDINGS)))]
            rows.append((str(day), simulated[place].work_id, int(rng.random() < 0.42), f"模擬結論：{finding}"))
    rows.sort(key=lambda row: row[:3])
    return {
        "visit_id": [f"V{number:04d}" for number in range(1, len(rows) + 1)],
        "visited_on": np.array([row[0] for row in rows], dtype="datetime64[D]"),
        "work_id": [row[1] for row in rows],
        "kind": city.label("visit_kind", np.array([row[2] for row in rows], dtype=np.int32)),
        "conclusion": [row[3] for row in rows],
    }
