-- one row per award notice that RDEC published, for works, goods or services
-- The same notices of works come by data.gov.tw too; they fill in only where the city's own feed is empty.
with notices as (
    select 'works' as notice_kind, * from staging.award_notices_works
    union all by name
    select 'works' as notice_kind, * from staging.tender_dataset
    where not exists (select 1 from staging.award_notices_works)
    union all by name
    select 'goods' as notice_kind, * from staging.award_notices_goods
    union all by name
    select 'services' as notice_kind, * from staging.award_notices_services
)

select
    notice_kind, title, published_on, date_trunc('month', published_on)::date as month, agency_name, content, notice_url,
    is_simulated
from notices
