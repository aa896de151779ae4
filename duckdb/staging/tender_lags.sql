-- Grain: one row per tender, month and factor of a reported lag.
select
    tender_id,
    month,
    factor_name,
    cause,
    remedy,
    is_simulated
from raw.tender_lags
