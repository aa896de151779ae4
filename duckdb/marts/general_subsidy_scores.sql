-- one row per year: the score that the National Development Council gave the city's general-subsidy projects
select
    make_date(left(period_iso, 4)::integer, 1, 1) as year,
    value as score,
    value - lag(value) over (order by period_iso) as change,
    document, quote,
    false as is_simulated
from marts.published_figures
where key = 'general_subsidy_score'
