{# The rules of findings (pipelines/catalogue/findings.yaml): {sections, numbers, relations, rules}. #}
{% macro findings_catalogue() %}
    {{ return(fromjson(findings_data())) }}
{% endmacro %}


{# A period as a sentence names it: Jul-23, R12m to Jul-23, quarter to Jun-23, 2022, 2 Aug 2023. #}
{% macro finding_period_name(period_type, period_end) -%}
    case {{ period_type }}
        when 'month' then strftime({{ period_end }}, '%b-%y')
        when 'r12m' then 'R12m to ' || strftime({{ period_end }}, '%b-%y')
        when 'quarter' then 'quarter to ' || strftime({{ period_end }}, '%b-%y')
        when 'year' then strftime({{ period_end }}, '%Y')
        else strftime({{ period_end }}, '%-d %b %Y')
    end
{%- endmacro %}
