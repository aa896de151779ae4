-- 服務評比各項分數介於 0 與 100 之間，且每一受評單位皆有名次 / Service scores lie within 0 and 100, and every unit reviewed has a rank
select year, agency_id, mystery_audit_score, phone_test_score, reply_score, total_score, rank
from marts.service_units_year
where rank is null or total_score is null
    or greatest(mystery_audit_score, phone_test_score, reply_score, total_score) > 100
    or least(mystery_audit_score, phone_test_score, reply_score, total_score) < 0
