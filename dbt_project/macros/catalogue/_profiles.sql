{# The counts whose hour-by-weekday profile is kept: those that seed profile_events names. Their facts know the local hour of their rows. #}
{% macro profile_measures(read) %}
    {%- set wanted = ['ocr_volume', 'public_999_calls_offered', 'cch_calls_offered', 'immediate_log_volume', 'priority_log_volume', 'silent_999_logs'] -%}
    {%- set measures = [] -%}
    {%- for measure in read.measures if measure.id in wanted -%}
        {%- if measure.statistic != 'count' -%}
            {%- do exceptions.raise_compiler_error("profile of " ~ measure.id ~ ": only counts have one") -%}
        {%- endif -%}
        {%- do measures.append(measure) -%}
    {%- endfor -%}
    {{ return(measures) }}
{% endmacro %}
