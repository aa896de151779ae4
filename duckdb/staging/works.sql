-- Grain: one row per work.
select
    work_id,
    title,
    plan_id,
    control_class,
    work_kind,
    agency_id,
    district_id,
    registered_on,
    planned_start_on,
    planned_finish_on,
    started_on,
    finished_on,
    released_on,
    suspended_on,
    budget_twd,
    award_amount_twd,
    longitude,
    latitude,
    coordinate_precision,
    is_simulated
from raw.works
