-- Grain: one row per work and month filed.
select
    work_id,
    month,
    planned_progress,
    actual_progress,
    planned_amount_twd,
    executed_amount_twd,
    status,
    filed_on,
    is_simulated
from raw.work_progress
