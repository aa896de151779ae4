-- one row per year, age group and sex: volunteers of the joint service centre
select
    make_date(year::integer, 1, 1) as year, age_group, sex,
    sum(people)::bigint as people,
    bool_or(is_simulated) as is_simulated
from staging.volunteers
group by all
