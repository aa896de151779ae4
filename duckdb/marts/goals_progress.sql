-- one row per goal or measure of the mid-term plan and year with a result; a goal without results has one row
with results as (
    select measure_id, year, avg(result) as result, bool_or(is_simulated) as is_simulated
    from staging.goal_results
    group by all
)

select
    g.goal_id, g.parent_id, g.sort, g.level, g.perspective, g.zh, g.en, g.measure_id, g.unit, g.better, g.note,
    make_date(r.year::integer, 1, 1) as year,
    g.target, r.result,
    case g.better when 'up' then r.result >= g.target when 'down' then r.result <= g.target end as is_met,
    coalesce(r.is_simulated, false) as is_simulated
from seeds.goals g
left join results r using (measure_id)
