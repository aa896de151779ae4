-- one row per design change of a work: what it did to the amount and the finish date
select
    c.work_id, w.title, w.agency_id, w.district_id, w.control_class, c.changed_on,
    date_trunc('month', c.changed_on)::date as month,
    c.amount_before_twd, c.amount_after_twd, c.amount_after_twd - c.amount_before_twd as amount_change_twd,
    c.finish_before_on, c.finish_after_on, c.finish_after_on - c.finish_before_on as finish_change_days,
    c.extension_days, c.reason,
    c.is_simulated or w.is_simulated as is_simulated
from staging.work_changes c
join staging.works w using (work_id)
