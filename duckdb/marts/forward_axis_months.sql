-- one row per month, axis, agency and light: approved forward-looking plans in that state at the month's end
select
    month, axis, agency_id, light,
    count(*) as plans,
    sum(budget_twd)::bigint as budget_twd,
    sum(subsidy_twd)::bigint as subsidy_twd,
    bool_or(is_simulated) as is_simulated
from marts.forward_plan_months
group by all
