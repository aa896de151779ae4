-- 話務月表與日表之件數等於話務紀錄數 / The hotline marts by month and by day hold every contact once
select records, by_month, by_day
from (
    select
        (select count(*) from staging.hotline_contacts) as records,
        (select coalesce(sum(contacts), 0) from marts.hotline_month) as by_month,
        (select coalesce(sum(contacts), 0) from marts.hotline_day) as by_day
)
where records <> by_month or records <> by_day
