-- 年度執行數不超過年度預算與分配數之大者，且無負數 / A year's execution exceeds neither budget nor allocation, whichever is larger, and nothing is negative
select source, key, year, budget_twd, allocated_twd, executed_twd
from (
    select 'work_budgets' as source, work_id as key, year, budget_twd, allocated_twd, executed_twd
    from staging.work_budgets
    union all
    select 'budget_execution', agency_id, year, budget_twd, allocated_twd, executed_twd
    from staging.budget_execution
)
where executed_twd > greatest(budget_twd, allocated_twd) or least(budget_twd, allocated_twd, executed_twd) < 0
