-- 列管中之工程於最近月份皆有燈號 / Every work still under control has a light in the last month
select w.work_id, m.light
from staging.works w
join marts.filing_reach r on true
left join marts.work_months m on m.work_id = w.work_id and m.month = r.month
where w.control_class <> 'none' and w.registered_on <= last_day(r.month)
    and w.released_on is null and w.suspended_on is null and m.light is null
