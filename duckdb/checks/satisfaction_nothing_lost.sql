-- 滿意度月表之回覆數等於問卷筆數，且滿意、普通、不滿意合計等於回覆數 / The survey mart holds every answer once, and its parts add up to it
select records, answered, parts
from (
    select
        (select count(*) from staging.satisfaction_answers) as records,
        coalesce(sum(answered), 0) as answered,
        coalesce(sum(satisfied + neutral + dissatisfied), 0) as parts
    from marts.satisfaction_month
)
where records <> answered or records <> parts
