-- The months that each fact has to recompute: those of every version of every key that has a row which the last completed build had not
-- seen, and those that such a row reaches in another feed (a call un-ghosts a leg, an incident covers legs, a crime is cancelled under its
-- outcomes, an outcome makes something of its crime). One row per fact and month. Everything, on a full rebuild.
{{ config(materialized='table') }}

{#- The key stands without the force, whose spelling may change, and without columns that may be empty: more months than needed do no harm.
    Rows without a key are found by content. -#}
{%- set facts = {} -%}
{%- for feed, known in feeds().items() if known.fact -%}
    {%- do facts.update({known.fact: {'feed': feed, 'key': known.key | reject('in', known.optional_key) | list or ['_row_hash'], 'time': known.time, 'is_date': known.is_date}}) -%}
{%- endfor -%}

{%- if is_full_rebuild() %}

-- The distinct hours first: few enough that the conversion to local time costs nothing.
with hours as (
    {%- for fact, from_feed in facts.items() %}
    select distinct
        '{{ fact }}' as fact,
        {{ from_feed.time if from_feed.is_date else "date_trunc('hour', " ~ from_feed.time ~ ")" }} as hour_at,
        {{ 'true' if from_feed.is_date else 'false' }} as is_local
    from {{ source('raw', from_feed.feed) }}
    union all
    {%- endfor %}
    select distinct
        'fct_protection_authorisations' as fact,
        date_trunc('hour', authorised_at) as hour_at,
        false as is_local
    from {{ source('raw', 'protection_orders') }}
    where authorised_at is not null
)

select distinct
    fact,
    {{ month_of("case when is_local then hour_at else " ~ local_time('hour_at') ~ " end") }} as month
from hours

{%- else %}

with watermark as (
    select max(max_load_id) as load_id from {{ source('ingest', 'builds') }}
),
{%- for fact, from_feed in facts.items() %}

{{ from_feed.feed }}_keys as (
    select distinct {{ from_feed.key | join(', ') }}
    from {{ source('raw', from_feed.feed) }}
    where _load_id > (select load_id from watermark)
),

{{ from_feed.feed }}_versions as (
    select versions.*
    from {{ source('raw', from_feed.feed) }} as versions
    semi join {{ from_feed.feed }}_keys as keys
        on {% for column in from_feed.key %}versions.{{ column }} = keys.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
),
{%- endfor %}

bt_incidents_keys as (
    select distinct bt_incident_id
    from {{ source('raw', 'bt_incidents') }}
    where _load_id > (select load_id from watermark)
),

bt_incidents_versions as (
    select versions.*
    from {{ source('raw', 'bt_incidents') }} as versions
    semi join bt_incidents_keys as keys on versions.bt_incident_id = keys.bt_incident_id
),

-- Call references whose legs may be judged otherwise than before.
bt_call_refs as (
    select bt_call_ref from force_calls_versions where bt_call_ref is not null
    union
    select bt_call_ref from bt_999_calls_versions
),

-- Every instant that a fact has to recompute, in UTC, and every local date.
instants as (
    {%- for fact, from_feed in facts.items() if not from_feed.is_date %}
    select
        '{{ fact }}' as fact,
        {{ from_feed.time }} as event_at
    from {{ from_feed.feed }}_versions
    union all
    {%- endfor %}
    select
        'fct_bt_legs' as fact,
        legs.presented_at as event_at
    from {{ source('raw', 'bt_999_calls') }} as legs
    semi join bt_call_refs on bt_call_refs.bt_call_ref = legs.bt_call_ref
    union all
    select
        'fct_bt_legs' as fact,
        legs.presented_at as event_at
    from {{ source('raw', 'bt_999_calls') }} as legs
    inner join bt_incidents_versions as incidents
        on legs.presented_at >= incidents.started_at and legs.presented_at < incidents.ended_at
    union all
    select
        'fct_arrests' as fact,
        arrests.arrested_at as event_at
    from {{ source('raw', 'arrests') }} as arrests
    semi join crimes_keys on crimes_keys.crime_ref = arrests.crime_ref
    union all
    select
        'fct_protection_authorisations' as fact,
        authorised_at as event_at
    from protection_orders_versions
    where authorised_at is not null
    union all
    select
        'fct_crimes' as fact,
        crimes.recorded_at as event_at
    from {{ source('raw', 'crimes') }} as crimes
    semi join crime_outcomes_versions as outcomes on outcomes.crime_ref = crimes.crime_ref
),

dates as (
    {%- for fact, from_feed in facts.items() if from_feed.is_date %}
    select
        '{{ fact }}' as fact,
        {{ from_feed.time }} as event_date
    from {{ from_feed.feed }}_versions
    union all
    {%- endfor %}
    select
        'fct_crime_outcomes' as fact,
        outcomes.outcome_date as event_date
    from {{ source('raw', 'crime_outcomes') }} as outcomes
    semi join crimes_keys on crimes_keys.crime_ref = outcomes.crime_ref
    union all
    select
        'fct_suspects' as fact,
        suspects.snapshot_date as event_date
    from {{ source('raw', 'suspects') }} as suspects
    semi join crimes_keys on crimes_keys.crime_ref = suspects.crime_ref
),

months as (
    select
        fact,
        {{ month_of(local_time('event_at')) }} as month
    from instants
    union all
    select
        fact,
        {{ month_of('event_date') }} as month
    from dates
)

select
    fact,
    month
from months
group by fact, month

{%- endif %}
