-- 每件工程於工程表恰有一列 / Every work has exactly one row among the works
select work_id, count(m.work_id) as rows
from staging.works w
left join marts.works m using (work_id)
group by all
having count(m.work_id) <> 1
