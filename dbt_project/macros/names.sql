-- Names of forces and teams as suppliers spell them, in the form in which seeds/area_aliases.csv lists them.

-- Lower case, trimmed, inner blanks single, a trailing " cpt" dropped: "Swindon CPT", "SWINDON" and "Swindon" are one name.
{% macro plain_name(name) -%}
    regexp_replace(regexp_replace(lower(trim({{ name }})), '\s+', ' ', 'g'), '\s+cpt$', '')
{%- endmacro %}

-- The district part of a census area name: "Swindon 012A" is "swindon".
{% macro lsoa_district(lsoa_name) -%}
    lower(regexp_replace(trim({{ lsoa_name }}), '\s+\S+$', ''))
{%- endmacro %}

-- A place as readers see it: outer and double blanks gone; what came all in capitals or all without gets a capital a word. Segments are told
-- apart by it.
{% macro plain_place(name) -%}
    {%- set trimmed = "regexp_replace(trim(" ~ name ~ "), '\\s+', ' ', 'g')" -%}
    case
        when {{ trimmed }} in (upper({{ trimmed }}), lower({{ trimmed }}))
            then array_to_string(list_transform(string_split({{ trimmed }}, ' '), lambda word: upper(left(word, 1)) || lower(word[2:])), ' ')
        else {{ trimmed }}
    end
{%- endmacro %}

-- The spelling of an area or comparator in a return: lower case, trimmed, inner blanks single.
{% macro plain_spelling(name) -%}
    regexp_replace(lower(trim({{ name }})), '\s+', ' ', 'g')
{%- endmacro %}

-- The last day of a period: a supplier may give only its month, or its first day.
{% macro period_end_of(period_type, period_end) -%}
    cast(case when {{ period_type }} = 'snapshot' then {{ period_end }} else last_day({{ period_end }}) end as date)
{%- endmacro %}
