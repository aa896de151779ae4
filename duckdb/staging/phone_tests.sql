-- Grain: one row per test call.
select
    test_id,
    tested_on,
    agency_id,
    score,
    is_simulated
from raw.phone_tests
