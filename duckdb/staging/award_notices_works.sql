-- Grain: one row per award notice of works as published on a day.
select
    title,
    published_on,
    agency_name,
    content,
    notice_url,
    is_simulated
from raw.award_notices_works
