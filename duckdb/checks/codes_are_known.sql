-- 各表之代碼皆為代碼表所列 / Every code is one of its code table
select c.domain, c.code
from (
    select 'channel' as domain, channel as code from marts.hotline_month
    union all select 'contact_kind', kind from marts.hotline_month
    union all select 'service_category', category from marts.hotline_month
    union all select 'service_category', category from marts.petitions_month
    union all select 'service_category', category from marts.cases_month
    union all select 'survey_service', service from marts.satisfaction_month
    union all select 'special_line', line from marts.special_lines
    union all select 'axis', axis from marts.forward_plans
    union all select 'control_class', control_class from marts.works
    union all select 'work_kind', work_kind from marts.works
    union all select 'life_cycle', life_cycle from marts.works where life_cycle is not null
    union all select 'lag_factor', factor from marts.work_lags
    union all select 'milestone', milestone from marts.milestones
    union all select 'award_class', class from marts.awards_year
    union all select 'gsa_stage', stage from marts.gsa_entries
    union all select 'joint_service', joint_service from marts.joint_centre_month
    union all select 'youth_programme', programme from marts.youth_year
) c
where not exists (select 1 from seeds.codes k where k.domain = c.domain and k.code = c.code)
group by all
