-- one row per month of receipt, category, agency and district: dispatched cases by their state at the reach
select
    month, category, agency_id, district_id,
    count(*) as received,
    count(closed_at) as closed,
    count(*) filter (where state = 'closed_on_time') as closed_on_time,
    count(*) filter (where state = 'closed_late') as closed_late,
    count(*) filter (where state = 'open_overdue') as open_overdue,
    count(*) filter (where state = 'open_in_time') as open_in_time,
    coalesce(sum(hours_to_close), 0) as hours_to_close,
    bool_or(is_simulated) as is_simulated
from marts.cases
group by all
