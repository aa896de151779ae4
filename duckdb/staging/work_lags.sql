-- Grain: one row per work and month in which it was reported behind.
select
    work_id,
    month,
    factor,
    cause,
    remedy,
    owner_id,
    promised_on,
    is_simulated
from raw.work_lags
