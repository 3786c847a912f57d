-- Names of forces and teams as suppliers spell them, in the form in which seeds/area_aliases.csv lists them.

-- Lower case, trimmed, inner blanks single, a trailing " cpt" dropped: "Swindon CPT", "SWINDON" and "Swindon" are one name.
{% macro plain_name(name) -%}
    regexp_replace(regexp_replace(lower(trim({{ name }})), '\s+', ' ', 'g'), '\s+cpt$', '')
{%- endmacro %}

-- The district part of a census area name: "Swindon 012A" is "swindon".
{% macro lsoa_district(lsoa_name) -%}
    lower(regexp_replace(trim({{ lsoa_name }}), '\s+\S+$', ''))
{%- endmacro %}
