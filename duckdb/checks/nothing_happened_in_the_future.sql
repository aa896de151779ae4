-- 已發生之事無未來日期 / What has happened carries no date in the future
-- Behind the loading, which rejects such a row with its place: here for what got in by another way, and after a repeat.
select source, key, day
from (
    select 'hotline_contacts' as source, contact_id as key, received_at::date as day from staging.hotline_contacts
    union all select 'hotline_cases', case_id, greatest(received_at, closed_at)::date from staging.hotline_cases
    union all select 'open1999_cases', case_id, greatest(received_at, updated_at)::date from staging.open1999_cases
    union all select 'petitions', petition_id, greatest(received_on, closed_on) from staging.petitions
    union all select 'satisfaction_answers', answer_id, answered_on from staging.satisfaction_answers
    union all select 'special_line_calls', line, month from staging.special_line_calls
    union all select 'forward_plans', plan_id, approved_on from staging.forward_plans
    union all select 'works', work_id, greatest(started_on, finished_on) from staging.works
    union all select 'work_progress', work_id, greatest(month, filed_on) from staging.work_progress
    union all select 'work_milestones', work_id, done_on from staging.work_milestones
    union all select 'work_changes', work_id, changed_on from staging.work_changes
    union all select 'work_lags', work_id, month from staging.work_lags
    union all select 'site_visits', visit_id, visited_on from staging.site_visits
    union all select 'tenders', tender_id, greatest(awarded_on, started_on) from staging.tenders
    union all select 'tender_changes', tender_id, changed_on from staging.tender_changes
    union all select 'tender_lags', tender_id, month from staging.tender_lags
    union all select 'award_notices_works', title, published_on from staging.award_notices_works
    union all select 'award_notices_services', title, published_on from staging.award_notices_services
    union all select 'award_notices_goods', title, published_on from staging.award_notices_goods
    union all select 'tender_dataset', title, published_on from staging.tender_dataset
    union all select 'mystery_audits', audit_id, audited_on from staging.mystery_audits
    union all select 'phone_tests', test_id, tested_on from staging.phone_tests
    union all select 'awards', award_id, awarded_on from staging.awards
    union all select 'joint_centre_visits', service, month from staging.joint_centre_visits
    union all select 'youth_activities', activity_id, held_on from staging.youth_activities
)
-- A clock only here: a date that has passed can never fail later, so a repeated build gives the same verdict.
where day > current_date + 1
