-- Grain: one row per entry of an agency in an edition, with the highest stage it reached.
-- A year below 1000 is 民國.
select
    entry_id,
    edition,
    case when year < 1000 then year + 1911 else year end as year,
    agency_id,
    topic,
    stage,
    is_simulated
from raw.award_entries
