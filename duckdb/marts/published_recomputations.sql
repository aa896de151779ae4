-- one row per published figure that the operational records can recompute: key and period of the ledger, our value in its unit
-- A period that the records do not cover to both ends gives no row: half a sum would look like a contradiction.
with periods as (
    select * from (values
        ('2019/2022', date '2019-01-01', date '2022-12-01'),
        ('2019/2023', date '2019-01-01', date '2023-12-01'),
        ('2020/2022', date '2020-01-01', date '2022-12-01'),
        ('2021', date '2021-01-01', date '2021-12-01'),
        ('2022', date '2022-01-01', date '2022-12-01'),
        ('2023', date '2023-01-01', date '2023-12-01')
    ) t (period_iso, first_month, last_month)
),

hotline_months as (
    select month, sum(contacts) as contacts, bool_or(is_simulated) as is_simulated
    from marts.hotline_month
    group by all
),

hotline as (
    select p.period_iso, sum(h.contacts) as contacts, bool_or(h.is_simulated) as is_simulated
    from periods p
    join hotline_months h on h.month between p.first_month and p.last_month
    group by p.period_iso, p.first_month, p.last_month
    having min(h.month) = p.first_month and max(h.month) = p.last_month
),

hotline_rows as (
    select k.key, h.period_iso, h.contacts / 10000 as value, '萬件' as unit,
           '1999 話務紀錄於期間內之筆數（各管道）' as how_zh,
           'Contacts recorded by 1999 in the period, all channels' as how_en, h.is_simulated
    from hotline h
    join (values ('hotline_contacts_4y', '2019/2022'), ('hotline_calls_handled_4y', '2019/2022'),
                 ('hotline_contacts_5y', '2019/2023')) k (key, period_iso) using (period_iso)
),

satisfaction as (
    select p.period_iso, sum(s.satisfied) as satisfied, sum(s.answered) as answered,
           bool_or(s.is_simulated) as is_simulated
    from periods p
    join marts.satisfaction_month s on s.month between p.first_month and p.last_month
    where s.service = 'after_call'
    group by p.period_iso, p.first_month, p.last_month
    having min(s.month) = p.first_month and max(s.month) = p.last_month
),

satisfaction_rows as (
    select 'hotline_satisfaction_4y' as key, period_iso, 100 * satisfied / answered as value, '%' as unit,
           '話後滿意度調查答「非常滿意」或「滿意」者 ÷ 有回覆者' as how_zh,
           'Very satisfied or satisfied after the call ÷ all who answered' as how_en, is_simulated
    from satisfaction
    where period_iso = '2019/2022'
),

special_rows as (
    select case line when 'relief_2021' then 'special_line_calls_2021' else 'special_line_calls_2022' end as key,
           year(month)::varchar as period_iso, sum(calls)::double as value, '通' as unit,
           '專線每月通數之和' as how_zh, 'Sum of the monthly calls of the special line' as how_en,
           bool_or(is_simulated) as is_simulated
    from marts.special_lines
    where (line = 'relief_2021' and year(month) = 2021) or (line = 'care_2022' and year(month) = 2022)
    group by all
),

petitions as (
    select p.period_iso, sum(m.received) as received, sum(m.handling_days) as handling_days, sum(m.closed) as closed,
           bool_or(m.is_simulated) as is_simulated
    from periods p
    join marts.petitions_month m on m.month between p.first_month and p.last_month
    group by p.period_iso, p.first_month, p.last_month
    having min(m.month) = p.first_month and max(m.month) = p.last_month
),

petition_rows as (
    select case period_iso when '2022' then 'petitions_tracked_1y' else 'petitions_tracked_4y' end as key, period_iso,
           received::double as value, '件' as unit, '期間內收文之陳情案件數' as how_zh,
           'Petitions received in the period' as how_en, is_simulated
    from petitions
    where period_iso in ('2022', '2019/2022')
    union all
    select 'petition_mean_days', period_iso, handling_days / nullif(closed, 0), '天',
           '已辦結案件處理日數之和 ÷ 已辦結件數', 'Days taken by closed petitions ÷ petitions closed', is_simulated
    from petitions
    where period_iso = '2019/2022'
),

forward_2022 as (
    select count(*) as works, count(*) filter (where is_completed) as completed,
           count(*) filter (where light in ('ahead', 'on_schedule', 'completed')) as on_schedule,
           coalesce(bool_or(is_simulated), false) as is_simulated
    from marts.work_months
    where plan_id is not null and month = date '2022-12-01'
    having count(*) > 0
),

