-- 燈號門檻由輕至重、評分權重合計為 1、級距由高至低 / Thresholds grow from light to serious, weights add up to one, bands descend
select *
from (
    select
        rule('behind_points') as behind_points, rule('seriously_behind_points') as seriously_behind_points,
        rule('behind_days') as behind_days, rule('seriously_behind_days') as seriously_behind_days,
        rule('ahead_points') as ahead_points,
        rule('mystery_audit_weight') + rule('phone_test_weight') + rule('reply_weight') as weights,
        rule('special_excellence') as special_excellence, rule('excellence') as excellence, rule('grade_a') as grade_a
)
where seriously_behind_points > behind_points or seriously_behind_days < behind_days or behind_points >= 0
    or behind_days <= 0 or ahead_points <= 0 or abs(weights - 1) > 1e-9
    or excellence > special_excellence or grade_a > excellence
