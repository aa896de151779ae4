-- Grain: one row per answer to a satisfaction survey.
select
    answer_id,
    answered_on,
    service,
    channel,
    agency_id,
    answer,
    is_simulated
from raw.satisfaction_answers
