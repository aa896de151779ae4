-- 每一重算值皆對應公布值帳之一列，單位一致且不重複 / Every recomputed value stands beside a printed figure, in its unit, once
select r.key, r.period_iso, r.unit, count(f.key) as printed, count(distinct r.value) as recomputed
from marts.published_recomputations r
left join marts.published_figures f on f.key = r.key and f.period_iso = r.period_iso and f.unit = r.unit
group by all
having count(f.key) = 0
union all
select key, period_iso, any_value(unit), null, count(*)
from marts.published_recomputations
group by key, period_iso
having count(*) > 1
