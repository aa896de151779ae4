-- one row per work and month in which a reason for its delay was reported
select
    l.month, l.work_id, w.title, w.agency_id, w.district_id, w.control_class,
    l.factor, l.cause, l.remedy, l.owner_id, l.promised_on,
    m.light, m.gap_points, m.gap_days,
    l.is_simulated or w.is_simulated as is_simulated
from staging.work_lags l
join staging.works w using (work_id)
left join marts.work_months m using (work_id, month)
