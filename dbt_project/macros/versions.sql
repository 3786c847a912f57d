-- Which version of a row counts.

-- When a version became known: the supplier's extract time, else the time of the load.
{% macro known_at() -%}
    coalesce(_extracted_at, _loaded_at)
{%- endmacro %}

-- Only versions known by the end of var('as_at'), a local day, or by that local moment; all of them where it is not set.
{% macro known_as_at() -%}
    {%- set as_at = var('as_at', none) -%}
    {%- if not as_at -%}
        true
    {%- elif (as_at | string | length) <= 10 -%}
        {{ known_at() }} < {{ utc_time("cast('" ~ as_at ~ "' as timestamp) + interval 1 day") }}
    {%- else -%}
        {{ known_at() }} <= {{ utc_time("cast('" ~ as_at ~ "' as timestamp)") }}
    {%- endif -%}
{%- endmacro %}

-- What puts versions in order: the supplier's extract time, else the latest day that the file's path names, else the time of the load.
{% macro version_at() -%}
    coalesce(_extracted_at, _dated_at, _loaded_at)
{%- endmacro %}

/* The order of the versions of a key, newest first. Never by load order where anything else tells: files may arrive in any order.
   What the supplier does not tell apart, the time at which the file was last changed may. */
{% macro newest_first() -%}
    {{ version_at() }} desc, case when _extracted_at is null then _modified_at end desc nulls last, _file_hash desc, _file_row desc
{%- endmacro %}

/* Every key of a raw feed once, in its newest version, with the number of versions and the force's code normalised.
   What the key is, and whether the force belongs to it, says the contract (macro feeds).
   A force that no seed knows becomes `unknown`, but its spelling stays in force_key, so that the keys of two
   unknown forces do not meet.
   Nearly every key has one version: only rows whose key may have more (staging.int_repeated_keys) are sorted. */
{% macro latest_version(feed_name) -%}
    {%- set known = feeds()[feed_name] -%}
    {%- set key_columns = [] -%}
    {%- for column in known.key %}{% do key_columns.append('feed.' ~ column) %}{% endfor -%}
    {%- set force_key = 'coalesce(force_names.target, lower(trim(feed.force_code)))' -%}
    {%- set version_key = (key_columns + ([force_key] if known.has_force_key else [])) | join(', ') -%}
    select {{ _version_columns(known, force_key) }}, 1 as version_count
    {{ _versions(feed_name, known) }} and not {{ may_have_versions(feed_name, 'feed.') }}
    union all
    select {{ _version_columns(known, force_key) }}, count(*) over (partition by {{ version_key }}) as version_count
    {{ _versions(feed_name, known) }} and {{ may_have_versions(feed_name, 'feed.') }}
    qualify row_number() over (partition by {{ version_key }} order by {{ newest_first() }}) = 1
{%- endmacro %}

/* The hash of a row's key without the force, whose spelling may change: rows of one key have the same. */
{% macro key_hash(feed_name, prefix='') -%}
    cast(hash({% for column in feeds()[feed_name].key %}{{ prefix }}{{ column }}{{ ', ' if not loop.last }}{% endfor %}) >> 1 as bigint)
{%- endmacro %}

/* Whether the key of a raw row may have other rows. */
{% macro may_have_versions(feed_name, prefix='') -%}
    {{ key_hash(feed_name, prefix) }} in (select repeated.key_hash from {{ ref('int_repeated_keys') }} as repeated where repeated.feed = '{{ feed_name }}')
{%- endmacro %}

{% macro _version_columns(known, force_key) -%}
    {%- set own = (['force_code'] if known.has_force else []) + (['extracted_at'] if known.has_extracted_at else []) -%}
    feed.*
    {{- ' exclude (' ~ own | join(', ') ~ ')' if own }}
    {%- if known.closed %} replace (
        {%- for column in known.closed %}
        {{ listed_value(known, column, 'feed.' ~ column) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endif %},
    {%- if known.has_force %}
    coalesce(force_names.target, 'unknown') as force_code,
    {{ force_key }} as force_key,
    {%- endif %}
    feed._extracted_at as extracted_at
{%- endmacro %}

/* A value of a column whose values the contract lists, in the contract's letter case, or what stands for any other. */
{% macro listed_value(known, column, value) -%}
    {%- set listed = known.closed[column] -%}
    case
        when {{ value }} is null or {{ value }} in ({% for one in listed['values'] %}{{ literal(one) }}{{ ', ' if not loop.last }}{% endfor %}) then {{ value }}
        else coalesce(
            map { {%- for one in listed['values'] %}{{ literal(one | lower) }}: {{ literal(one) }}{{ ', ' if not loop.last }}{% endfor -%} }[lower({{ value }})],
            {{ literal(listed.otherwise) }}
        )
    end
{%- endmacro %}

/* The segments of a measure that may be published, where its entry or the contract of its rows lists them. */
{% macro listed_segments(measure) -%}
    {%- set listed = measure.segments | list -%}
    {%- for known in feeds().values() if known.closed[measure.segment_by] %}{% do listed.extend(known.closed[measure.segment_by]['values']) %}{% endfor -%}
    {{ return(listed) }}
{%- endmacro %}

{% macro _versions(feed_name, known) -%}
    from {{ source('raw', feed_name) }} as feed
    {%- if known.has_force %}
    left join {{ ref('area_aliases') }} as force_names
        on
            force_names.kind = 'force_name'
            and force_names.alias = coalesce(lower(trim(feed.force_code)), '{{ var("home_force") }}')
    {%- endif %}
    where {{ known_as_at() }}
{%- endmacro %}
