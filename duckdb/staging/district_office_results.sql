-- Grain: one row per year and target of the district office plan.
select
    year,
    target_key,
    achieved,
    is_simulated
from raw.district_office_results
