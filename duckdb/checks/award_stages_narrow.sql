-- 政府服務獎各階段件數逐階不增 / Entries for the award never grow from one stage to the next
select edition, stage, entries, entries_before
from (
    select *, lag(entries) over (partition by edition order by stage_order) as entries_before
    from marts.gsa_funnel
)
where entries > entries_before
