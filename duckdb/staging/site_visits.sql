-- Grain: one row per inspection or visit.
select
    visit_id,
    visited_on,
    work_id,
    kind,
    conclusion,
    is_simulated
from raw.site_visits
