-- 已完工之計畫無未完工之工程 / A completed plan has no unfinished work
select p.plan_id, w.work_id
from marts.forward_plans p
join staging.works w using (plan_id)
where p.is_completed and w.finished_on is null
