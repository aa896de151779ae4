-- Grain: one row per month and service.
select
    month,
    service,
    visits,
    is_simulated
from raw.joint_centre_visits
