"""Is the simulated set of an earlier day what somebody would have had then, and does a build stand on it?"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from data_pipeline import declarations, sample
from data_pipeline.sample import until as earlier
from data_pipeline.sample.city import rows
from data_pipeline.store import Store, meetings
from tests.test_sample import AHEAD_OF_TIME

ROOT = Path(__file__).parent.parent
DAY = dt.date(2023, 11, 30)


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    """Two meetings a month apart, built and frozen by the commands: `then` and `now`."""
    root = tmp_path_factory.mktemp("meetings") / "store"
    for name, date, more in (("112-11", "112.12.5", ["--until", "112-11"]), ("112-12", "113.1.5", [])):
        for arguments in (
            ["sample", "--scale", "0.02", *more], ["build", "--no-sample"],
            ["meeting", "freeze", name, "--date", date, "--no-slides"],
        ):  # fmt: skip
            done = subprocess.run(
                [sys.executable, "-m", "data_pipeline", "--store", str(root), *arguments],
                cwd=ROOT, capture_output=True, text=True, timeout=120,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
    store = Store(root)
    con = duckdb.connect()
    for name, each in zip(("then", "now"), meetings.meetings(store), strict=True):
        assert meetings.verify(each) == []
        con.execute(f"attach '{store.build(each.opened).path}' as \"{name}\" (read_only)")
    yield con
    con.close()


@pytest.fixture
def one(con):
    def ask(sql):
        row = con.execute(sql.replace("then.", '"then".')).fetchone()
        return row[0] if len(row) == 1 else row

    return ask


def test_nothing_in_it_is_later_than_its_day(con):
    for name in sample.SOURCES:
        source = declarations.read(declarations.SOURCES / f"{name}.yml")
        for key, column in source.columns.items():
            if column.type in ("date", "datetime", "month") and not key.startswith(AHEAD_OF_TIME):
                last = con.execute(f'select max("{key}")::date from "then".raw.{name}').fetchone()[0]
                assert last is None or last <= DAY, (name, key, last)


def test_it_reaches_its_day_and_is_marked(one):
    for name in ("work_progress", "hotline_contacts", "hotline_cases", "petitions"):
        assert one(f"select reach, is_simulated from then.meta.sources where name = '{name}'") == (DAY, True)
    assert one("select max(as_of) from then.marts.works") == DAY
    assert one("select max(year) from then.staging.budget_execution") == 2022
    assert one("select bool_and(place like '%until=2023-11-30') from then.meta.inputs")


def test_what_was_known_then_is_known_now_but_for_the_few_corrections(one):
    for name, key in (("hotline_contacts", "contact_id"), ("petitions", "petition_id"), ("works", "work_id")):
        assert one(f"select count(*) from then.staging.{name} where {key} not in (select {key} from now.staging.{name})") == 0
    for name, key, day in (("hotline_contacts", "contact_id", "received_at"), ("petitions", "petition_id", "received_on")):
        late, recent = one(f"""
            select count(*) filter ({key} not in (select {key} from then.staging.{name})), count(*)
            from now.staging.{name} where {day}::date between date '2023-10-01' and date '2023-11-30'""")
        assert 0 < late < 0.02 * recent, name
        assert one(f"""select count(*) from now.staging.{name} where {day}::date < date '2023-10-01'
                       and {key} not in (select {key} from then.staging.{name})""") == 0
    assert one("""select count(*) from now.staging.awards where awarded_on <= date '2023-11-30'""") == one(
        "select count(*) from then.staging.awards"
    )


def test_open_cases_and_petitions_are_open_again(one):
    same = "from then.staging.hotline_cases t join now.staging.hotline_cases n using (case_id)"
    reopened, wrong = one(f"""
        select count(*) filter (t.closed_at is null and n.closed_at is not null),
               count(*) filter (t.closed_at is distinct from n.closed_at
                                and not (t.closed_at is null and n.closed_at::date > date '2023-11-30')) {same}""")
    assert reopened > 5 and wrong == 0
    assert one("select count(*) from then.staging.hotline_cases where (status = 'closed') <> (closed_at is not null)") == 0
    assert one("""select count(*) from then.staging.petitions t join now.staging.petitions n using (petition_id)
                  where t.closed_on is null and n.closed_on > date '2023-11-30'""") > 5


def test_progress_was_corrected_by_at_most_two_points_in_a_few_months(one):
    changed, works, least, most, months = one("""
        select count(*), count(distinct work_id), min(t.actual_progress - n.actual_progress),
               max(t.actual_progress - n.actual_progress), count(distinct month)
        from then.staging.work_progress t join now.staging.work_progress n using (work_id, month)
        where t.actual_progress <> n.actual_progress or t.planned_progress <> n.planned_progress""")
    assert works == earlier.CORRECTED and works <= changed <= 2 * works and months == 2
    assert least > 0.005 and most <= 0.02 + 1e-9
    assert one("""select count(*) from (select actual_progress - lag(actual_progress) over w as step
                  from then.staging.work_progress window w as (partition by work_id order by month))
                  where step < 0""") == 0


def test_who_files_late_had_not_filed_yet(one):
    late, others = one("""
        select count(*) filter (filed_on > date '2023-12-05'), count(*) filter (filed_on <= date '2023-12-05')
        from now.staging.work_progress n where month = date '2023-11-01'
          and not exists (from then.staging.work_progress t where t.work_id = n.work_id and t.month = n.month)
          and n.work_id in (select work_id from then.staging.works)""")
    assert late > 5 and others == 0
    assert one("select count(*) from then.marts.works where light = 'not_filed'") > one(
        "select count(*) from now.marts.works where light = 'not_filed'"
    )


def test_lights_flipped_works_were_finished_and_new_ones_came(one):
    flipped, hidden, finished = one("""
        select count(*) filter (t.light <> n.light),
               count(*) filter (t.light = 'on_schedule' and n.light in ('behind', 'seriously_behind')),
               count(*) filter (n.finished_on > date '2023-11-30' and t.finished_on is null and t.light <> 'completed')
        from then.marts.works t join now.marts.works n using (work_id)""")
    assert flipped > 20 and hidden >= 1 and finished > 10
    # That light was hidden by progress filed too high: of the same month it is told otherwise now.
    assert one("""select count(*) from then.marts.work_months t join now.marts.work_months n using (work_id, month)
                  where month = date '2023-11-01' and t.light = 'on_schedule' and n.light = 'behind'""") == hidden
    assert one("select count(*) from now.marts.works where registered_on > date '2023-11-30'") == one(
        "select count(*) from now.marts.works where work_id not in (select work_id from then.marts.works)"
    ) > 0  # fmt: skip


def test_milestones_slipped_and_promises_were_moved_or_broken(one):
    slipped, least, most = one("""
        select count(*), min(n.slip_days - t.slip_days), max(n.slip_days - t.slip_days)
        from then.marts.milestones t join now.marts.milestones n using (work_id, milestone)
        where n.slip_days > t.slip_days and not n.is_done""")
    assert slipped > 20 and least >= 1 and most <= 46
    assert one("select count(*) from then.staging.work_milestones where forecast_on <= date '2023-11-30'") == 0
    assert one("""select count(distinct work_id), bool_and(t.promised_on between date '2023-12-01' and n.promised_on)
                  from then.staging.work_lags t join now.staging.work_lags n using (work_id, month)
                  where t.promised_on <> n.promised_on""") == (earlier.MOVED, True)
    assert one("""select count(*) from then.marts.works t join now.marts.works n using (work_id)
                  where t.promised_on <= date '2023-12-31' and n.promised_on > t.promised_on
                  and n.light in ('behind', 'seriously_behind', 'halted')""") > 3


def test_no_red_light_was_without_its_reason(one):
    assert one("""select count(*), count(g.cause) from then.marts.work_months m
                  left join then.staging.work_lags g using (work_id, month)
                  where m.light in ('behind', 'seriously_behind', 'halted') having count(*) = count(g.cause)""")[0] > 500


def test_nothing_but_time_is_cut_from_a_real_site(one):
    real = ", ".join(f"'{row['work_id']}'" for row in rows("sites"))
    assert one(f"select count(*) from then.marts.works where work_id in ({real})") == 7
    assert one(f"""select count(*) from then.staging.work_progress t join now.staging.work_progress n
                   using (work_id, month) where work_id in ({real}) and t.actual_progress <> n.actual_progress""") == 0
    assert one(f"""select count(*) from then.staging.work_milestones t join now.staging.work_milestones n
                   using (work_id, milestone)
                   where work_id in ({real}) and t.forecast_on is distinct from n.forecast_on""") == 0
    assert one(f"""select count(*) from then.marts.works
                   where work_id in ({real}) and light in ('behind', 'seriously_behind', 'halted')""") == 0


def test_money_of_the_running_year_is_what_had_been_spent_by_then(one):
    fewer, more, over = one("""
        select count(*) filter (t.executed_twd < n.executed_twd), count(*) filter (t.executed_twd > n.executed_twd),
               count(*) filter (t.executed_twd > t.allocated_twd)
        from then.staging.work_budgets t join now.staging.work_budgets n using (work_id, year)""")
    assert fewer > 50 and more == over == 0
    assert one("""select count(*) from then.staging.work_budgets t join now.staging.work_budgets n using (work_id, year)
                  where year < 2023 and t.executed_twd <> n.executed_twd""") == 0


def test_the_same_day_gives_the_same_bytes_and_its_edges_are_refused(tmp_path):
    first, second = (sample.generate(tmp_path / name, scale=0.005, until=DAY) for name in "ab")
    assert set(first) == set(sample.SOURCES)
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in sample.SOURCES)
    for day in (sample.FIRST, sample.LAST, dt.date(2024, 5, 1)):
        with pytest.raises(ValueError, match="until"):
            sample.generate(tmp_path, until=day)
