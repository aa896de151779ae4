-- one row per agency: who it is, and its figures at the reach of each source
with contacts as (
    select agency_id, sum(contacts)::bigint as contacts_12m
    from marts.hotline_month
    where month > (select max(month) - interval 1 year from marts.hotline_month)
    group by all
),

petitions as (
    select
        agency_id, sum(received)::bigint as petitions_12m, sum(closed)::bigint as closed_12m,
        sum(closed_on_time)::bigint as closed_on_time_12m, sum(closed_late)::bigint as closed_late_12m,
        sum(open_overdue)::bigint as open_overdue_12m, sum(handling_days)::bigint as handling_days_12m
    from marts.petitions_month
    where month > (select max(month) - interval 1 year from marts.petitions_month)
    group by all
),

works as (
    select
        agency_id, count(*) as works,
        count(*) filter (where not is_completed) as open_works,
        count(*) filter (where light = 'ahead') as ahead,
        count(*) filter (where light = 'on_schedule') as on_schedule,
        count(*) filter (where light = 'behind') as behind,
        count(*) filter (where light = 'seriously_behind') as seriously_behind,
        count(*) filter (where light = 'halted') as halted,
        count(*) filter (where light = 'not_filed') as not_filed,
        count(*) filter (where light = 'completed') as completed,
        sum(budget_twd)::bigint as works_budget_twd,
        bool_or(is_simulated) as is_simulated
    from marts.works
    group by all
),

plans as (
    select agency_id, count(*) as forward_plans, count(*) filter (where is_completed) as forward_plans_completed
    from marts.forward_plans
    group by all
),

scores as (
    select agency_id, total_score as service_score, rank as service_rank, year as service_year
    from marts.service_units_year
    where year = (select max(year) from marts.service_units_year)
),

won as (
    select agency_id, sum(awards)::bigint as awards
    from marts.awards_year
    group by all
)

select
    a.agency_id, a.sort, a.level, a.zh, a.en,
    c.contacts_12m, p.* exclude (agency_id), w.* exclude (agency_id, is_simulated),
    f.* exclude (agency_id), s.* exclude (agency_id), o.awards,
    -- Counts of this mart mix several sources; one simulated source marks the row.
    (select coalesce(bool_or(is_simulated), false) from marts.hotline_day) or coalesce(w.is_simulated, false)
        as is_simulated
from seeds.agencies a
left join contacts c using (agency_id)
left join petitions p using (agency_id)
left join works w using (agency_id)
left join plans f using (agency_id)
left join scores s using (agency_id)
left join won o using (agency_id)
