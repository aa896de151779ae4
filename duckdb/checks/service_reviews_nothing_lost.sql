-- 服務評比年表之稽核次數與測試通數等於紀錄數 / The yearly reviews hold every audit and every test call once
select audits, counted_audits, tests, counted_tests
from (
    select
        (select count(*) from staging.mystery_audits) as audits,
        (select count(*) from staging.phone_tests) as tests,
        coalesce(sum(mystery_audits), 0) as counted_audits,
        coalesce(sum(phone_tests), 0) as counted_tests
    from marts.service_units_year
)
where audits <> counted_audits or tests <> counted_tests
