-- one row per year and agency: the year's budget, what was allocated, what was executed
select
    make_date(year::integer, 1, 1) as year, agency_id,
    sum(budget_twd)::bigint as budget_twd,
    sum(allocated_twd)::bigint as allocated_twd,
    sum(executed_twd)::bigint as executed_twd,
    bool_or(is_simulated) as is_simulated
from staging.budget_execution
group by all
