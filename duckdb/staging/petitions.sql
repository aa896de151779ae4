-- Grain: one row per petition.
select
    petition_id,
    received_on,
    channel,
    category,
    agency_id,
    district_id,
    due_on,
    closed_on,
    is_simulated
from raw.petitions
