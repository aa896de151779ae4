-- one row per inspection of, or visit to, a work
select
    v.visit_id, v.visited_on, date_trunc('month', v.visited_on)::date as month, v.kind as visit_kind, v.work_id, w.title, w.agency_id,
    w.district_id, w.control_class, v.conclusion, m.light as light_then,
    v.is_simulated or w.is_simulated as is_simulated
from staging.site_visits v
join staging.works w using (work_id)
left join marts.work_months m on m.work_id = v.work_id and m.month = date_trunc('month', v.visited_on)
