-- one row per work and year: the year's budget, what was allocated to date, what was executed; both rates kept apart
select
    make_date(b.year::integer, 1, 1) as year, b.work_id, w.title, w.control_class, w.work_kind, w.agency_id, w.district_id,
    p.axis,
    b.budget_twd, b.allocated_twd, b.executed_twd,
    b.executed_twd / nullif(b.allocated_twd, 0) as executed_to_allocated_rate,
    b.executed_twd / nullif(b.budget_twd, 0) as executed_to_budget_rate,
    b.is_simulated or w.is_simulated as is_simulated
from staging.work_budgets b
join staging.works w using (work_id)
left join staging.forward_plans p using (plan_id)
