-- one row per tender of the tender-management export: its latest progress, changes and reason for delay
-- Beside the works, not among them: its agencies and places are names as written, and it carries no light.
with progress as (
    select
        tender_id,
        max(month) as month,
        max_by(planned_progress, month) as planned_progress,
        max_by(actual_progress, month) as actual_progress,
        max_by(executed_amount_twd, month) as executed_amount_twd,
        max_by(status_name, month) as status_name,
        bool_or(is_simulated) as is_simulated
    from staging.tender_progress
    group by all
),

changes as (
    select tender_id, count(*) as changes, sum(extension_days)::bigint as extension_days,
           sum(amount_after_twd - amount_before_twd)::bigint as amount_change_twd
    from staging.tender_changes
    group by all
),

lags as (
    select tender_id, max(month) as lag_month, max_by(factor_name, month) as factor_name,
           max_by(cause, month) as cause, max_by(remedy, month) as remedy
    from staging.tender_lags
    group by all
)

select
    t.* exclude (is_simulated),
    p.month, p.planned_progress, p.actual_progress,
    round(100 * (p.actual_progress - p.planned_progress), 6) as gap_points,
    p.executed_amount_twd, p.status_name,
    coalesce(c.changes, 0) as changes, c.extension_days, c.amount_change_twd,
    l.lag_month, l.factor_name, l.cause, l.remedy,
    t.is_simulated or coalesce(p.is_simulated, false) as is_simulated
from staging.tenders t
left join progress p using (tender_id)
left join changes c using (tender_id)
left join lags l using (tender_id)
