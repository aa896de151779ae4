-- 各月前瞻工程之燈號合計等於已列管之前瞻工程 / In every month the lights of forward-looking works add up to those registered by then
with totals as (
    select month, sum(works) as works
    from marts.forward_work_months
    group by all
)

select t.month, t.works, count(*) as registered
from totals t
join staging.works w on w.plan_id is not null and w.registered_on <= last_day(t.month)
group by t.month, t.works
having t.works <> count(*)
