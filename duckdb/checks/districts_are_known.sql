-- 各表之行政區皆為 37 區所列 / Every district is one of the 37
select relation, district_id
from (
    select 'hotline_month' as relation, district_id from marts.hotline_month
    union all select 'cases_month', district_id from marts.cases_month
    union all select 'petitions_month', district_id from marts.petitions_month
    union all select 'works', district_id from marts.works
    union all select 'sites', district_id from marts.sites
)
where district_id is not null and district_id not in (select district_id from seeds.districts)
group by all
