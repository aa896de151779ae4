-- one row per day and channel: contacts with the 1999 hotline
-- engine: records
-- grows by: day
select
    received_at::date as day, channel,
    count(*) as contacts,
    bool_or(is_simulated) as is_simulated
from staging.hotline_contacts
group by all
