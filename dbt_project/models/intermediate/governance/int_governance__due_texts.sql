-- What people write for a due date, read: the date, how exact it is, and the reading in words. One row per text. Of a month, a quarter or a year the
-- last day counts; an ambiguous quarter is read as var due_quarters says, and both readings are named. A text that is not understood keeps no date.
with texts as (
    select due from {{ ref('stg_governance__deliverables') }}
    union
    select due from {{ ref('stg_governance__actions') }}
    union
    select due from {{ ref('stg_governance__focus') }}
    union
    select due from {{ ref('stg_governance__commentary') }}
),

-- Lower case, single blanks, without the words around a date and without th, rd, st.
plain as (
    select
        due as due_raw,
        regexp_matches(due, 'contract|service', 'i') and regexp_matches(due, 'start', 'i') as is_contract_start,
        trim(regexp_replace(
            regexp_replace(
                regexp_replace(lower(due), '(\d)(st|nd|rd|th)\b', '\1', 'g'),
                '\b(due|by|end|of|the|new|contracts?|services?|to|starts?|starting|from|in|on|before|until|circa|approx)\b|[,.'']|\b\d\d:\d\d(:\d\d)?\b', ' ', 'g'
            ),
            '\s+', ' ', 'g'
        )) as text
    from texts
    where due is not null
),

matched as (
    select
        *,
        regexp_extract(text, '^(\d{4})-(\d{1,2})-(\d{1,2})$', ['year', 'month', 'day']) as iso_day,
        regexp_extract(text, '^(\d{1,2})[/ -](\d{1,2})[/ -](\d{4}|\d{2})$', ['day', 'month', 'year']) as numbered_day,
        regexp_extract(text, '^(\d{1,2})[ -]([a-z]{3,})[ -]?(\d{4}|\d{2})$', ['day', 'month', 'year']) as named_day,
        regexp_extract(text, '^([a-z]{3,})[ -]?(\d{4}|\d{2})$', ['month', 'year']) as named_month,
        regexp_extract(text, '^(\d{4})-(0?[1-9]|1[0-2])$', ['year', 'month']) as iso_month,
        regexp_extract(text, '^(\d{1,2})/(\d{4})$', ['month', 'year']) as numbered_month,
        regexp_extract(text, '^q([1-4])[ /-]?(?:fy ?)?(\d{4}|\d{2})([/-]\d{2,4})?$', ['quarter', 'year', 'financial']) as quarter_year,
        regexp_extract(text, '^(\d{4}) q([1-4])$', ['year', 'quarter']) as year_quarter,
        regexp_extract(text, '^(?:fy ?)?(\d{4})([/-]\d{2,4})?$', ['year', 'financial']) as whole_year
    from plain
),

-- The parts of the first form that fits; a month's name is any beginning of three letters or more.
parts as (
    select
        due_raw,
        text,
        is_contract_start,
        case
            when iso_day['year'] <> '' or numbered_day['year'] <> '' or named_day['year'] <> '' then 'day'
            when named_month['year'] <> '' or iso_month['year'] <> '' or numbered_month['year'] <> '' then 'month'
            when quarter_year['year'] <> '' or year_quarter['year'] <> '' then 'quarter'
            when whole_year['year'] <> '' then 'year'
        end as form,
        try_cast(coalesce(
            nullif(iso_day['year'], ''), nullif(numbered_day['year'], ''), nullif(named_day['year'], ''), nullif(named_month['year'], ''), nullif(iso_month['year'], ''),
            nullif(numbered_month['year'], ''), nullif(quarter_year['year'], ''), nullif(year_quarter['year'], ''), nullif(whole_year['year'], '')
        ) as integer) as written_year,
        coalesce(
            try_cast(coalesce(nullif(iso_day['month'], ''), nullif(numbered_day['month'], ''), nullif(iso_month['month'], ''), nullif(numbered_month['month'], '')) as integer),
            list_position(
                list_transform(
                    ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'],
                    lambda name: starts_with(name, coalesce(nullif(named_day['month'], ''), nullif(named_month['month'], ''), '-'))
                ),
                true
            )
        ) as month_number,
        try_cast(coalesce(nullif(iso_day['day'], ''), nullif(numbered_day['day'], ''), nullif(named_day['day'], '')) as integer) as day_number,
        try_cast(coalesce(nullif(quarter_year['quarter'], ''), nullif(year_quarter['quarter'], '')) as integer) as quarter_number,
        coalesce(quarter_year['financial'], '') <> '' or coalesce(whole_year['financial'], '') <> '' or regexp_matches(text, '\bfy') as says_financial
    from matched
),

years as (
    select
        *,
        case when written_year < 100 then 2000 + written_year else written_year end as year_number
    from parts
),

-- Both readings of quarters and years; a day or month that the calendar does not have stays empty.
readings as (
    select
        *,
        case form
            when 'day' then try_cast(printf('%04d-%02d-%02d', year_number, month_number, day_number) as date)
            when 'month' then last_day(try_cast(printf('%04d-%02d-01', year_number, month_number) as date))
            when 'quarter' then last_day(make_date(year_number, quarter_number * 3, 1))
            when 'year' then make_date(year_number, 12, 31)
        end as calendar_date,
        case form
            when 'quarter' then last_day(cast(make_date(year_number, quarter_number * 3, 1) + interval 3 month as date))
            when 'year' then make_date(year_number + 1, 3, 31)
        end as financial_date,
        says_financial or (form = 'quarter' and '{{ var("due_quarters") }}' = 'financial') as is_financial
    from years
),

dated as (
    select
        *,
        case when financial_date is not null and is_financial then financial_date else calendar_date end as due_date
    from readings
)

select
    due_raw,
    due_date,
    case when due_date is not null then case when is_contract_start then 'contract_start' else form end end as due_precision,
    case
        when due_date is null and regexp_full_match(text, 'tbc|tbd|tba|be (confirmed|decided|determined|agreed)|ongoing|rolling|none') then 'no date yet'
        when due_date is null then 'not understood: no date'
        when is_contract_start then 'the contract starts in ' || strftime(due_date, '%B %Y') || ': due by ' || strftime(due_date, '%-d %B %Y')
        when form = 'day' then strftime(due_date, '%-d %B %Y')
        when form = 'month' then 'the last day of ' || strftime(due_date, '%B %Y')
        when form = 'quarter' and says_financial then 'the last day of the quarter of the financial year'
        when form = 'quarter' and is_financial
            then 'a quarter of the financial year, ends ' || strftime(due_date, '%-d %B %Y') || '; as a calendar quarter it would be ' || strftime(calendar_date, '%-d %B %Y')
        when form = 'quarter'
            then 'a calendar quarter, ends ' || strftime(due_date, '%-d %B %Y') || '; as one of the financial year it would be ' || strftime(financial_date, '%-d %B %Y')
        when is_financial then 'the last day of the financial year'
        else 'the last day of ' || strftime(due_date, '%Y')
    end as due_interpretation,
    due_date is not null
    or regexp_full_match(text, 'tbc|tbd|tba|be (confirmed|decided|determined|agreed)|ongoing|rolling|none') as is_understood
from dated
