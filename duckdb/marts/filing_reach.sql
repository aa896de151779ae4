-- one row per warehouse: the last month whose reports were all due when the newest of them came in, and its end
-- 填報至何月：期限已過之月份。先到之報表不使其餘工程變為「未填報」。
-- A month still open for filing is not counted yet, in no mart: an early report would make all the others missing.
with delivered as (
    select max(timezone('Asia/Taipei', delivered_at::timestamptz))::date as delivered_on
    from meta.inputs
    where source = 'work_progress'
)

select
    max(p.month) as month,
    last_day(max(p.month)) as as_of,
    coalesce(bool_or(p.is_simulated), false) as is_simulated
from staging.work_progress p
join delivered d on last_day(p.month) + rule('filing_due_day')::integer < d.delivered_on
