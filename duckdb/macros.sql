-- How is a cell of text understood? One macro a type: NULL where the text is not of that type.
-- The first branch of each is the plain ISO form, tested by position, because a million rows pay for every regex;
-- a ROC date such as 115/01/05 must never reach a plain cast, which would read the year 115.
-- A macro is text: an argument used five times is written five times. Where that would grow beyond planning,
-- `list_transform([value], lambda x: …)[1]` gives the value a name; it is used on the slow branches only.

create macro blanks() as ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288);

-- Not `in (…)`: DuckDB makes a join of a long one, asked of every row, even on a branch that none takes.
create macro is_empty(t) as
    regexp_full_match(trim(t, blanks()), '|[-－—–]|\{\}|null|NULL|Null|None|N/A|n/a|#N/A');

-- An empty cell and its spellings are NULL. Longer ones are not looked at here: what is blank throughout fails to be
-- typed and is looked at then. The macros below need no `cell` before them: what is empty is of no type.
create macro cell(t) as
    case when strlen(t) > 5 or t between '0' and ':' then t when is_empty(t) then null else t end;

create macro to_text(t) as
    case when strlen(t) > 5 and t between '!' and '~' and t[-1] between '!' and '~' then t
         when is_empty(t) then null else trim(t, blanks()) end;

-- 合計, 總 計, 小計（件）… and nothing else in the cell; the same words as in clean.py.
create macro is_total(t) as
    case when t > 'z' or t between 'S' and 'U' or t between 's' and 'u' or t between 'G' and 'H' or t between 'g' and 'h'
         then regexp_full_match(translate(t, blanks(), ''), '(?i)(本頁|本月|本年|全年|全市)?([合總小累]計|總和|(sub|grand)?total)([(（].*[)）])?[:：]?')
         else false end;

create macro narrow(t) as
    translate(t, '０１２３４５６７８９／．－−＋：，％（）＄' || blanks(), '0123456789/.--+:,%()$      ');

-- A blank between two digits is two numbers, not one; any other blank says nothing.
create macro unspaced(t) as
    case when regexp_matches(t, '[\d.,]\s+[\d.,]') then '' else replace(t, ' ', '') end;

-- The form in which names are compared: 臺 = 台, 污 = 汙, 鹽 = 塩, no blanks.
create macro plain(t) as
    lower(translate(t, '台汙塩０１２３４５６７８９（）ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ' || blanks(),
                          '臺污鹽0123456789()ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'));

create macro in_range(d) as
    case when d between date '1900-01-01' and date '2100-12-31' then d end;

-- Year, month, day as text; three or fewer digits of a year are 民國. Before 民國 39 (1950) there are no records:
-- 12/3/26 or 201203 is a slip of the pen, not the year 1923 or 1931.
create macro civil(y, m, d) as
    list_transform([try_cast(y as integer) + case when strlen(y) <= 3 then 1911 else 0 end], lambda year:
        case when year between 1900 and 2100 and (strlen(y) = 4 or year >= 1950)
             then try_cast(year::varchar || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') as date) end)[1];

-- 一一二, 一百一十二, 十二, 二十六 as digits: 112, 112, 12, 26. A weekday in brackets is no number.
create macro arabic(t) as
    case when regexp_matches(t, '[〇○零一二三四五六七八九十]')
         then list_transform([regexp_replace(t, '\((?:星期|週|周)?[一二三四五六日]\)', '')], lambda a:
              translate(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(a,
                  '([一二三四五六七八九])十([一二三四五六七八九])', '\1\2', 'g'), '([一二三四五六七八九])十', '\1〇', 'g'),
                  '十([一二三四五六七八九])', '一\1', 'g'), '十', '一〇', 'g'), '百([^〇○零一二三四五六七八九])', '〇〇\1'), '百', ''),
                  '〇○零一二三四五六七八九', '000123456789'))[1]
         else t end;

-- A spreadsheet's day number, as a date column saved without its format shows it: 1970 to 2099 has five digits, and no
-- other spelling of a day has.
create macro serial_day(t) as
    case when strlen(t) = 5 and t between '25569' and '73050' then date '1899-12-30' + t::integer end;

create macro date_parts(t) as
    regexp_extract(t, '^(?:民國|中華民國)?\s*(\d{2,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*\((?:星期|週|周)?[一二三四五六日]\))?(?:[ T]*(?:上午|下午)?\s*\d{1,2}[:時]\d{1,2}(?:[:分].*)?)?$', ['y', 'm', 'd']);

