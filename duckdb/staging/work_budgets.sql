-- Grain: one row per work and budget year.
select
    work_id,
    year,
    budget_twd,
    allocated_twd,
    executed_twd,
    is_simulated
from raw.work_budgets
