-- one row per controlled work and month that owed a report or filed one: on time, late or missing
with newest as (
    select max(filed_on) as came_on
    from marts.work_months
)

select
    m.month, m.work_id, m.title, m.control_class, m.work_kind, m.agency_id, m.district_id,
    m.due_on, m.filed_on, m.days_late,
    -- What is missing is late up to the newest report there is, and at least a day: no month counts before it was due.
    coalesce(m.days_late, greatest(n.came_on - m.due_on, 1)) as days_overdue,
    case when not m.is_filed then 'not_filed' when m.days_late > 0 then 'late' else 'filed' end as state,
    m.is_simulated
from marts.work_months m
cross join newest n
where m.control_class <> 'none' and (m.is_owed or m.is_filed)
