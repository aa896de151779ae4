-- Grain: one row per year, age group and sex.
-- A year below 1000 is 民國.
select
    case when year < 1000 then year + 1911 else year end as year,
    age_group,
    sex,
    people,
    is_simulated
from raw.volunteers
