-- 派工案件月表之各狀態合計等於案件數 / The states of dispatched cases by month add up to all cases
select records, received, states
from (
    select
        (select count(*) from staging.hotline_cases) as records,
        coalesce(sum(received), 0) as received,
        coalesce(sum(closed_on_time + closed_late + open_overdue + open_in_time), 0) as states
    from marts.cases_month
)
where records <> received or records <> states
