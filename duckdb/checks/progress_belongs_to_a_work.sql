-- 進度、預算、里程碑、變更、落後與訪視皆屬已知工程 / Progress, budgets, milestones, changes, reasons and visits belong to a known work
select kind, work_id
from (
    select 'work_progress' as kind, work_id from staging.work_progress
    union all select 'work_budgets', work_id from staging.work_budgets
    union all select 'work_milestones', work_id from staging.work_milestones
    union all select 'work_changes', work_id from staging.work_changes
    union all select 'work_lags', work_id from staging.work_lags
    union all select 'site_visits', work_id from staging.site_visits
)
where work_id not in (select work_id from staging.works)
