-- one row per year, class and agency: awards won
select year, class, agency_id, count(*) as awards, bool_or(is_simulated) as is_simulated
from marts.awards
group by all
