-- one row per award won by an agency
select award_id, awarded_on, date_trunc('year', awarded_on)::date as year, class, agency_id, title, is_simulated
from staging.awards
