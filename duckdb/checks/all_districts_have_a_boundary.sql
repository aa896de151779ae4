-- 37 區皆有界線 / All 37 districts have a boundary
select district_id, geometry_json is null as is_missing from marts.districts where geometry_json is null
union all
select count(*)::varchar, null from marts.districts having count(*) <> 37
