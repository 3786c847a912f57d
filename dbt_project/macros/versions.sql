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

-- The order of the versions of a key, newest first. Never by load order: files may arrive in any order.
{% macro newest_first() -%}
    {{ known_at() }} desc, _file_hash desc, _file_row desc
{%- endmacro %}

/* Every key of a raw feed once, in its newest version, with the number of versions and the force's code normalised.
   key: the key columns of the feed but force_code. has_force_key: whether force_code is part of the key.
   A force that no seed knows becomes `unknown`, but keeps its own keys apart from those of other unknown forces.
   The count stands in the same window as the row number; both together measure twice as fast as the row number alone. */
{% macro latest_version(feed, key, has_force_key=true, force_column='force_code') %}
    select
        source.* exclude (force_code, extracted_at),
        coalesce(force_names.target, 'unknown') as force_code,
        source.force_code as force_name,
        source._extracted_at as extracted_at,
        count(*) over (partition by {{ _version_key(key, has_force_key) }}) as version_count
    from {{ feed }} as source
    left join {{ ref('area_aliases') }} as force_names
        on
            force_names.kind = 'force_name'
            and force_names.alias = coalesce(lower(trim(source.force_code)), '{{ var("home_force") }}')
    where {{ known_as_at() }}
    qualify row_number() over (partition by {{ _version_key(key, has_force_key) }} order by {{ newest_first() }}) = 1
{% endmacro %}

{% macro _version_key(key, has_force_key) -%}
    {%- for column in key %}source.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    {%- if has_force_key %}, coalesce(force_names.target, lower(trim(source.force_code))){% endif -%}
{%- endmacro %}
