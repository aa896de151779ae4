-- 工程之完工日不早於開工日 / No work is finished before it started
select work_id, started_on, finished_on from staging.works where finished_on < started_on
