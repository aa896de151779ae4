-- Grain: one row per design change of a tender.
select
    tender_id,
    changed_on,
    amount_before_twd,
    amount_after_twd,
    finish_before_on,
    finish_after_on,
    extension_days,
    is_simulated
from raw.tender_changes
