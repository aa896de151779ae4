-- one row per month and service of the joint service centre: visits
select month, service as joint_service, sum(visits)::bigint as visits, bool_or(is_simulated) as is_simulated
from staging.joint_centre_visits
group by all
