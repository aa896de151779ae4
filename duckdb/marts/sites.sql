-- one row per place on the map: works with coordinates, and the sites that the documents name
-- Named sites are recognised by title: the number of a simulated work means nothing in a real export.
-- A real site never carries a light, a gap or a date from simulated progress: somebody would take it for a finding.
with works as (
    select w.*
    from marts.works w
    where not w.is_simulated or w.title not in (select zh from seeds.sites)
    union all by name
    select w.* replace (
        null as light, null as light_since, null as behind_since, null as planned_progress, null as actual_progress,
        null as gap_points, null as gap_days, null as planned_finish_on, null as finished_on, null as life_cycle)
    from marts.works w
    where w.is_simulated and w.title in (select zh from seeds.sites)
)

select
    coalesce(s.site_id, w.work_id) as site_id,
    w.work_id, coalesce(w.title, s.zh) as title, s.en as title_en,
    s.site_id is not null as is_published,
    w.agency_id, coalesce(w.district_id, s.district_id) as district_id, w.control_class, w.work_kind,
    coalesce(s.longitude, w.longitude) as longitude,
    coalesce(s.latitude, w.latitude) as latitude,
    coalesce(s.coordinate_precision, w.coordinate_precision) as coordinate_precision,
    w.light, w.light_since, w.behind_since, w.life_cycle, w.is_completed, w.planned_progress, w.actual_progress,
    w.gap_points, w.gap_days, coalesce(w.budget_twd, s.budget_twd) as budget_twd,
    coalesce(w.budget_step, 1) as budget_step, w.planned_finish_on, w.finished_on,
    s.place_text, s.budget_text, s.start_text, s.finish_text, s.promised_on as published_finish_on,
    s.promised_text, s.facts_zh, s.facts_en, s.document, s.quote, s.note,
    coalesce(w.is_simulated, false) as is_simulated
from works w
full join seeds.sites s on s.zh = w.title
where coalesce(s.longitude, w.longitude) is not null and coalesce(s.latitude, w.latitude) is not null
