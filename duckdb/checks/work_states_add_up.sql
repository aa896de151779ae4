-- 各月各燈號之工程數合計等於已列管工程 / In every month works of all lights add up to the works registered by then
with totals as (
    select month, sum(works) as works, sum(budget_twd) as budget_twd
    from marts.works_month_states
    group by all
)

select t.month, t.works, count(*) as registered, t.budget_twd, sum(w.budget_twd) as registered_budget_twd
from totals t
join staging.works w on w.registered_on <= last_day(t.month)
group by t.month, t.works, t.budget_twd
having t.works <> count(*) or t.budget_twd <> sum(w.budget_twd)
