-- Grain: one row per tender and month that was filed.
select
    tender_id,
    month,
    planned_progress,
    actual_progress,
    planned_amount_twd,
    executed_amount_twd,
    status_name,
    is_simulated
from raw.tender_progress
