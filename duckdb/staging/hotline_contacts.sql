-- Grain: one row per contact of a citizen with the 1999 hotline.
select
    contact_id,
    received_at,
    channel,
    kind,
    category,
    agency_id,
    district_id,
    wait_seconds,
    is_simulated
from raw.hotline_contacts
