-- 各機關填報情形之合計等於應填報與已填報之列數 / Reports on time, late and missing add up to all reports
select month, agency_id, reports, filed_on_time, filed_late, not_filed
from marts.late_reporters
where reports <> filed_on_time + filed_late + not_filed
union all
select null, null, (select count(*) from marts.filings), coalesce(sum(reports), 0), null, null
from marts.late_reporters
having coalesce(sum(reports), 0) <> (select count(*) from marts.filings)
