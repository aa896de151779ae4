-- Grain: one row per month and special line.
select
    month,
    line,
    calls,
    is_simulated
from raw.special_line_calls
