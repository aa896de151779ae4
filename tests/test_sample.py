"""Does the simulated set meet the published figures, and is it plainly simulated? Asked of the files, in SQL."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re

import duckdb
import pytest
import shapely

from data_pipeline import declarations, sample
from data_pipeline.store import PROJECT

SEEDS = PROJECT / "duckdb" / "seeds"
RECORDS = {"hotline_contacts", "hotline_cases", "satisfaction_answers", "petitions"}
AHEAD_OF_TIME = ("planned", "forecast", "promised", "due", "finish_before", "finish_after")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return sample.generate(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def sources():
    return {name: declarations.read(declarations.SOURCES / f"{name}.yml") for name in sample.SOURCES}


@pytest.fixture(scope="module")
def con(files, sources):
    """Every source as a table with canonical names; money in 元; codes still in Chinese."""
    con = duckdb.connect()
    for name, path in files.items():
        columns = ", ".join(
            f'"{column.header}"{" * 1000" if column.type == "money" else ""} as "{key}"'
            for key, column in sources[name].columns.items()
        )
        con.execute(f"create table {name} as select {columns} from read_csv('{path}', header=true)")
    con.execute("""
        create table line as  -- where the plan stood: each filed month end, and zero on the day of the planned start
            select work_id, last_day(strptime(month || '-01', '%Y-%m-%d')::date) as day, planned_progress as planned
            from work_progress
            union select work_id, planned_start_on, 0 from works;
        create table light as
            with filed as (
                select p.*, last_day(strptime(month || '-01', '%Y-%m-%d')::date) as day from work_progress p),
            below as (
                select f.work_id, f.month, max_by(l.day, l.day) as d0, max_by(l.planned, l.day) as p0
                from filed f join line l on l.work_id = f.work_id and l.day <= f.day and l.planned <= f.actual_progress
                group by all),
            above as (
                select b.work_id, b.month, min(l.day) as d1, min_by(l.planned, l.day) as p1
                from below b join line l on l.work_id = b.work_id and l.day > b.d0 group by all)
            select f.work_id, f.month, f.status, actual_progress - planned_progress as points,
                   case when actual_progress >= planned_progress then 0
                        else f.day - d0 - (actual_progress - p0) / (p1 - p0) * (d1 - d0) end as days,
                   case when status = '已完工' then 'completed' when status = '停工' then 'halted'
                        when points <= -10 or days >= 120 then 'seriously_behind'
                        when points <= -5 or days >= 60 then 'behind'
                        when points >= 5 then 'ahead' else 'on_schedule' end as light
            from filed f left join below b using (work_id, month) left join above a using (work_id, month);
        create macro standing(of_month) as table  -- of works registered by then
            select w.*, case when finished_on <= last_day(strptime(of_month || '-01', '%Y-%m-%d')::date)
                             then 'completed' else coalesce(l.light, 'not_filed') end as light, l.points, l.days
            from works w left join light l on l.work_id = w.work_id and l.month = of_month
            where registered_on <= last_day(strptime(of_month || '-01', '%Y-%m-%d')::date);
    """)
    yield con
    con.close()


@pytest.fixture
def one(con):
    def ask(sql):
        row = con.execute(sql).fetchone()
        return row[0] if len(row) == 1 else row

    return ask


def test_each_source_has_one_file_with_the_headers_it_declares(files, sources):
    assert set(files) == set(sample.SOURCES) == set(sources)
    for name, path in files.items():
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [column.header for column in sources[name].columns.values()], name


def test_every_code_agency_and_district_is_known(con, sources):
    seeds = {kind: {row["zh"] for row in _seed(kind)} for kind in ("agencies", "districts")}
    codes = {}
    for row in _seed("codes"):
        codes.setdefault(row["domain"], set()).add(row["zh"])
    for name, source in sources.items():
        for key, column in source.columns.items():
            known = {"code": codes.get(column.domain), "agency": seeds["agencies"], "district": seeds["districts"]}
            if column.type in known:
                found = {value for (value,) in con.execute(f'select distinct "{key}" from {name}').fetchall()} - {None}
                assert found <= known[column.type], (name, key)


def test_required_columns_are_filled_and_keys_are_unique(con, sources):
    for name, source in sources.items():
        for key, column in source.columns.items():
            if column.required:
                assert con.execute(f'select count(*) from {name} where "{key}" is null').fetchone()[0] == 0, (name, key)
        key = ", ".join(f'"{column}"' for column in source.key)
        assert con.execute(f"select count(*) - count(distinct ({key})) from {name}").fetchone()[0] == 0, name


def test_contacts_grow_to_nearly_118_and_over_142_ten_thousand(con, one):
    years = [n for (n,) in con.execute("select count(*) from hotline_contacts group by year(received_at) "
                                       "order by year(received_at)").fetchall()]  # fmt: skip
    assert years[0] < years[1] < years[2] < years[3] and years[4] < years[3]
    assert 1_170_000 <= sum(years[:4]) < 1_180_000
    assert 1_423_000 <= sum(years) < 1_424_000
    phone = one("select avg((channel = '電話')::int) from hotline_contacts")
    assert 0.79 < phone < 0.81
    rest = con.execute("select count(*) from hotline_contacts where channel <> '電話' and year(received_at) < 2023 "
                       "group by year(received_at) order by year(received_at)").fetchall()  # fmt: skip
    assert rest == sorted(rest)


def test_satisfaction_after_the_call_is_97_percent_with_many_answers(one):
    sql = "select avg((answer in ('滿意', '非常滿意'))::int), count(*) from satisfaction_answers where service = '話後'"
    for where in ("", " and year(answered_on) < 2023"):
        share, answers = one(sql + where)
        assert 0.965 <= share <= 0.975 and answers > 100_000


def test_the_hotline_has_its_gap_its_storms_and_its_weekends(con, one):
    gap = "received_at::date between date '2021-05-14' and date '2021-05-16'"
    assert one(f"select count(*) from hotline_contacts where {gap}") == 0
    days = "select received_at::date as day, count(*) as n from hotline_contacts group by day"
    assert one(f"select count(distinct day) from ({days})") == 1826 - 3
    assert one(f"select max_by(day, n) from ({days})") == dt.date(2023, 7, 27)
    weekend, monday = (one(f"select avg(n) from ({days}) where dayofweek(day) in {part}") for part in ("(0, 6)", "(1)"))
    assert weekend < 0.75 * monday


def test_each_dispatched_contact_is_one_case(one):
    assert one("""select count(*) from (
                    (select received_at, category, agency_id, district_id from hotline_contacts where kind = '派工'
                     except all select received_at, category, agency_id, district_id from hotline_cases))""") == 0
    assert one("select (select count(*) from hotline_contacts where kind = '派工') - count(*) from hotline_cases") == 0
    wrong, late_open = one("""select count(*) filter ((status = '已完成') <> (closed_at is not null)),
                                     count(*) filter (closed_at is null and due_at < timestamp '2024-01-01')
                              from hotline_cases""")
    assert wrong == 0 and late_open > 50


def test_petitions_meet_count_days_and_leave_some_open(one):
    assert one("select count(*) from petitions where year(received_on) < 2023") == 526_064
    assert 121_900 <= one("select count(*) from petitions where year(received_on) = 2022") <= 122_050
    assert 3.45 <= one("select avg(closed_on - received_on) from petitions where year(received_on) < 2023") <= 3.55
    share, overdue = one("""
        select sum((closed_on <= due_on)::int)
               / sum((closed_on is not null or due_on < date '2024-01-01')::int),
               count(*) filter (closed_on is null and due_on < date '2024-01-01') from petitions""")
    assert 0.94 <= share <= 0.965 and overdue > 100


def test_plans_and_forward_works_add_up(con, one):
    axes = con.execute("select axis, count(*) from forward_plans group by all order by min(plan_id)").fetchall()
    assert [n for _, n in axes] == [2, 58, 15, 9, 7, 60, 20, 192]
    assert one("select sum(budget_twd)::bigint from forward_plans") == 105_092_000_000
    assert one("""select sum(subsidy_twd)::bigint, min(subsidy_twd / budget_twd) > 0.8, max(subsidy_twd / budget_twd) <= 1
                  from forward_plans where approved_on < date '2023-01-01'""") == (98_987_000_000, True, True)
    assert one("""select count(*) from forward_plans p
                  join (select plan_id, sum(budget_twd) as works from works group by all) w using (plan_id)
                  where works = p.budget_twd""") == 363
    assert one("""select count(*), sum(budget_twd)::bigint from works
                  where plan_id is not null and registered_on < date '2023-01-01'""") == (1_597, 98_987_000_000)


def test_forward_works_at_the_end_of_111(con):
    rows = dict(con.execute("""select light, count(*) from standing('2022-12')
                               where plan_id is not null group by all""").fetchall())
    assert sum(rows.values()) == 1_597
    assert rows["completed"] == 1_312
    assert rows["completed"] + rows["on_schedule"] + rows["ahead"] == 1_515


def test_plans_at_the_end_of_112(one):
    """Weighted by budget, a finished work counts as 100 planned and 100 done; days are read from the weighted line."""
    completed, on_schedule, total = one("""
        with ends as (select distinct day from line where day <= date '2023-12-31' and day = last_day(day)),
        stood as (
            select w.plan_id, e.day, w.budget_twd as weight,
                   case when w.finished_on <= e.day then 100
                        when w.registered_on > e.day then 0 else coalesce(p.planned_progress, 0) end as planned,
                   case when w.finished_on <= e.day then 100
                        when w.registered_on > e.day then 0 else coalesce(p.actual_progress, 0) end as actual,
                   coalesce(w.finished_on <= e.day, false) as done
            from works w cross join ends e
            left join work_progress p on p.work_id = w.work_id and last_day((p.month || '-01')::date) = e.day
            where plan_id is not null),
        plan as (
            select plan_id, day, sum(weight * planned) / sum(weight) as planned,
                   sum(weight * actual) / sum(weight) as actual, bool_and(done) as done
            from stood group by all),
        now as (select * from plan where day = date '2023-12-31'),
        days as (  -- by how many days the plan had passed what is done now: the last month end at or below it
            select n.plan_id, max(p.day) as d0 from now n join plan p using (plan_id)
            where p.planned <= n.actual and p.day < n.day group by all)
        select count(*) filter (done),
               count(*) filter (done or (actual - planned > -5 and (actual >= planned or date '2023-12-31' - d0 < 91))),
               count(*)
        from now left join days using (plan_id)""")
    assert (completed, on_schedule, total) == (316, 352, 363)


def test_controlled_works_add_up(con, one):
    rows = con.execute("""select control_class, count(*) from works
                          where control_class <> '非列管' group by all order by 2""").fetchall()
    assert [n for _, n in rows] == [375, 974]
    assert one("select sum(budget_twd)::bigint from works where control_class <> '非列管'") == 103_300_000_000
    assert one("""select count(*) from works where (control_class = '五千萬元以上重大建設' and budget_twd < 50000000)
                  or (control_class = '五千萬元以下前瞻工程' and budget_twd >= 50000000)
                  or (control_class = '五千萬元以下前瞻工程' and plan_id is null)
                  or registered_on < date '2019-01-01'""") == 0


def test_major_works_in_111(con, one):
    major = "control_class = '五千萬元以上重大建設'"
    assert one(f"""select count(*), count(*) filter (finished_on >= date '2022-01-01') from works
                   where {major} and finished_on < date '2023-01-01'""") == (178, 35)
    under = f"{major} and registered_on < date '2023-01-01' and not coalesce(finished_on < date '2022-01-01', false)"
    assert one(f"select count(*) from works where {under}") == 178
    assert one(f"""select count(*) from works where {under} and released_on < date '2022-01-01'""") == 0
    assert one(f"""select count(*) from standing('2022-12')
                   where {under} and light in ('completed', 'on_schedule', 'ahead')""") == 133


def test_no_light_stands_near_a_threshold_on_the_published_days(one):
    for month in ("2022-12", "2023-12"):
        assert one(f"""select count(*) from standing('{month}')
                       where light in ('on_schedule', 'ahead') and (points <= -4 or days >= 40)""") == 0
        assert one(f"""select count(*) from standing('{month}') where light = 'behind'
                       and not ((points <= -5.4 or days >= 64) and points > -9.5 and days < 115)""") == 0


def test_all_six_lights_and_completed_are_on_the_map_today(con):
    rows = dict(con.execute("""select light, count(*) from standing('2023-12')
                               where suspended_on is null and (control_class <> '非列管' or light <> 'not_filed')
                               group by all""").fetchall())
    assert set(rows) == {"completed", "on_schedule", "ahead", "behind", "seriously_behind", "halted", "not_filed"}
    assert 3 <= rows["not_filed"] <= 8 and 2 <= rows["halted"] <= 12


def test_curves_never_fall_and_end_with_the_work(one):
    assert one("""select count(*) from (select planned_progress - lag(planned_progress) over w as p,
                  actual_progress - lag(actual_progress) over w as a from work_progress
                  window w as (partition by work_id order by month)) where p < 0 or a < 0""") == 0
    assert one("""select count(*) from works w left join (select work_id, max(month) as last,
                  max_by(actual_progress, month) as done from work_progress group by all) p using (work_id)
                  where finished_on is not null and (last <> strftime(finished_on, '%Y-%m') or done <> 100)""") == 0
    assert one("""select count(*) from work_progress p join works w using (work_id) where actual_progress >= 100
                  and (finished_on is null or month <> strftime(finished_on, '%Y-%m'))""") == 0


def test_a_red_light_has_a_reason_an_owner_and_a_promise(one):
    assert one("""select count(*) from light l left join work_lags g using (work_id, month)
                  where l.light in ('behind', 'seriously_behind', 'halted')
                  and (g.cause is null or g.remedy is null or g.owner_id is null or g.promised_on is null)""") == 0


def test_works_behind_today_were_green_once(one):
    behind, once_green = one("""
        select count(*), count(*) filter (green) from (
            select work_id, bool_or(h.light in ('on_schedule', 'ahead')) as green
            from standing('2023-12') s join light h using (work_id)
            where s.light in ('behind', 'seriously_behind', 'halted') group by all)""")
    assert behind >= 40 and once_green >= 0.9 * behind


def test_days_follow_each_other_and_filings_are_mostly_by_the_fifth(one):
    assert 0.90 < one("select avg((filed_on <= last_day((month || '-01')::date) + 5)::int) from work_progress") < 0.97
    assert one("""select count(*) from works where registered_on > planned_start_on or started_on > finished_on
                  or planned_start_on >= planned_finish_on or finished_on > released_on
                  or award_amount_twd > budget_twd""") == 0
    assert one("""select count(*) from work_changes where amount_after_twd < amount_before_twd
                  or finish_after_on - finish_before_on <> extension_days or extension_days < 0""") == 0
    assert one("""select count(*) from work_changes c join works w using (work_id)
                  where changed_on < started_on or changed_on > coalesce(finished_on, date '2023-12-31')""") == 0
    assert one("""select count(*) from work_budgets
                  where executed_twd > allocated_twd or allocated_twd > budget_twd""") == 0


def test_only_the_seven_real_sites_bear_real_names(con, files):
    real = {row["zh"] for row in _seed("sites")}
    titles = {title for (title,) in con.execute("select title from works").fetchall()}
    assert len(real) == 7 and real <= titles
    assert all(re.fullmatch(r"模擬工程 \d{4}", title) for title in titles - real)
    for name, pattern in (("forward_plans", r"模擬計畫 \d{3}"), ("awards", r"模擬獎項 \d{4}")):
        found = con.execute(f"select count(*) from {name} where not regexp_full_match(title, '{pattern}')").fetchone()
        assert found == (0,)
    assert con.execute("select count(*) from award_entries where topic not like '模擬參獎主題 %'").fetchone() == (3,)
    rows = con.execute("select cause, remedy from work_lags union select reason, reason from work_changes").fetchall()
    assert all(text.startswith(("模擬", "未公布")) for row in rows for text in row)


def test_real_sites_keep_their_facts_and_an_honest_precision(con):
    for row in _seed("sites"):
        found = con.execute(
            "select title, budget_twd, longitude, latitude, coordinate_precision, plan_id from works where work_id = ?",
            [row["work_id"]],
        ).fetchone()
        place = (float(row["longitude"]), float(row["latitude"]))
        precision = {"village": "概略（里）", "district": "概略（區）"}[row["coordinate_precision"]]
        assert found == (row["zh"], int(row["budget_twd"]), *place, precision, None)
    for row in _seed("sites"):
        if row["quote"]:
            text = (PROJECT / "data_pipeline" / "published" / "documents").glob(f"{row['document']}*")
            assert any(row["quote"] in path.read_text(encoding="utf-8") for path in text), row["quote"]
    water = "select actual_progress from work_progress where work_id = 'W0003' and month = '2021-12'"
    assert con.execute(water).fetchone() == (23.76,)


def test_every_place_lies_in_its_district(con):
    content = json.loads((SEEDS / "district_boundaries.geojson").read_text(encoding="utf-8"))
    order = [row["district_id"] for row in _seed("districts")]
    assert [each["properties"]["district_id"] for each in content["features"]] == order
    shapes = dict(zip(order, (shapely.geometry.shape(each["geometry"]) for each in content["features"]), strict=True))
    names = {row["zh"]: row["district_id"] for row in _seed("districts")}
    rows = con.execute("select district_id, longitude, latitude from works").fetchall()
    assert all(shapely.contains_xy(shapes[names[name]], *place) for name, *place in rows)
    assert len({name for name, *_ in rows}) == 37
    exact = con.execute("select count(*) from works where coordinate_precision = '精確'").fetchone()
    assert exact == (0,)


def test_service_reviews_have_the_printed_size(con, one):
    for name, date, count in (("mystery_audits", "audited_on", 95), ("phone_tests", "tested_on", 370)):
        rows = con.execute(f"select year({date}), count(*) from {name} group by all order by all").fetchall()
        assert rows == [(year, count) for year in range(2019, 2024)]
    for name, year in (("phone_tests", "year(tested_on)"), ("reply_reviews", "year")):
        units = con.execute(f"select count(distinct agency_id) from {name} group by {year}").fetchall()
        assert units == [(173,)] * 5
    assert one("select count(distinct agency_id) from mystery_audits where agency_id like '%區公所'") == 37


def test_awards_and_service_award_entries_are_as_printed(con):
    rows = dict(con.execute("select class, count(*) from awards group by all").fetchall())
    assert rows == {"國際大獎": 43, "國內大獎": 229, "第1名": 86, "第2名": 80, "第3名": 58, "績優": 454, "優等": 267,
                    "甲等": 92, "其他": 353}  # fmt: skip
    assert sum(rows.values()) == 1_662
    stages = dict(con.execute("""select stage, count(*) from award_entries
                                 where edition = 6 and year = 2023 group by all""").fetchall())
    assert stages == {"輔導": 58, "推薦": 2, "入圍": 2, "得獎": 2}
    winners = con.execute("select agency_id from award_entries where edition = 5 and stage = '得獎'").fetchall()
    assert sorted(winners) == sorted([("研究發展考核委員會",), ("教育局",), ("交通局",)])


def test_people_and_special_lines_are_as_printed(one):
    assert one("select sum(calls)::int from special_line_calls where left(month, 4) = '2021'") == 24_122
    assert one("select sum(calls)::int from special_line_calls where left(month, 4) = '2022'") == 37_726
    assert one("""select sum(people)::int, sum(people) filter (age_group = '65+') >= 0.8 * sum(people),
                  sum(people) filter (sex = 'm')::int, sum(people) filter (sex = 'f')::int
                  from volunteers where year = 2022""") == (55, True, 14, 41)
    interns = "from youth_activities where programme = '公部門實習'"
    assert one(f"select participants, colleges {interns} and year(held_on) = 2022") == (178, 37)
    assert one(f"select sum(participants)::int {interns} and year(held_on) < 2023") == 413
    assert one("""select count(*) filter (programme = '名人講座'), count(*) filter (programme = '青年學堂'),
                  count(*) filter (programme = '提案輔導'), count(*) filter (programme = '共學交流')
                  from youth_activities where year(held_on) = 2022""") == (2, 5, 5, 5)
    assert one("""select count(*) from youth_activities
                  where programme = '跨局處交流' and year(held_on) between 2020 and 2022""") == 70
    assert 69_500 <= one("select sum(visits)::int from joint_centre_visits where left(month, 4) = '2022'") <= 70_500


def test_nothing_happened_after_the_end_of_112(con, sources):
    for name, source in sources.items():
        for key, column in source.columns.items():
            if column.type in ("date", "datetime") and not key.startswith(AHEAD_OF_TIME):
                last = con.execute(f'select max("{key}")::date from {name}').fetchone()[0]
                assert last <= dt.date(2023, 12, 31), (name, key)
            if column.type == "month":
                assert con.execute(f'select max("{key}") from {name}').fetchone()[0] <= "2023-12", (name, key)


def test_the_same_seed_gives_the_same_bytes_and_scale_shrinks_only_records(files, tmp_path):
    first, second = sample.generate(tmp_path / "a", scale=0.01), sample.generate(tmp_path / "b", scale=0.01)
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in sample.SOURCES)
    for name in sample.SOURCES:
        if name in RECORDS:
            assert 0.005 < first[name].stat().st_size / files[name].stat().st_size < 0.015, name
        elif name != "special_line_calls":
            assert first[name].read_bytes() == files[name].read_bytes(), name
    other = sample.generate(tmp_path / "c", seed=7, scale=0.01)
    assert other["works"].read_bytes() != first["works"].read_bytes()
    with pytest.raises(ValueError, match="scale"):
        sample.generate(tmp_path, scale=0)


def _seed(name):
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
