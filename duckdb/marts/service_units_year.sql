-- one row per year and unit reviewed: its three scores, total, rank, band and the rewards that follow
with audits as (
    select year, agency_id, avg(score) as mystery_audit_score, sum(score) as mystery_audit_points,
           count(*) as mystery_audits, bool_or(is_simulated) as is_simulated
    from marts.mystery_audits
    group by all
),

tests as (
    select year, agency_id, avg(score) as phone_test_score, sum(score) as phone_test_points,
           count(*) as phone_tests, bool_or(is_simulated) as is_simulated
    from marts.phone_tests
    group by all
),

replies as (
    select make_date(year::integer, 1, 1) as year, agency_id, score as reply_score, cases as reply_cases,
           on_time as reply_on_time, mean_days as reply_mean_days, is_simulated
    from staging.reply_reviews
),

units as (
    select
        year, agency_id, * exclude (year, agency_id, is_simulated),
        coalesce(a.is_simulated, false) or coalesce(t.is_simulated, false) or coalesce(r.is_simulated, false)
            as is_simulated
    from audits a
    full join tests t using (year, agency_id)
    full join replies r using (year, agency_id)
),

-- A unit that was not audited is judged by the parts it has: their weights are scaled up to one.
scored as (
    select
        *,
        case when mystery_audit_score is not null then rule('mystery_audit_weight') else 0 end
            + case when phone_test_score is not null then rule('phone_test_weight') else 0 end
            + case when reply_score is not null then rule('reply_weight') else 0 end as weight,
        coalesce(mystery_audit_score, 0) * rule('mystery_audit_weight')
            + coalesce(phone_test_score, 0) * rule('phone_test_weight')
            + coalesce(reply_score, 0) * rule('reply_weight') as weighted
    from units
),

totals as (
    select * exclude (weight, weighted), round(weighted / nullif(weight, 0), 4) as total_score
    from scored
),

ranked as (
    select
        *,
        rank() over (partition by year order by total_score desc nulls last) as rank,
        coalesce(total_score >= rule('special_excellence'), false) as is_special_excellence
    from totals
)

select
    *,
    case when is_special_excellence then 'special'
         when total_score >= rule('excellence') then 'excellent'
         when total_score >= rule('grade_a') then 'grade_a'
         else 'other' end as band,
    case when is_special_excellence then rule('phone_staff_rewards')::bigint else 0 end as phone_staff_rewards,
    -- Two persons: 「單位主管、研考人員各」, the head and the R&D officer.
    case when is_special_excellence then 2 * rule('manager_rewards')::bigint else 0 end as manager_rewards,
    rank <= rule('commended_rank') as is_commended,
    rank - lag(rank) over (partition by agency_id order by year) as rank_change
from ranked
