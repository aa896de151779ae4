-- one row per entry for the Government Service Award, with the highest stage it reached
with stages as (
    select code as stage, sort as stage_order
    from seeds.codes
    where domain = 'gsa_stage'
)

select
    e.entry_id, e.edition, make_date(e.year::integer, 1, 1) as year, e.agency_id, e.topic, e.stage, s.stage_order,
    -- Winners are subsidised by the National Development Council, not by the city.
    case e.stage when 'recommended' then rule('recommended_subsidy_twd')
                 when 'shortlisted' then rule('shortlisted_subsidy_twd')
                 else 0 end::bigint as subsidy_twd,
    e.is_simulated
from staging.award_entries e
left join stages s using (stage)
