-- 工程所屬之前瞻計畫皆存在 / Every plan that a work names exists
select work_id, plan_id
from staging.works
where plan_id is not null and plan_id not in (select plan_id from staging.forward_plans)
