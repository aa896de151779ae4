-- Grain: one row per work and milestone.
select
    work_id,
    milestone,
    planned_on,
    forecast_on,
    done_on,
    is_simulated
from raw.work_milestones
