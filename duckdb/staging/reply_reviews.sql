-- Grain: one row per year and agency reviewed.
select
    year,
    agency_id,
    cases,
    on_time,
    mean_days,
    score,
    is_simulated
from raw.reply_reviews
