-- one row per edition of the Government Service Award and stage: entries that reached at least that stage
select
    e.year, e.edition, s.code as stage, s.sort as stage_order,
    count(*) filter (where e.stage_order >= s.sort) as entries,
    bool_or(e.is_simulated) as is_simulated
from marts.gsa_entries e
cross join seeds.codes s
where s.domain = 'gsa_stage'
group by all
