-- one row per controlled work and month that owed a report or filed one: on time, late or missing
select
    month, work_id, title, control_class, work_kind, agency_id, district_id,
    due_on, filed_on, days_late,
    case when not is_filed then 'not_filed' when days_late > 0 then 'late' else 'filed' end as state,
    is_simulated
from marts.work_months
where control_class <> 'none' and (is_owed or is_filed)