create macro any_day(t) as
    case when regexp_full_match(t, '\d{5}') then serial_day(t)
         else list_transform([case when regexp_full_match(t, '\d{6,8}') then {'y': t[:-5], 'm': t[-4:-3], 'd': t[-2:]} else date_parts(arabic(t)) end],
             lambda p: civil(p.y, p.m, p.d))[1] end;

create macro clock_parts(t) as
    regexp_extract(t, '[ T日](上午|下午)?\s*(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2}))?[分秒]?(?:\.\d+)?$', ['half', 'h', 'm', 's']);

create macro any_time(t) as
    list_transform([clock_parts(t)], lambda p:
        case when p.h <> ''
             then lpad((case when p.half <> '' and try_cast(p.h as integer) between 0 and 23
                             then try_cast(p.h as integer) % 12 + case when p.half = '下午' then 12 else 0 end
                             else try_cast(p.h as integer) end)::varchar, 2, '0')
                  || ':' || lpad(p.m, 2, '0') || ':' || lpad(if(p.s = '', '00', p.s), 2, '0')
             when not regexp_matches(t, '[:時]') then '00:00:00' end)[1];

create macro has_offset(t) as
    regexp_matches(t, '^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)$');

create macro any_datetime(t) as
    case when has_offset(t) then timezone('Asia/Taipei', try_cast(regexp_replace(t, '([+-]\d{2})(\d{2})$', '\1:\2') as timestamptz))
         else try_cast(any_day(t)::varchar || ' ' || any_time(t) as timestamp) end;

create macro to_datetime(t) as
    case when t is null then null
         when strlen(t) = 19 and t between '1900' and '2101' and t like '____-___________:%' then try_cast(t as timestamp)
         else list_transform([trim(narrow(t))], lambda x: any_datetime(x))[1] end;

-- A time in another zone is first brought to Taipei: 23:00Z is the next day here. A day whose clock is broken is no day.
create macro any_date(t) as
    case when regexp_matches(t, '[:時]') then any_datetime(t)::date else any_day(t) end;

create macro to_date(t) as
    case when t is null then null
         when strlen(t) = 10 and t like '____-%' then in_range(try_cast(t as date))
         else list_transform([trim(narrow(t))], lambda x: any_date(x))[1] end;

create macro month_parts(t) as
    regexp_extract(t, '^(?:民國|中華民國)?\s*(\d{2,4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?$', ['y', 'm']);

create macro any_month(t) as
    case when regexp_full_match(t, '\d{4,5}|(?:19|20)\d{4}') then coalesce(civil(t[:-3], t[-2:], '1'), date_trunc('month', serial_day(t))::date)
         else list_transform([month_parts(arabic(t))], lambda p:
             case when p.m <> '' then civil(p.y, p.m, '1') else date_trunc('month', any_date(t))::date end)[1] end;

create macro to_month(t) as
    case when t is null then null
         when strlen(t) = 7 and t like '____-%' then in_range(try_cast(t || '-01' as date))
         when strlen(t) = 10 and t like '____-%' then date_trunc('month', in_range(try_cast(t as date)))::date
         else list_transform([trim(narrow(t))], lambda x: any_month(x))[1] end;

-- A western year: 112, 112年度, 民國112年, 2023, 2023年.
create macro to_year(t) as
    list_transform([regexp_extract(replace(narrow(t), ' ', ''), '^(?:民國|中華民國)?(\d{2,4})(?:\.0+|年?度?)$', 1)],
        lambda y: year(civil(y, '1', '1')))[1];

create macro any_number(t) as
    case when strlen(t) > 40 then null
         when regexp_full_match(t, '[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?') then try_cast(replace(t, ',', '') as double)
         when regexp_full_match(t, '\((\d{1,3}(,\d{3})+|\d+)(\.\d+)?\)') then -try_cast(replace(t[2:-2], ',', '') as double) end;

-- The regex keeps inf, nan and 1e5 away from the cast, and is cheaper than what follows.
create macro to_number(t) as
    case when strlen(t) <= 40 and regexp_full_match(t, '-?[0-9]*\.?[0-9]*') then try_cast(t as double)
         else list_transform([trim(narrow(t))], lambda x: any_number(x))[1] end;

