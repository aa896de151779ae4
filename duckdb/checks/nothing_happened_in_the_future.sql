-- 已發生之事無未來日期 / What has happened carries no date in the future
select source, day
from (
    select 'hotline_contacts' as source, max(received_at)::date as day from staging.hotline_contacts
    union all select 'hotline_cases', greatest(max(received_at), max(closed_at))::date from staging.hotline_cases
    union all select 'petitions', greatest(max(received_on), max(closed_on)) from staging.petitions
    union all select 'satisfaction_answers', max(answered_on) from staging.satisfaction_answers
    union all select 'works', greatest(max(started_on), max(finished_on)) from staging.works
    union all select 'work_progress', max(filed_on) from staging.work_progress
    union all select 'work_milestones', max(done_on) from staging.work_milestones
    union all select 'site_visits', max(visited_on) from staging.site_visits
    union all select 'awards', max(awarded_on) from staging.awards
    union all select 'mystery_audits', max(audited_on) from staging.mystery_audits
    union all select 'phone_tests', max(tested_on) from staging.phone_tests
)
-- A clock only here: a date that has passed can never fail later, so a repeated build gives the same verdict.
where day > current_date + 1
