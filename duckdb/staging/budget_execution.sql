-- Grain: one row per year and agency.
select
    year,
    agency_id,
    allocated_twd,
    executed_twd,
    budget_twd,
    is_simulated
from raw.budget_execution
