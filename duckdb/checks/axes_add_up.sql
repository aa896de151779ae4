-- 各月八大主軸之計畫數與經費合計等於已核定計畫 / In every month plans and budgets of the axes add up to the plans approved by then
with totals as (
    select month, sum(plans) as plans, sum(budget_twd) as budget_twd
    from marts.forward_axis_months
    group by all
)

select t.month, t.plans, count(p.plan_id) as approved, t.budget_twd, sum(p.budget_twd) as approved_budget_twd
from totals t
join staging.forward_plans p on p.approved_on <= last_day(t.month)
group by t.month, t.plans, t.budget_twd
having t.plans <> count(p.plan_id) or t.budget_twd <> sum(p.budget_twd)