-- Through a decimal, not a double, so that long numbers keep their last digit.
create macro whole(t) as
    case when regexp_full_match(t, '[-+]?(\d{1,3}(,\d{3})+|\d+)(\.0+)?') then try_cast(regexp_replace(replace(t, ',', ''), '\.0+$', '') as bigint)
         when regexp_full_match(t, '\((\d{1,3}(,\d{3})+|\d+)(\.0+)?\)') then try_cast('-' || regexp_replace(replace(t[2:-2], ',', ''), '\.0+$', '') as bigint) end;

create macro to_integer(t) as
    case when regexp_full_match(t, '-?[0-9]+') then try_cast(t as bigint)
         else list_transform([trim(narrow(t))], lambda x: whole(x))[1] end;

-- The share 0..1. A percent sign always means hundredths; without one the declared scale does.
create macro to_percent(t, scale) as
    case when t is null then null
         when contains(t, '%') or contains(t, '％')
             then list_transform([regexp_extract(trim(narrow(t)), '^([^%\s]+)\s*%$', 1)], lambda x: any_number(x))[1] / 100
         else to_number(t) / scale end;

create macro unit_of(u) as
    case u when '元' then 1 when '千元' then 1000 when '萬元' then 10000 when '萬' then 10000
           when '百萬元' then 1000000 when '百萬' then 1000000 when '億元' then 100000000 when '億' then 100000000 end;

create macro money_parts(t) as
    regexp_extract(t, '^([-+(]?[\d,.]+\)?)(元|千元|百萬元|百萬|萬元|萬|億元|億)整?$', ['amount', 'unit']);

-- 1億2千萬, 3億5,000萬元, 5百萬, 12萬5千元: each part a number, from the largest to the smallest.
create macro parts_of_money(t) as
    regexp_extract(t, '^([-+]?)(?:([\d,.]+)億)?(?:(?:([\d,.]+)千)?(?:([\d,.]+)百)?(?:([\d,.]+)十)?([\d,.]+)?(萬))?(?:([\d,.]+)千)?(?:([\d,.]+)百)?(?:([\d,.]+)十)?([\d,.]+)?(元?)整?$',
                   ['sign', 'e8', 'e7', 'e6', 'e5', 'e4', 'wan', 'e3', 'e2', 'e1', 'e0', 'unit']);

create macro part(p, factor) as
    case when p = '' then 0 else any_number(p) * factor end;

-- Said in half, it is not read: 12萬5 and 1億2千 mean to some people 125,000 and 1億2,000萬, to others something else.
create macro sum_of_parts(p) as
    case when p.wan <> '' and p.e7 || p.e6 || p.e5 || p.e4 = '' then null
         when p.e0 <> '' and p.unit = '' then null
         when p.e8 <> '' and p.wan = '' and p.e3 || p.e2 || p.e1 <> '' then null
         when p.e8 || p.wan || p.e3 || p.e2 || p.e1 = '' then null
         else case when p.sign = '-' then -1 else 1 end
              * (part(p.e8, 100000000) + part(p.e7, 10000000) + part(p.e6, 1000000) + part(p.e5, 100000) + part(p.e4, 10000)
                 + part(p.e3, 1000) + part(p.e2, 100) + part(p.e1, 10) + part(p.e0, 1)) end;

create macro with_unit(t, unit) as
    list_transform([{'one': money_parts(t), 'more': parts_of_money(t)}], lambda p:
        case when p.one.unit <> '' then any_number(p.one.amount) * unit_of(p.one.unit)
             when regexp_matches(t, '[億萬千百十]') then sum_of_parts(p.more)
             else any_number(t) * unit end)[1];

-- Money in 元. A unit written in the cell beats the declared one.
create macro to_twd(t, unit) as
    case when t is null then null
         when regexp_full_match(t, '-?[0-9]{1,10}') then try_cast(t as bigint) * unit
         else list_transform([regexp_replace(translate(unspaced(narrow(t)), '仟佰拾圓', '千百十元'), '^(NT\$|NTD|\$|新[臺台]幣)', '')],
             lambda x: try_cast(round(with_unit(x, unit)) as bigint))[1] end;

create macro to_boolean(t) as
    list_transform([lower(trim(narrow(t)))], lambda x:
        case when regexp_full_match(x, '是|有|y|yes|true|1|v|✓|✔|○') then true
             when regexp_full_match(x, '否|無|n|no|false|0|x|×|✗|╳') then false end)[1];

-- A threshold or weight of rules.yml; an unknown name is an error, not a NULL that quietly changes a light.
create macro rule(n) as
    coalesce((select value from meta.rules where name = n), error('unknown rule ' || n));
