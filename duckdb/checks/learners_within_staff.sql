-- 達學習時數之人數不超過員工人數 / Staff who reached the hours of learning are no more than all staff
select year, agency_id, staff, staff_at_target from marts.learning_year where staff_at_target > staff
