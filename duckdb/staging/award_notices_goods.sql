-- Grain: one row per award notice of goods as published on a day.
select
    title,
    published_on,
    agency_name,
    content,
    notice_url,
    is_simulated
from raw.award_notices_goods
