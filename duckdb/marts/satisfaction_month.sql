-- one row per month, service, channel and agency: citizens who answered the survey, and how
-- engine: records
-- grows by: month
select
    date_trunc('month', answered_on)::date as month, service, channel, agency_id,
    count(*) as answered,
    count(*) filter (where answer in ('very_satisfied', 'satisfied')) as satisfied,
    count(*) filter (where answer = 'very_satisfied') as very_satisfied,
    count(*) filter (where answer = 'neutral') as neutral,
    count(*) filter (where answer in ('dissatisfied', 'very_dissatisfied')) as dissatisfied,
    bool_or(is_simulated) as is_simulated
from staging.satisfaction_answers
group by all
