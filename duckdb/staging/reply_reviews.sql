-- Grain: one row per year and agency reviewed.
-- A year below 1000 is 民國.
select
    case when year < 1000 then year + 1911 else year end as year,
    agency_id,
    cases,
    on_time,
    mean_days,
    score,
    is_simulated
from raw.reply_reviews
