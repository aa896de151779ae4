-- 派工案件之結案時間不早於受理時間 / No dispatched case is closed before it was received
select case_id, received_at, closed_at from marts.cases where closed_at < received_at
