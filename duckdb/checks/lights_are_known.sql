-- 燈號皆為代碼表所列 / Every light is one of the code table
select work_id, month, light
from marts.work_months
where light is not null and light not in (select code from seeds.codes where domain = 'work_light')