forward_work_rows as (
    select r.key, '2019/2022' as period_iso, r.value, r.unit, r.how_zh, r.how_en, f.is_simulated
    from forward_2022 f
    cross join lateral (values
        ('forward_works', f.works::double, '件', '111 年底前列管之前瞻工程數',
         'Forward-looking works registered by the end of 2022'),
        ('forward_works_completed', f.completed::double, '件', '其中 111 年底前完工者',
         'Of these, finished by the end of 2022'),
        ('forward_works_completion_rate', 100 * f.completed / f.works, '%', '完工數 ÷ 工程數', 'Completed ÷ works'),
        ('forward_works_on_schedule', f.on_schedule::double, '件', '111 年 12 月燈號為超前、符合或已完工者',
         'Ahead, on schedule or completed in December 2022'),
        ('forward_works_on_schedule_rate', 100 * f.on_schedule / f.works, '%', '進度符合數 ÷ 工程數',
         'On schedule ÷ works')
    ) r (key, value, unit, how_zh, how_en)
),

forward_subsidy_rows as (
    select 'forward_subsidy_amount' as key, '2019/2022' as period_iso, sum(subsidy_twd) / 1e8 as value, '億元' as unit,
           '111 年底前核定計畫之中央補助經費之和' as how_zh,
           'Central subsidies of the plans approved by the end of 2022' as how_en,
           coalesce(bool_or(is_simulated), false) as is_simulated
    from marts.forward_plan_months
    where month = date '2022-12-01'
    having count(*) > 0
),

major_2022 as (
    select count(*) filter (where is_completed) as completed,
           count(*) filter (where is_controlled_in_year) as controlled,
           count(*) filter (where is_controlled_in_year and is_completed) as completed_in_year,
           count(*) filter (where is_controlled_in_year and light in ('ahead', 'on_schedule', 'completed'))
               as on_schedule,
           coalesce(bool_or(is_simulated), false) as is_simulated
    from marts.work_months
    where control_class = 'major' and month = date '2022-12-01'
    having count(*) > 0
),

major_rows as (
    select r.key, r.period_iso, r.value, r.unit, r.how_zh, r.how_en, m.is_simulated
    from major_2022 m
    cross join lateral (values
        ('major_works_completed_4y', '2019/2022', m.completed::double, '件', '111 年底前完工之五千萬元以上重大建設',
         'Major works finished by the end of 2022'),
        ('major_works_controlled_1y', '2022', m.controlled::double, '件', '111 年初尚未完工或當年列管者',
         'Not finished when 2022 began, or registered in it'),
        ('major_works_completed_1y', '2022', m.completed_in_year::double, '件', '其中 111 年完工者',
         'Of these, finished in 2022'),
        ('major_works_on_schedule_rate', '2022', 100 * m.on_schedule / nullif(m.controlled, 0), '%',
         '111 年 12 月燈號為超前、符合或已完工者 ÷ 當年列管數',
         'Ahead, on schedule or completed in December 2022 ÷ works controlled in the year')
    ) r (key, period_iso, value, unit, how_zh, how_en)
),

controlled_2023 as (
    select count(*) as works, sum(budget_twd) as budget_twd,
           count(*) filter (where control_class = 'major') as major,
           count(*) filter (where control_class = 'forward_small') as forward_small,
           bool_or(is_simulated) as is_simulated
    from marts.works
    where control_class <> 'none' and registered_on between date '2019-01-01' and date '2023-12-31'
        and as_of >= date '2023-12-31'
    having count(*) > 0
),

controlled_rows as (
    select r.key, '2019/2023' as period_iso, r.value, r.unit, r.how_zh, r.how_en, c.is_simulated
    from controlled_2023 c
    cross join lateral (values
        ('major_works_5y', c.major::double, '件', '108–112 年列管之五千萬元以上重大建設',
         'Major works registered in 2019–2023'),
        ('major_works_5y_restated', c.major::double, '件', '108–112 年列管之五千萬元以上重大建設',
         'Major works registered in 2019–2023'),
        ('forward_small_works_5y', c.forward_small::double, '件', '108–112 年列管之五千萬元以下前瞻工程',
         'Smaller forward-looking works registered in 2019–2023'),
        ('controlled_works_5y', c.works::double, '案', '108–112 年列管之工程', 'Works registered in 2019–2023'),
        ('controlled_works_amount_5y', c.budget_twd / 1e8, '億元', '上列工程預算之和', 'Sum of their budgets')
    ) r (key, value, unit, how_zh, how_en)
),

