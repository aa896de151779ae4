-- one row per mystery audit of a unit
select
    audit_id, audited_on, date_trunc('month', audited_on)::date as month,
    date_trunc('year', audited_on)::date as year, agency_id, score, is_simulated
from staging.mystery_audits
