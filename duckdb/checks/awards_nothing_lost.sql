-- 獎項年表之合計等於獎項紀錄數 / The awards by year, class and agency add up to all awards
select records, counted
from (
    select
        (select count(*) from staging.awards) as records,
        (select coalesce(sum(awards), 0) from marts.awards_year) as counted
)
where records <> counted
