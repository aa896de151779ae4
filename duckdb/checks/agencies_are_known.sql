-- 各表之機關皆為機關代碼表所列 / Every agency is one of the agency table
select relation, agency_id
from (
    select 'hotline_month' as relation, agency_id from marts.hotline_month
    union all select 'cases_month', agency_id from marts.cases_month
    union all select 'petitions_month', agency_id from marts.petitions_month
    union all select 'satisfaction_month', agency_id from marts.satisfaction_month where agency_id is not null
    union all select 'works', agency_id from marts.works
    union all select 'forward_plans', agency_id from marts.forward_plans
    union all select 'service_units_year', agency_id from marts.service_units_year
    union all select 'gsa_entries', agency_id from marts.gsa_entries
    union all select 'awards_year', agency_id from marts.awards_year
    union all select 'agency_budgets_year', agency_id from marts.agency_budgets_year
    union all select 'learning_year', agency_id from marts.learning_year
)
where agency_id is null or agency_id not in (select agency_id from seeds.agencies)
group by all
