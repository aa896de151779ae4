-- Grain: one row per year and agency.
select
    year,
    agency_id,
    staff,
    staff_at_20,
    hours,
    is_simulated
from raw.learning_hours
