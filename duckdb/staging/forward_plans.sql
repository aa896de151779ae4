-- Grain: one row per approved forward-looking plan.
select
    plan_id,
    title,
    axis,
    agency_id,
    approved_on,
    planned_finish_on,
    budget_twd,
    subsidy_twd,
    is_simulated
from raw.forward_plans
