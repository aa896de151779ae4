-- Grain: one row per entry of an agency in an edition, with the highest stage it reached.
select
    entry_id,
    edition,
    year,
    agency_id,
    topic,
    stage,
    is_simulated
from raw.award_entries
