-- Grain: one row per year and measure of the mid-term plan.
select
    year,
    measure_id,
    result,
    is_simulated
from raw.goal_results
