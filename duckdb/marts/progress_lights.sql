-- one row per subject (work, or forward-looking plan) and month: its gap to the plan and its light. No light is decided anywhere else
-- 燈號唯一判定處；門檻見 rules.yml。
with curves as (
    select * from marts.progress_curves
),

filed as (
    select subject_kind, subject_id, month_end as stood_on, planned_progress
    from curves
    where is_filed and not is_completed
),

-- The plan starts at nothing on its planned first day, or a month before its first report where that day is later.
starts as (
    select
        c.subject_kind, c.subject_id,
        case when min(c.planned_start_on) < min(c.month_end) then min(c.planned_start_on)
             else (min(c.month) - interval 1 day)::date end as stood_on,
        0::double as planned_progress
    from curves c
    where c.is_filed and not c.is_completed
    group by all
),

segments as (
    select
        *,
        lead(stood_on) over along as next_on,
        lead(planned_progress) over along as next_planned
    from (select * from filed union all by name select * from starts)
    window along as (partition by subject_kind, subject_id order by stood_on, planned_progress)
),

-- The last moment at which the plan stood no higher than the work stands now; straight lines between month ends.
late as (
    select
        c.subject_kind, c.subject_id, c.month, c.month_end, c.actual_progress,
        max_by(s, s.stood_on) as point
    from curves c
    join segments s
        on s.subject_kind = c.subject_kind and s.subject_id = c.subject_id
        and s.stood_on < c.month_end and s.planned_progress <= c.actual_progress
    where c.is_filed and not c.is_completed and c.actual_progress < c.planned_progress
    group by all
),

-- Whole days, and the light by them: 59.6 days would be read as 60 beside a green light.
gaps as (
    select
        c.*,
        case when c.is_filed and not c.is_completed
             then round(100 * (c.actual_progress - c.planned_progress), 6) end as gap_points,
        case when c.is_filed and not c.is_completed
             then coalesce(round(
                 (l.month_end - l.point.stood_on)
                 - (l.actual_progress - l.point.planned_progress) / (l.point.next_planned - l.point.planned_progress)
                 * (l.point.next_on - l.point.stood_on)), 0)::integer end as gap_days
    from curves c
    left join late l using (subject_kind, subject_id, month)
)

-- Points are rounded here, once, so that no page rounds them in its own way.
select
    * replace (round(gap_points, 1) as gap_points),
    case
        when is_completed then 'completed'
        when not is_filed then case when is_owed then 'not_filed' end
        when status = 'halted' then 'halted'
        when gap_points <= rule('seriously_behind_points') or gap_days >= rule('seriously_behind_days')
            then 'seriously_behind'
        when gap_points <= rule('behind_points') or gap_days >= rule('behind_days') then 'behind'
        when gap_points >= rule('ahead_points') then 'ahead'
        else 'on_schedule'
    end as light
from gaps
