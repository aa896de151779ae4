-- one row per month, agency, district and class of control: reports owed, filed in time, filed late and missing
select
    month, agency_id, district_id, control_class,
    count(*) as reports,
    count(*) filter (where state = 'filed') as filed_on_time,
    count(*) filter (where state = 'late') as filed_late,
    count(*) filter (where state = 'not_filed') as not_filed,
    coalesce(sum(days_late), 0)::bigint as days_late,
    bool_or(is_simulated) as is_simulated
from marts.filings
group by all
