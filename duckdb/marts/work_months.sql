-- one row per work and month, from its registration to the reach of the filings
with lights as (
    select *, (month_end + rule('filing_due_day')::integer)::date as due_on
    from marts.progress_lights
    where subject_kind = 'work'
)

select
    l.month, w.work_id, w.title, w.plan_id, p.axis, w.control_class, w.work_kind, w.agency_id, w.district_id,
    w.budget_twd,
    -- What is not controlled has no place in the cycle of control.
    case
        when w.control_class = 'none' then null
        when w.released_on <= l.month_end then 'released'
        when w.suspended_on <= l.month_end then 'suspended'
        when l.is_completed then 'completed'
        when l.light in ('behind', 'seriously_behind', 'halted') then 'controlled'
        when w.started_on <= l.month_end then 'executing'
        else 'registered'
    end as life_cycle,
    l.planned_progress, l.actual_progress, l.status, l.gap_points, l.gap_days, l.light,
    l.is_filed, l.is_owed, l.is_completed, l.due_on, l.filed_on,
    case when l.filed_on > l.due_on then l.filed_on - l.due_on when l.filed_on is not null then 0 end as days_late,
    -- Under control in the month's year: not finished or released before the year began.
    w.control_class <> 'none'
        and coalesce(least(w.finished_on, w.released_on) >= date_trunc('year', l.month), true) as is_controlled_in_year,
    l.is_simulated
from lights l
join staging.works w on w.work_id = l.subject_id
left join staging.forward_plans p on p.plan_id = w.plan_id
