-- one row per work: where it stands at the reach of the filings, since when, why, who acts, promised for when
with reach as (
    select month, as_of
    from marts.filing_reach
),

reports as (
    select p.*
    from staging.work_progress p
    join reach r on p.month <= r.month
),

now as (
    select m.*
    from marts.work_months m
    join reach using (month)
),

-- Since when: the month after the last one that was different. A month not filed does not end a delay.
since as (
    select
        m.work_id,
        coalesce((max(m.month) filter (where m.light is distinct from n.light) + interval 1 month)::date, min(m.month))
            as light_since,
        coalesce((max(m.month) filter (where m.light in ('ahead', 'on_schedule')) + interval 1 month)::date,
            min(m.month)) as behind_since
    from marts.work_months m
    join now n using (work_id)
    group by all
),

-- What the last report said: a month not filed says nothing of how the work stands.
told as (
    select m.work_id, max_by(m.light, m.month) as reported_light
    from marts.work_months m
    join reach r on m.month <= r.month
    where m.light <> 'not_filed'
    group by all
),

filed as (
    select
        work_id,
        max(month) as filed_month,
        max_by(p.planned_progress, month) as planned_progress,
        max_by(p.actual_progress, month) as actual_progress,
        max_by(m.gap_points, month) as gap_points,
        max_by(m.gap_days, month) as gap_days,
        max_by(p.planned_amount_twd, month) as planned_amount_twd,
        max_by(p.executed_amount_twd, month) as executed_amount_twd
    from reports p
    left join marts.work_months m using (work_id, month)
    group by all
),

-- Progress a month between two filings, so that a filing after a gap does not look fast.
paces as (
    select work_id, max(pace) as best_pace
    from (
        select
            work_id,
            (actual_progress - lag(actual_progress) over along)
                / date_diff('month', lag(month) over along, month) as pace
        from reports
        window along as (partition by work_id order by month)
    )
    group by all
),

lags as (
    select
        work_id,
        max(month) as lag_month,
        max_by(factor, month) as lag_factor,
        max_by(cause, month) as lag_cause,
        max_by(remedy, month) as remedy,
        max_by(owner_id, month) as owner_id,
        max_by(promised_on, month) as promised_on
    from staging.work_lags
    where month <= (select month from reach)
    group by all
),

budgets as (
    select
        work_id,
        max(year) as budget_year,
        max_by(budget_twd, year) as year_budget_twd,
        max_by(allocated_twd, year) as year_allocated_twd,
        max_by(executed_twd, year) as year_executed_twd
    from staging.work_budgets
    where year <= (select year(as_of) from reach)
    group by all
),

milestones as (
    select
        work_id,
        min_by(milestone, planned_on) as next_milestone,
        min_by(coalesce(forecast_on, planned_on), planned_on) as next_milestone_on
    from staging.work_milestones
    where done_on is null
    group by all
),

facts as (
    select
        w.*, r.month, r.as_of, n.light, n.life_cycle, n.is_completed, s.light_since, s.behind_since,
        f.* exclude (work_id), t.reported_light, p.best_pace, l.* exclude (work_id), b.* exclude (work_id), i.* exclude (work_id),
        -- Pace that is still needed, in progress a month; an average month has 30.4 days.
        case when w.finished_on is null and w.planned_finish_on > r.as_of
             then (1 - f.actual_progress) / ((w.planned_finish_on - r.as_of) / 30.4375) end as needed_pace,
        coalesce(n.is_controlled_in_year, false) as is_controlled_in_year
    from staging.works w
    cross join reach r
    left join now n using (work_id)
    left join since s using (work_id)
    left join filed f using (work_id)
    left join told t using (work_id)
    left join paces p using (work_id)
    left join lags l using (work_id)
    left join budgets b using (work_id)
    left join milestones i using (work_id)
)

select
    f.work_id, f.title, f.plan_id, p.title as plan_title, p.axis, f.control_class, f.work_kind, f.agency_id,
    f.district_id, f.month, f.as_of,
    case when f.registered_on > f.as_of and f.control_class <> 'none' then 'proposed' else f.life_cycle end
        as life_cycle,
    f.light, f.reported_light, f.light_since,
    case when f.light in ('behind', 'seriously_behind', 'halted') then f.behind_since end as behind_since,
    coalesce(f.is_completed, false) as is_completed, f.is_controlled_in_year,
    f.filed_month, f.planned_progress, f.actual_progress,
    -- A finished work has no gap, whatever its last report said.
    case when f.finished_on is null then f.gap_points end as gap_points,
    case when f.finished_on is null then f.gap_days end as gap_days,
    f.registered_on, f.planned_start_on, f.planned_finish_on, f.started_on, f.finished_on, f.released_on,
    f.suspended_on,
    f.lag_month, f.lag_factor, f.lag_cause, f.remedy, f.owner_id, f.promised_on,
    -- A promise is broken when its day has passed and the work is still behind.
    coalesce(f.promised_on < f.as_of and f.light in ('behind', 'seriously_behind', 'halted'), false)
        as is_promise_broken,
    f.next_milestone, f.next_milestone_on,
    f.budget_twd, f.award_amount_twd, f.planned_amount_twd, f.executed_amount_twd,
    f.budget_year, f.year_budget_twd, f.year_allocated_twd, f.year_executed_twd,
    f.year_executed_twd / nullif(f.year_allocated_twd, 0) as executed_to_allocated_rate,
    f.year_executed_twd / nullif(f.year_budget_twd, 0) as executed_to_budget_rate,
    f.best_pace, f.needed_pace,
    case
        when f.finished_on is not null or f.filed_month is null then false
        when f.planned_finish_on <= f.as_of then true
        else coalesce(f.best_pace > 0 and round(f.needed_pace / f.best_pace, 6) >= rule('too_steep_ratio'), false)
    end as is_remaining_plan_too_steep,
    f.longitude, f.latitude, f.coordinate_precision,
    case when f.budget_twd >= rule('map_large_budget_twd') then 3
         when f.budget_twd >= rule('map_medium_budget_twd') then 2 else 1 end as budget_step,
    f.is_simulated
from facts f
left join staging.forward_plans p using (plan_id)
