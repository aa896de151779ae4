-- Grain: one row per work and budget year.
-- A year below 1000 is 民國.
select
    work_id,
    case when year < 1000 then year + 1911 else year end as year,
    budget_twd,
    allocated_twd,
    executed_twd,
    is_simulated
from raw.work_budgets