plans_2023 as (
    select axis, count(*) as plans, sum(budget_twd) as budget_twd,
           count(*) filter (where is_completed) as completed,
           count(*) filter (where light in ('ahead', 'on_schedule', 'completed')) as on_schedule,
           bool_or(is_simulated) as is_simulated
    from marts.forward_plan_months
    where month = date '2023-12-01'
    group by rollup (axis)
),

plan_rows as (
    select 'forward_plans_' || axis as key, '2023' as period_iso, plans::double as value, '件' as unit,
           '112 年底前核定之該主軸計畫數' as how_zh, 'Plans of the axis approved by the end of 2023' as how_en, is_simulated
    from plans_2023
    where axis is not null
    union all
    select r.key, '2023', r.value, r.unit, r.how_zh, r.how_en, p.is_simulated
    from plans_2023 p
    cross join lateral (values
        ('forward_plans', p.plans::double, '件', '112 年底前核定之前瞻計畫數', 'Plans approved by the end of 2023'),
        ('forward_plans_amount', p.budget_twd / 1e8, '億元', '上列計畫經費之和', 'Sum of their budgets'),
        ('forward_plans_completion_rate', 100 * p.completed / nullif(p.plans, 0), '%', '所屬工程全數完工之計畫 ÷ 計畫數',
         'Plans whose works are all finished ÷ plans'),
        ('forward_plans_on_schedule_rate', 100 * p.on_schedule / nullif(p.plans, 0), '%',
         '112 年 12 月燈號為超前、符合或已完工之計畫 ÷ 計畫數',
         'Ahead, on schedule or completed in December 2023 ÷ plans')
    ) r (key, value, unit, how_zh, how_en)
    where p.axis is null and p.plans > 0
),

award_classes as (
    select class, sum(awards) as awards, bool_or(is_simulated) as is_simulated
    from marts.awards_year
    where year(year) between 2019 and 2023
        and (select year(min(year)) <= 2019 and year(max(year)) >= 2023 from marts.awards_year)
    group by rollup (class)
),

award_rows as (
    select 'awards_' || coalesce(class, 'total') as key, '2019/2023' as period_iso, awards::double as value,
           '項' as unit, '108–112 年獎項紀錄之筆數' as how_zh, 'Awards recorded for 2019–2023' as how_en, is_simulated
    from award_classes
    where awards > 0
    union all
    select 'awards_over', '2019/2023', awards::double, '項', '108–112 年獎項紀錄之筆數',
           'Awards recorded for 2019–2023', is_simulated
    from award_classes
    where class is null and awards > 0
),

gsa_rows as (
    select case stage when 'coached' then 'gsa_agencies_coached' when 'recommended' then 'gsa_agencies_recommended'
                      when 'shortlisted' then 'gsa_agencies_shortlisted' else 'gsa_winning_agencies' end as key,
           year(year)::varchar as period_iso, sum(entries)::double as value, '機關' as unit,
           '參獎紀錄中至少到達該階段者' as how_zh, 'Entries that reached at least this stage' as how_en,
           bool_or(is_simulated) as is_simulated
    from marts.gsa_funnel
    where year(year) = 2023 or (year(year) = 2022 and stage = 'won')
    group by all
    union all
    select 'gsa_awards_won', '2022', sum(entries)::double, '座', '參獎紀錄中得獎者', 'Entries that won',
           bool_or(is_simulated)
    from marts.gsa_funnel
    where year(year) = 2022 and stage = 'won'
    having count(*) > 0
),

