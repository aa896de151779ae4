-- one row per month, category, district and status: cases that citizens opened themselves through Open1999
-- engine: records
select
    date_trunc('month', received_at)::date as month, category, district_id, status,
    count(*) as cases,
    bool_or(is_simulated) as is_simulated
from staging.open1999_cases
group by all
