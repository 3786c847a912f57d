-- The limits that each publication gave to each phase of a chart, the window of months that they were worked out from, and the twelve seasonal indices
-- where the season was taken out.
-- depends_on: {{ ref('measures__spc_signal_ledger') }}
{{ config(post_hook="{{ create_spc_as_published(ref('measures__spc_signal_ledger'), this) }}") }}
{%- set says_now %}
select
    measure_id,
    area_id,
    segment,
    phase,
    {%- for name in ['phase_start', 'window_start', 'window_end', 'n_phase', 'mean', 'mr_bar', 'lpl', 'upl', 'lower_2s', 'upper_2s', 'limits_status'] %}
    min({{ name }}) as {{ name }},
    {%- endfor %}
    case
        when bool_or(is_seasonally_adjusted)
            then [
                {%- for number in range(1, 13) %}
                min(seasonal_index) filter (where month(month) = {{ number }}){{ ',' if not loop.last }}
                {%- endfor %}
            ]
    end as seasonal_index
from {{ ref('measure_spc') }}
group by measure_id, area_id, segment, phase
{%- endset %}
{{
    ledger(
        source('live_measures', 'spc_limit_ledger'),
        says_now,
        {'measure_id': 'varchar', 'area_id': 'varchar', 'segment': 'varchar', 'phase': 'integer'},
        {
            'phase_start': 'date', 'window_start': 'date', 'window_end': 'date', 'n_phase': 'integer', 'mean': 'double', 'mr_bar': 'double',
            'lpl': 'double', 'upl': 'double', 'lower_2s': 'double', 'upper_2s': 'double', 'limits_status': 'varchar', 'seasonal_index': 'double[]',
        },
    )
}}
