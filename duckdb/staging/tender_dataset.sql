-- Grain: one row per award notice of works as published on a day, by way of data.gov.tw.
select
    title,
    published_on,
    agency_name,
    content,
    notice_url,
    is_simulated
from raw.tender_dataset
