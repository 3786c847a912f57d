{# The target of each figure that is in force on the day `day` of it (an expression of `figures`): that of the nearest area which has one. #}
{% macro targets_in_force(figures, period, day) %}
    select
        figures.series_id,
        figures.{{ period }},
        arg_min(targets.target, targets.distance) as target,
        arg_min(targets.target_type, targets.distance) as target_type
    from {{ figures }} as figures
    inner join {{ ref('int_area_targets') }} as targets on
        figures.measure_id = targets.measure_id
        and figures.area_id = targets.area_id
        and {{ day }} between targets.valid_from and targets.valid_to
    group by figures.series_id, figures.{{ period }}
{% endmacro %}


{# A target as a sentence names it: SLA, statutory target, ambition. #}
{% macro target_name(target_type) -%}
    case {{ target_type }} when 'statutory' then 'statutory target' else coalesce({{ target_type }}, 'target') end
{%- endmacro %}
