-- Grain: one row per mystery audit.
select
    audit_id,
    audited_on,
    agency_id,
    score,
    is_simulated
from raw.mystery_audits
