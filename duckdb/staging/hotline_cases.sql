-- Grain: one row per case that the hotline dispatched to an agency.
select
    case_id,
    received_at,
    category,
    agency_id,
    district_id,
    due_at,
    closed_at,
    status,
    is_simulated
from raw.hotline_cases
