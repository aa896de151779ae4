-- Grain: one row per year and target of the district office plan.
-- A year below 1000 is 民國.
select
    case when year < 1000 then year + 1911 else year end as year,
    target_key,
    achieved,
    is_simulated
from raw.district_office_results
