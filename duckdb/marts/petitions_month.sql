-- one row per month of receipt, agency, district and category: petitions by their state at the reach
select
    month, agency_id, district_id, category,
    count(*) as received,
    count(closed_on) as closed,
    count(*) filter (where state = 'closed_on_time') as closed_on_time,
    count(*) filter (where state = 'closed_late') as closed_late,
    count(*) filter (where state = 'open_overdue') as open_overdue,
    count(*) filter (where state = 'open_in_time') as open_in_time,
    coalesce(sum(handling_days), 0)::bigint as handling_days,
    bool_or(is_simulated) as is_simulated
from marts.petitions
group by all
