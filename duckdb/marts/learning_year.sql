-- one row per year and agency: staff, staff with the hours of learning that the plan asks for, hours in all
select
    make_date(year::integer, 1, 1) as year, agency_id,
    sum(staff)::bigint as staff,
    sum(staff_at_20)::bigint as staff_at_target,
    sum(hours) as hours,
    bool_or(is_simulated) as is_simulated
from staging.learning_hours
group by all
