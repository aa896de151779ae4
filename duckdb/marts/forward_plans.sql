-- one row per approved forward-looking plan: its state at the reach of the filings
with now as (
    select *
    from marts.forward_plan_months
    where month = (select month from marts.filing_reach)
),

works as (
    select
        plan_id,
        count(*) as all_works,
        sum(budget_twd)::bigint as works_budget_twd,
        case when count(*) = count(finished_on) then max(finished_on) end as finished_on
    from staging.works
    where plan_id is not null
    group by all
)

select
    p.plan_id, p.title, p.axis, p.agency_id, p.approved_on, p.planned_finish_on, w.finished_on,
    p.budget_twd, p.subsidy_twd, coalesce(w.works_budget_twd, 0) as works_budget_twd,
    coalesce(w.all_works, 0) as works, coalesce(n.completed_works, 0) as completed_works,
    n.month, n.planned_progress, n.actual_progress, n.gap_points, n.gap_days, n.light,
    coalesce(n.is_completed, false) as is_completed,
    p.is_simulated or coalesce(n.is_simulated, false) as is_simulated
from staging.forward_plans p
left join now n using (plan_id)
left join works w using (plan_id)
