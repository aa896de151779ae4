-- 預定與實際進度皆介於 0 與 1 之間 / No planned or actual progress lies outside 0 and 1
select work_id, month, planned_progress, actual_progress
from staging.work_progress
where not coalesce(planned_progress between 0 and 1 and actual_progress between 0 and 1, false)
