-- One row per printed figure: what does a document of the city say, in its own words?
-- qualifier: the word beside the figure that makes it less, or more, than exact (近 約 逾 超過 至少 最高 以上 以下 以內).
-- 「最近1~2年」 is a date, not a 近; a figure follows its word at once, or after one verb.
select
    f.document,
    d.zh as document_zh,
    d.en as document_en,
    d.dated_iso::varchar as dated_iso,
    f.section,
    f.period_roc,
    f.period_iso,
    f.key,
    l.zh as label_zh,
    l.en as label_en,
    l.note as label_note,
    f.value,
    f.value_text,
    f.unit,
    f.kind,
    coalesce(
        nullif(regexp_extract(q.words, '(?:^|[^最])(至少|最高|超過|近|約|逾)(?:邀請|核予嘉獎)?\d', 1), ''),
        nullif(regexp_extract(q.words, '[0-9一二三四五六七八九十][千萬億元分%成字]*(以上|以下|以內)', 1), '')
    ) as qualifier,
    f.quote
from raw.published_figures f
cross join lateral (select regexp_replace(f.quote, '[\s*]', '', 'g') as words) q
left join seeds.published_documents d on d.document = f.document
left join seeds.published_labels l on l.key = f.key
