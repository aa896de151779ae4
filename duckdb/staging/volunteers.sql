-- Grain: one row per year, age group and sex.
select
    year,
    age_group,
    sex,
    people,
    is_simulated
from raw.volunteers
