-- Grain: one row per award.
select
    award_id,
    awarded_on,
    class,
    agency_id,
    title,
    is_simulated
from raw.awards
