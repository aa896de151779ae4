-- one row per yearly target of the district office plan: expected against achieved
with results as (
    select target_key, year, sum(achieved) as achieved, bool_or(is_simulated) as is_simulated
    from staging.district_office_results
    group by all
)

select
    t.target_key, t.sort, t.section_zh, t.section_en, t.zh, t.en, t.unit,
    make_date(t.year::integer, 1, 1) as year,
    t.target, r.achieved,
    r.achieved / nullif(t.target, 0) as achieved_rate,
    r.achieved >= t.target as is_met,
    coalesce(r.is_simulated, false) as is_simulated
from seeds.district_office_targets t
left join results r using (target_key, year)
