-- one row per subject (work, or forward-looking plan) and month: where its plan and its actual progress stood at the month's end
-- 逐案逐月之預定與實際總累計進度；計畫之進度為其工程依預算加權。
with span as (
    select min(p.month) as first_month, r.month as last_month
    from staging.work_progress p
    join marts.filing_reach r on p.month <= r.month
    group by r.month
),

months as (
    select unnest(generate_series(first_month, last_month, interval 1 month))::date as month
    from span
),

-- Works of a plan are followed before they are registered too: a plan that grows must not seem to move backwards.
work_rows as (
    select
        w.work_id, w.plan_id, w.budget_twd, w.planned_start_on, w.finished_on, m.month,
        last_day(m.month) as month_end,
        w.registered_on <= last_day(m.month) as is_registered,
        coalesce(w.finished_on <= last_day(m.month), false) as is_completed,
        coalesce(least(w.released_on, w.suspended_on) <= last_day(m.month), false) as is_let_go,
        w.control_class <> 'none' as is_controlled,
        p.planned_progress, p.actual_progress, p.status, p.filed_on,
        p.work_id is not null as is_filed,
        w.is_simulated or coalesce(p.is_simulated, false) as is_simulated
    from staging.works w
    cross join months m
    left join staging.work_progress p on p.work_id = w.work_id and p.month = m.month
    where w.plan_id is not null or w.registered_on <= last_day(m.month)
),

-- A month that was not filed stands where the last filed one stood; a finished work stands at its end.
carried as (
    select
        *,
        is_registered and not is_completed as is_open,
        case when is_completed then 1
             else last_value(planned_progress ignore nulls) over so_far end as planned_so_far,
        case when is_completed then 1
             else last_value(actual_progress ignore nulls) over so_far end as actual_so_far
    from work_rows
    where plan_id is not null
    window so_far as (partition by work_id order by month)
),

plan_rows as (
    select
        c.plan_id, c.month, c.month_end,
        min(c.planned_start_on) as planned_start_on,
        sum(c.budget_twd * coalesce(c.planned_so_far, 0)) / nullif(sum(c.budget_twd), 0) as planned_progress,
        sum(c.budget_twd * coalesce(c.actual_so_far, 0)) / nullif(sum(c.budget_twd), 0) as actual_progress,
        bool_and(c.is_completed) as is_completed,
        bool_or(c.is_open) as has_open,
        bool_or(c.is_open and c.is_filed) as has_filed,
        bool_or(c.planned_so_far is not null) as has_progress,
        coalesce(bool_and(c.status = 'halted') filter (where c.is_open and c.is_filed), false) as is_halted,
        bool_or(c.is_simulated) or bool_or(p.is_simulated) as is_simulated
    from carried c
    join staging.forward_plans p on p.plan_id = c.plan_id and p.approved_on <= c.month_end
    group by all
)

select
    'work' as subject_kind, work_id as subject_id, month, month_end, planned_start_on,
    planned_progress, actual_progress, status, is_filed,
    is_controlled and not is_completed and not is_let_go as is_owed,
    is_completed, filed_on, is_simulated
from work_rows
where is_registered
union all by name
select
    'plan' as subject_kind, plan_id as subject_id, month, month_end, planned_start_on,
    planned_progress, actual_progress,
    case when is_completed then 'completed' when is_halted then 'halted' else 'executing' end as status,
    has_filed or (has_progress and not has_open) as is_filed,
    not is_completed as is_owed,
    is_completed, null::date as filed_on, is_simulated
from plan_rows
