-- Grain: one row per activity (an internship round is one activity).
select
    activity_id,
    held_on,
    programme,
    participants,
    colleges,
    is_simulated
from raw.youth_activities
