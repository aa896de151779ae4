-- Grain: one row per year and agency.
-- A year below 1000 is 民國.
select
    case when year < 1000 then year + 1911 else year end as year,
    agency_id,
    staff,
    staff_at_20,
    hours,
    is_simulated
from raw.learning_hours
