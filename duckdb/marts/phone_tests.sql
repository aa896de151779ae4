-- one row per telephone-courtesy test of a unit
select
    test_id, tested_on, date_trunc('month', tested_on)::date as month,
    date_trunc('year', tested_on)::date as year, agency_id, score, is_simulated
from staging.phone_tests