service_rows as (
    select r.key, '2023' as period_iso, r.value, r.unit, r.how_zh, r.how_en, s.is_simulated
    from (
        select sum(mystery_audits) as audits, sum(phone_tests) as tests,
               count(*) filter (where phone_tests > 0) as tested_units,
               count(*) filter (where mystery_audits > 0 and agency_id like 'office\_%' escape '\') as offices,
               bool_or(is_simulated) as is_simulated
        from marts.service_units_year
        where year(year) = 2023
        having count(*) > 0
    ) s
    cross join lateral (values
        ('mystery_audits_per_year', s.audits::double, '次', '112 年隱匿性稽核紀錄之筆數', 'Mystery audits recorded in 2023'),
        ('phone_tests_per_year', s.tests::double, '通', '112 年電話禮貌測試紀錄之筆數',
         'Telephone tests recorded in 2023'),
        ('phone_test_units', s.tested_units::double, '機關單位', '112 年受電話測試之機關單位數',
         'Units tested by phone in 2023'),
        ('mystery_audit_district_offices', s.offices::double, '區公所', '112 年受稽核之區公所數',
         'District offices audited in 2023')
    ) r (key, value, unit, how_zh, how_en)
),

volunteer_rows as (
    select r.key, '2022' as period_iso, r.value, r.unit, r.how_zh, r.how_en, v.is_simulated
    from (
        select sum(people) as people, sum(people) filter (where age_group = '65+') as seniors,
               sum(people) filter (where sex = 'f') as women, sum(people) filter (where sex = 'm') as men,
               bool_or(is_simulated) as is_simulated
        from marts.volunteers_year
        where year(year) = 2022
        having count(*) > 0
    ) v
    cross join lateral (values
        ('volunteers', v.people::double, '位', '志工名冊人數', 'Volunteers on the roll'),
        ('volunteers_senior_tenths', 10 * v.seniors / v.people, '成', '65 歲以上 ÷ 全部', 'Aged 65 or over ÷ all'),
        ('volunteer_women_per_man', v.women / nullif(v.men, 0), '女/男', '女性志工 ÷ 男性志工', 'Women ÷ men')
    ) r (key, value, unit, how_zh, how_en)
),

centre_rows as (
    select 'joint_centre_visits' as key, '2022' as period_iso, sum(visits) / 10000 as value, '萬人次' as unit,
           '聯合服務中心各項服務人次之和' as how_zh, 'Visits to all services of the joint service centre' as how_en,
           bool_or(is_simulated) as is_simulated
    from marts.joint_centre_month
    where year(month) = 2022
    having count(distinct month) = 12
),

youth as (
    select p.period_iso, y.programme, sum(y.activities) as activities, sum(y.participants) as participants,
           max(y.colleges) as colleges, bool_or(y.is_simulated) as is_simulated
    from periods p
    join marts.youth_year y on y.year between p.first_month and p.last_month
    where (select min(year) from marts.youth_year) <= p.first_month
    group by all
),

youth_rows as (
    select k.key, k.period_iso,
           (case k.counts when 'activities' then y.activities when 'people' then y.participants
                          else y.colleges end)::double as value,
           k.unit, k.how_zh, k.how_en, y.is_simulated
    from youth y
    join (values
        ('youth_talks', '2022', 'talk', 'activities', '場次', '名人講座之場次', 'Talks held'),
        ('youth_school_sessions', '2022', 'school', 'activities', '場次', '青年學堂之場次', 'Youth school sessions held'),
        ('youth_coaching_sessions', '2022', 'coaching', 'activities', '場次', '提案輔導之場次', 'Coaching sessions held'),
        ('youth_exchange_sessions', '2022', 'exchange', 'activities', '場次', '共學交流之場次', 'Exchanges held'),
        ('youth_platform_exchanges_3y', '2020/2022', 'platform', 'activities', '場次', '跨局處交流之場次',
         'Exchanges between bureaus and young people'),
        ('internship_colleges', '2022', 'internship', 'colleges', '所', '媒合之大專院校數', 'Colleges matched'),
        ('internship_students', '2022', 'internship', 'people', '位', '實習學生人數', 'Students placed'),
        ('internships_4y', '2019/2022', 'internship', 'people', '人', '實習學生人數', 'Students placed')
    ) k (key, period_iso, programme, counts, unit, how_zh, how_en) using (period_iso, programme)
)

select key, period_iso, value, unit, how_zh, how_en, coalesce(is_simulated, false) as is_simulated
from (
    select * from hotline_rows
    union all by name select * from satisfaction_rows
    union all by name select * from special_rows
    union all by name select * from petition_rows
    union all by name select * from forward_work_rows
    union all by name select * from forward_subsidy_rows
    union all by name select * from major_rows
    union all by name select * from controlled_rows
    union all by name select * from plan_rows
    union all by name select * from award_rows
    union all by name select * from gsa_rows
    union all by name select * from service_rows
    union all by name select * from volunteer_rows
    union all by name select * from centre_rows
    union all by name select * from youth_rows
)
where value is not null
