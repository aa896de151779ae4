-- Grain: one row per case that a citizen opened in one of the classes of Open1999.
select
    case_id,
    received_at,
    category,
    detail,
    district_id,
    status,
    due_at,
    updated_at,
    is_simulated
from raw.open1999_cases
