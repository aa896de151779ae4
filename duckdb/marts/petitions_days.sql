-- one row per month of receipt, agency and days taken: closed petitions. Median and 90th percentile come from these counts
select
    month, agency_id, handling_days,
    count(*) as petitions,
    bool_or(is_simulated) as is_simulated
from marts.petitions
where handling_days is not null
group by all
