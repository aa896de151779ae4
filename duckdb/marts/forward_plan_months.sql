-- one row per approved forward-looking plan and month: progress of its works weighted by budget, and its light
with months as (
    select distinct month, month_end
    from marts.progress_curves
),

works as (
    select plan_id, month, count(*) as works, count(*) filter (where is_completed) as completed_works
    from marts.work_months
    where plan_id is not null
    group by all
)

select
    m.month, p.plan_id, p.title, p.axis, p.agency_id, p.budget_twd, p.subsidy_twd,
    coalesce(w.works, 0) as works,
    coalesce(w.completed_works, 0) as completed_works,
    l.planned_progress, l.actual_progress, l.gap_points, l.gap_days,
    -- A plan without any work has nothing to show: that is a light too.
    coalesce(l.light, 'not_filed') as light,
    coalesce(l.is_completed, false) as is_completed,
    p.is_simulated or coalesce(l.is_simulated, false) as is_simulated
from staging.forward_plans p
join months m on p.approved_on <= m.month_end
left join marts.progress_lights l on l.subject_kind = 'plan' and l.subject_id = p.plan_id and l.month = m.month
left join works w on w.plan_id = p.plan_id and w.month = m.month
