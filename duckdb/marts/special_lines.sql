-- one row per month and special line: calls answered
select month, line, sum(calls)::bigint as calls, bool_or(is_simulated) as is_simulated
from staging.special_line_calls
group by all
