-- Grain: one row per year and measure of the mid-term plan.
-- A year below 1000 is 民國.
select
    case when year < 1000 then year + 1911 else year end as year,
    measure_id,
    result,
    is_simulated
from raw.goal_results
