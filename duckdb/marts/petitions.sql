-- one row per petition: how many days it took, and whether it kept its due date
-- engine: records
with reach as (
    select max(received_on) as as_of
    from staging.petitions
),

-- A petition without a due date of its own has the usual one.
dated as (
    select * exclude (due_on), coalesce(due_on, received_on + rule('petition_due_days')::integer) as due_on
    from staging.petitions
)

select
    p.petition_id, p.received_on, date_trunc('month', p.received_on)::date as month, p.channel, p.category, p.agency_id,
    p.district_id, p.due_on, p.closed_on,
    p.closed_on - p.received_on as handling_days,
    case when p.closed_on <= p.due_on then 'closed_on_time'
         when p.closed_on is not null then 'closed_late'
         when p.due_on < r.as_of then 'open_overdue'
         else 'open_in_time' end as state,
    -- On time is known once a petition is closed or its due date has passed; before that, NULL.
    case when p.closed_on <= p.due_on then true
         when p.closed_on is not null or p.due_on < r.as_of then false end as is_on_time,
    p.closed_on is null and coalesce(p.due_on < r.as_of, false) as is_open_overdue,
    p.is_simulated
from dated p
cross join reach r
