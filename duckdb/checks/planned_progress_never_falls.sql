-- 總累計預定進度除變更設計外不得下降 / Cumulative planned progress never falls, except after a design change
with steps as (
    select
        work_id, month, planned_progress,
        lag(month) over along as month_before,
        lag(planned_progress) over along as planned_before
    from staging.work_progress
    window along as (partition by work_id order by month)
)

select work_id, month_before, month, planned_before, planned_progress
from steps s
where planned_progress < planned_before
    and not exists (
        select 1
        from staging.work_changes c
        where c.work_id = s.work_id and c.changed_on between s.month_before and last_day(s.month)
    )
