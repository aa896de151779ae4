-- one row per case that the hotline dispatched: how long it took, and whether it kept its due time
-- engine: records
with reach as (
    select max(received_at) as as_of
    from staging.hotline_cases
),

-- A case without a due time of its own has the usual one, as Open1999 gives it: 168 hours.
dated as (
    select * exclude (due_at), coalesce(due_at, received_at + to_days(rule('petition_due_days')::integer)) as due_at
    from staging.hotline_cases
)

select
    c.case_id, c.received_at, date_trunc('month', c.received_at)::date as month, c.category, c.agency_id, c.district_id,
    c.due_at, c.closed_at,
    round(date_diff('minute', c.received_at, c.closed_at) / 60, 2) as hours_to_close,
    case when c.closed_at <= c.due_at then 'closed_on_time'
         when c.closed_at is not null then 'closed_late'
         when c.due_at < r.as_of then 'open_overdue'
         else 'open_in_time' end as state,
    -- On time is known once a case is closed or its due time has passed; before that, NULL.
    case when c.closed_at <= c.due_at then true
         when c.closed_at is not null or c.due_at < r.as_of then false end as is_on_time,
    c.closed_at is null and coalesce(c.due_at < r.as_of, false) as is_open_overdue,
    c.is_simulated
from dated c
cross join reach r
