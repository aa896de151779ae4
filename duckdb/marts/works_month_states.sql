-- one row per month, class of control, agency, district, kind of work, light and step of control: works so at the month's end
select
    month, control_class, agency_id, district_id, work_kind, light, life_cycle,
    count(*) as works,
    sum(budget_twd)::bigint as budget_twd,
    count(*) filter (where is_controlled_in_year) as controlled_works,
    coalesce(sum(budget_twd) filter (where is_controlled_in_year), 0)::bigint as controlled_budget_twd,
    bool_or(is_simulated) as is_simulated
from marts.work_months
group by all
