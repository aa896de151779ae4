-- 每件工程每月至多一列，且期限已過之填報月份皆保留 / A work has at most one row a month, and every filed month is kept once it was due
select work_id, month, count(*) as rows
from marts.work_months
group by all
having count(*) > 1
union all
select p.work_id, p.month, 0 as rows
from staging.work_progress p
join staging.works w using (work_id)
join marts.filing_reach r on p.month <= r.month
where last_day(p.month) >= w.registered_on
    and not exists (select 1 from marts.work_months m where m.work_id = p.work_id and m.month = p.month)
