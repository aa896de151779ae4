-- 公布值帳每列為數字或日期，文件、名稱、種類齊全，不重複 / Every row of the ledger is one number or date, of a known document, name and kind
select document, key, period_iso, value_text, unit, kind
from marts.published_figures
where case when unit = 'date' then not regexp_full_match(value_text, '\d{4}-\d\d(-\d\d)?') else value is null end
    or kind not in ('exact', 'approximate', 'at_least', 'target', 'rule') or kind is null
    or label_zh is null or document_zh is null or period_iso is null or unit is null or quote is null
union all
select document, key, period_iso, count(*)::varchar, null, null
from marts.published_figures
group by all
having count(*) > 1
