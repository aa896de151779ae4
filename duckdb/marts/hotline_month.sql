-- one row per month, channel, category, kind, agency and district: contacts with the 1999 hotline
-- engine: records
-- grows by: month
select
    date_trunc('month', received_at)::date as month, channel, category, kind, agency_id, district_id,
    count(*) as contacts,
    count(wait_seconds) as waits,
    coalesce(sum(wait_seconds), 0)::bigint as wait_seconds,
    count(*) filter (where wait_seconds <= rule('answer_within_seconds')) as waits_in_time,
    bool_or(is_simulated) as is_simulated
from staging.hotline_contacts
group by all
