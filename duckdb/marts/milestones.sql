-- one row per work and milestone: planned, forecast and done, and how many days it slipped
with reach as (
    select as_of
    from marts.filing_reach
)

select
    m.work_id, w.title, w.agency_id, w.district_id, w.control_class, m.milestone,
    m.planned_on, m.forecast_on, m.done_on,
    m.done_on is not null as is_done,
    -- Not done, its day past and no later day named: it slips by what has passed so far.
    m.done_on is null and coalesce(m.forecast_on, m.planned_on) < r.as_of as is_overdue,
    coalesce(m.done_on, greatest(m.forecast_on, case when m.planned_on < r.as_of then r.as_of end), m.planned_on)
        - m.planned_on as slip_days,
    m.is_simulated or w.is_simulated as is_simulated
from staging.work_milestones m
join staging.works w using (work_id)
cross join reach r
