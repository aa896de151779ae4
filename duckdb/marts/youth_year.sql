-- one row per year and youth programme: activities, participants, and colleges matched
select
    date_trunc('year', held_on)::date as year, programme,
    count(*) as activities,
    coalesce(sum(participants), 0)::bigint as participants,
    -- The same college may take part in two rounds of a year; the largest round is what can be said.
    max(colleges) as colleges,
    bool_or(is_simulated) as is_simulated
from staging.youth_activities
group by all
