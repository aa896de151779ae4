-- one row per warehouse: the last month of reports that counts, and its end
-- 填報至何月：期限已過之月份。先到之報表不使其餘工程變為「未填報」。
-- A month still open for filing is in no mart yet: an early report would make all the others missing. It was closed where
-- a report came in after its due date; else where its file did, and it holds more than a beginning: a file may be old.
with months as (
    select
        month, count(*) as reports,
        max(count(*)) over (order by month rows between 3 preceding and 1 preceding) as reports_before,
        (last_day(month) + rule('filing_due_day')::integer)::date as due_on,
        bool_or(is_simulated) as is_simulated
    from staging.work_progress
    group by month
),

known as (
    select
        (select max(filed_on) from staging.work_progress) as filed_on,
        (select max(timezone('Asia/Taipei', delivered_at::timestamptz))::date
         from meta.inputs where source = 'work_progress') as delivered_on
)

select max(month) as month, last_day(max(month)) as as_of, coalesce(bool_or(is_simulated), false) as is_simulated
from months
join known on due_on < filed_on
    or (due_on < delivered_on and reports >= rule('counted_month_ratio') * coalesce(reports_before, 0))
