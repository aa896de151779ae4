-- one row per month, axis, agency, district and light: works of forward-looking plans in that state at the month's end
select
    month, axis, agency_id, district_id, light,
    count(*) as works,
    sum(budget_twd)::bigint as budget_twd,
    bool_or(is_simulated) as is_simulated
from marts.work_months
where plan_id is not null
group by all
