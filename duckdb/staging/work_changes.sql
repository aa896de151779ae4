-- Grain: one row per design change of a work.
select
    work_id,
    changed_on,
    amount_before_twd,
    amount_after_twd,
    finish_before_on,
    finish_after_on,
    extension_days,
    reason,
    is_simulated
from raw.work_changes
