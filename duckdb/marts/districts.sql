-- one row per district: its boundary, and its figures at the reach of each source
with contacts as (
    select district_id, sum(contacts)::bigint as contacts_12m, bool_or(is_simulated) as is_simulated
    from marts.hotline_month
    where month > (select max(month) - interval 1 year from marts.hotline_month)
    group by all
),

petitions as (
    select
        district_id, sum(received)::bigint as petitions_12m, sum(closed)::bigint as closed_12m,
        sum(closed_on_time)::bigint as closed_on_time_12m, sum(closed_late)::bigint as closed_late_12m,
        sum(open_overdue)::bigint as open_overdue_12m, sum(handling_days)::bigint as handling_days_12m,
        bool_or(is_simulated) as is_simulated
    from marts.petitions_month
    where month > (select max(month) - interval 1 year from marts.petitions_month)
    group by all
),

works as (
    select
        district_id, count(*) as works,
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
)

select
    d.district_id, d.sort, d.town_code, d.zh, d.en, d.centroid_lon, d.centroid_lat, b.geometry_json,
    coalesce(c.contacts_12m, 0) as contacts_12m,
    p.* exclude (district_id, is_simulated), w.* exclude (district_id, is_simulated),
    coalesce(c.is_simulated, false) or coalesce(p.is_simulated, false) or coalesce(w.is_simulated, false)
        as is_simulated
from seeds.districts d
left join seeds.district_boundaries b using (district_id)
left join contacts c using (district_id)
left join petitions p using (district_id)
left join works w using (district_id)
