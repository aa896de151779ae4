-- One row per published figure: can it be recomputed, from what, and does it agree?
-- Document arithmetic comes first, because it stands on facts alone; the operational value is kept beside it.
-- What is only printed twice, or could be the rounding of some count, is not made again: it is `consistent` at best, and
-- gives way to real records.
-- verdict: an exact figure may differ by half of its last printed digit (87 % stands for 86.5 to 87.5);
-- 約 by half of its last significant digit; 近 has not been reached; 逾, 超過 and 以上 have. Gap = recomputed - printed.
with
figures as (
    select *,
        if(contains(value_text, '.'), 0.1 ** length(split_part(value_text, '.', 2)), 1.0) as digit,
        if(contains(value_text, '.'), 0.1 ** length(split_part(value_text, '.', 2)),
           10.0 ** (length(value_text) - length(rtrim(value_text, '0')))) as significant_digit,
        length(regexp_replace(quote, '[^、及]', '', 'g')) + 1 as names_in_quote
    from marts.published_figures
),
book as (
    select map_from_entries(list((document || '.' || key || '.' || period_iso, value))) as v
    from figures where value is not null
),
arithmetic as (
    select '000' as document, 'forward_works_completion_rate' as key, '2019/2022' as period_iso,
        100 * v['000.forward_works_completed.2019/2022'] / v['000.forward_works.2019/2022'] as recomputed,
        '已完工件數 ÷ 件數：1,312 ÷ 1,597' as how_zh, 'Completed items ÷ items: 1,312 ÷ 1,597' as how_en
    from book
    union all
    select '000', 'forward_works_on_schedule_rate', '2019/2022',
        100 * v['000.forward_works_on_schedule.2019/2022'] / v['000.forward_works.2019/2022'],
        '進度符合件數 ÷ 件數：1,515 ÷ 1,597', 'Items on schedule ÷ items: 1,515 ÷ 1,597'
    from book
    union all
    select '000', 'major_works_on_schedule_rate', '2022',
        100 * round(v['000.major_works_on_schedule_rate.2022'] / 100 * v['000.major_works_controlled_1y.2022'])
            / v['000.major_works_controlled_1y.2022'],
        '母數與件數未印；若以 111 年列管件數為母數，有整數件捨入後正為此率：133 ÷ 178',
        'Neither count is printed; of the works under control in 2022 a whole number rounds to this rate: 133 ÷ 178'
    from book
    union all
    select '000', 'gsa_awards_won', '2022', v['000.gsa_winning_agencies.2022'],
        '同文件得獎機關數', 'Winning agencies in the same document'
    from book
    union all
    select '000', 'hotline_calls_handled_4y', '2019/2022', v['000.hotline_contacts_4y.2019/2022'],
        '同頁標題之總服務量', 'Total contacts in the title of the same slide'
    from book
    union all
    select '001', 'forward_plans', '2023', sum(value),
        '八大主軸件數之和', 'Sum over the eight axes'
    from figures where document = '001' and key in (
        'forward_plans_rail', 'forward_plans_water', 'forward_plans_talent', 'forward_plans_green_energy',
        'forward_plans_food_safety', 'forward_plans_digital', 'forward_plans_childcare', 'forward_plans_urban_rural')
    having count(*) = 8
    union all
    select '001', unnest(['awards_total', 'awards_over']), '2019/2023', sum(value),
        '九類獎項之和', 'Sum over the nine classes of award'
    from figures where document = '001' and key in (
        'awards_international', 'awards_national', 'awards_first', 'awards_second', 'awards_third', 'awards_merit',
        'awards_excellent', 'awards_grade_a', 'awards_other')
    having count(*) = 9
    union all
    select '001', 'controlled_works_5y', '2019/2023',
        v['001.major_works_5y.2019/2023'] + v['001.forward_small_works_5y.2019/2023'],
        '重大建設 + 五千萬元以下前瞻工程：375 + 974', 'Major works + small forward-looking works: 375 + 974'
    from book
    union all
    select '001', 'major_works_5y_restated', '2019/2023', v['001.major_works_5y.2019/2023'],
        '同文件前頁', 'An earlier slide of the same document'
    from book
    union all
    select '001', 'hours_saved_per_year', '2023', v['000.hours_saved_per_year.2022'],
        '文件 000 所印', 'As printed in document 000'
    from book
    union all
    select '001', unnest(['major_works_threshold', 'control_registration_threshold']), '2019/2023',
        v['000.major_works_threshold.2019/2022'], '文件 000 所印', 'As printed in document 000'
    from book
    union all
    select '003', 'mid_term_plan_years', '2022/2025',
        v['003.mid_term_plan_last_year.2022/2025'] - v['003.mid_term_plan_first_year.2022/2025'] + 1,
        '111 至 114 年度，頭尾計入', 'From 2022 to 2025, both counted'
    from book
    union all
    select document, key, period_iso, names_in_quote,
        '數同一句所列之名稱', 'Counting the names that the same sentence lists'
    from figures
    where (document, key) in (
        ('000', 'youth_forum_topics'), ('003', 'open_government_principles'), ('003', 'open_government_axes'),
        ('003', 'open_government_axes_restated'), ('004', 'site_search_classes'), ('004', 'district_vision_aspects'))
),
said as (
    select *,
        (document, key) in (
            ('000', 'major_works_on_schedule_rate'), ('000', 'gsa_awards_won'), ('000', 'hotline_calls_handled_4y'),
            ('001', 'major_works_5y_restated'), ('001', 'hours_saved_per_year'), ('001', 'major_works_threshold'),
            ('001', 'control_registration_threshold')) as is_printed_again
    from arithmetic
),
compared as (
    select f.*,
        coalesce(a.recomputed, o.value) as recomputed,
        case when a.recomputed is not null then 'document' when o.value is not null then 'operational' end as basis,
        coalesce(if(a.recomputed is null, o.how_zh, a.how_zh), case f.kind
            when 'target' then '目標，不是可重算之事實'
            when 'rule' then '規定，不是可重算之事實'
            else '文件未印可供重算之數，作業資料亦未載' end) as how_zh,
        coalesce(if(a.recomputed is null, o.how_en, a.how_en), case f.kind
            when 'target' then 'A target, not a fact that could be recomputed'
            when 'rule' then 'A rule, not a fact that could be recomputed'
            else 'No document prints what it is made of, and no operational data hold it' end) as how_en,
        o.value as operational_value,
        coalesce(o.is_simulated, false) as operational_is_simulated,
        coalesce(a.is_printed_again, false) as is_printed_again
    from figures f
    -- The unit is part of the question: 117.7 萬件 and 1,177,000 件 must not be subtracted.
    left join marts.published_recomputations o
        on o.key = f.key and o.period_iso = f.period_iso and o.unit = f.unit
    left join said a
        on a.document = f.document and a.key = f.key and a.period_iso = f.period_iso
        and (not a.is_printed_again or o.is_simulated is distinct from false)
)
select
    document, document_zh, document_en, section, key, label_zh, label_en, period_roc, period_iso,
    value, value_text, unit, kind, qualifier, quote,
    recomputed, basis, how_zh, how_en,
    recomputed - value as gap,
    100 * (recomputed - value) / nullif(value, 0) as gap_percent,
    case
        when recomputed is null or value is null then 'cannot_be_checked'
        when is_printed_again
            then if(abs(recomputed - value) <= digit / 2 + 1e-9, 'consistent', 'does_not_reproduce')
        when abs(recomputed - value) <= 1e-9 * greatest(1, abs(value)) then 'reproduces'
        when kind = 'at_least' then if(recomputed > value, 'reproduces', 'does_not_reproduce')
        when kind = 'approximate' and qualifier = '近'
            then if(recomputed < value and recomputed > value - significant_digit, 'within_rounding', 'does_not_reproduce')
        when kind = 'approximate'
            then if(abs(recomputed - value) <= significant_digit / 2 + 1e-9, 'within_rounding', 'does_not_reproduce')
        else if(abs(recomputed - value) <= digit / 2 + 1e-9, 'within_rounding', 'does_not_reproduce')
    end as verdict,
    operational_value, operational_is_simulated,
    d.zh as doubt_zh, d.en as doubt_en,
    coalesce(basis = 'operational' and operational_is_simulated, false) as is_simulated
from compared
left join seeds.published_doubts d using (document, key, period_iso)
