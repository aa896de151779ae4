-- 陳情月表之各狀態合計等於案件數，辦結數等於日數分布之合計 / The states of petitions by month add up to all petitions, and the counts by days to all closed ones
select records, received, states, closed, counted
from (
    select
        (select count(*) from staging.petitions) as records,
        (select coalesce(sum(petitions), 0) from marts.petitions_days) as counted,
        coalesce(sum(received), 0) as received,
        coalesce(sum(closed), 0) as closed,
        coalesce(sum(closed_on_time + closed_late + open_overdue + open_in_time), 0) as states
    from marts.petitions_month
)
where records <> received or records <> states or closed <> counted
