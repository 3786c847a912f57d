{# The rules of findings (pipelines/catalogue/findings.yaml): {sections, leads, numbers, relations, rules}. #}
{% macro findings_catalogue() %}
    {{ return(fromjson(findings_data())) }}
{% endmacro %}


{# Whether a period ends in the months that findings are made for, counted back from the newest complete month. #}
{% macro is_recent(table='') -%}
    {{ table }}period_end > (
        select last_day(max(newest.period_end) - to_months({{ var('findings_months') }}))
        from {{ ref('measure_values') }} as newest
        where newest.is_complete and isfinite(newest.value) and newest.period_type in ('month', 'r12m')
    )
{%- endmacro %}


{# The measures, with those that are quoted beside a mean: the median of the same rows, and the share of logs over ten hours. #}
{% macro measures_beside_means() %}
    select
        *,
        case when statistic = 'mean' then regexp_replace(measure_id, '_mean$', '_median') end as median_measure_id,
        regexp_extract(measure_id, '^(.*)_response_time_mean$', 1) || '_logs_over_10h_share' as over_10h_measure_id
    from {{ ref('dim_measure') }}
{% endmacro %}


{#
  A period as a sentence names it: July 2023, the year to July 2023, the quarter to June 2023, 2022, 2 August 2023. A quarterly estimate of a survey
  is of the year that the quarter ends; a year that ends before December is none of the calendar.
#}
{% macro finding_period_name(period_type, period_end, statistic) -%}
    case
        when {{ period_type }} = 'month' then strftime({{ period_end }}, '%B %Y')
        when {{ period_type }} = 'r12m' then 'the year to ' || strftime({{ period_end }}, '%B %Y')
        when {{ period_type }} = 'quarter' then case when {{ statistic }} = 'estimate' then 'the year' else 'the quarter' end || ' to ' || strftime({{ period_end }}, '%B %Y')
        when {{ period_type }} = 'year' and month({{ period_end }}) = 12 then strftime({{ period_end }}, '%Y')
        when {{ period_type }} = 'year' then 'the year to ' || strftime({{ period_end }}, '%B %Y')
        else strftime({{ period_end }}, '%-d %B %Y')
    end
{%- endmacro %}


{# The period before it that a change on the year is of: July 2022, or the year before. #}
{% macro year_before_name(period_type, base_period_end) -%}
    case {{ period_type }} when 'month' then strftime({{ base_period_end }}, '%B %Y') else 'the year before' end
{%- endmacro %}


{#
  A figure as the beginning of a sentence: "4.4% of 999 calls were abandoned in Swindon in July 2023". The measure's own words (`in_words`) where it has
  any and the figure is of the whole; else its title. The force of the warehouse is not named.
#}
{% macro figure_clause(measure, area_name, segment, value_text, value, period_type, period_end) -%}
    case
        when {{ segment }} = 'all' and {{ measure }}.in_words is not null and not ({{ measure }}.unit = 'count' and {{ value }} = 1)
            then replace({{ measure }}.in_words, '{value}', {{ value_text }})
        else {{ spoken_title(measure ~ '.title', segment) }} || {{ value_text }}
    end
    || coalesce({{ area_name }}, '')
    || case when {{ period_type }} = 'snapshot' then ' on ' else ' in ' end
    || {{ finding_period_name(period_type, period_end, measure ~ '.statistic') }}
{%- endmacro %}


{# A title as the subject of a sentence: "The average Priority response time stood at", "The figure for ‘Crown Court, receipts’ was". #}
{% macro spoken_title(title, segment) -%}
    case
        when regexp_matches({{ title }}, ', (average|median|90th percentile)')
            then regexp_replace({{ title }}, '^(.*), (average|median|90th percentile)', 'The \2 \1') || {{ segment_text(segment) }} || ' stood at '
        when contains({{ title }}, ', ') then 'The figure for ‘' || {{ title }} || '’' || {{ segment_text(segment) }} || ' was '
        else regexp_replace({{ title }}, ' per [0-9,]+ residents', '') || {{ segment_text(segment) }} || ' stood at '
    end
{%- endmacro %}


{% macro segment_text(segment) -%}
    case when {{ segment }} <> 'all' then ' (' || replace({{ segment }}, '_', ' ') || ')' else '' end
{%- endmacro %}


{# ", for the second month running" without its comma: nothing for a first one. #}
{% macro running_text(k, noun) -%}
    case when {{ k }} > 1 then ' for the ' || {{ ordinal_text(k) }} || ' {{ noun }} running' else '' end
{%- endmacro %}


{# second, ninth, 10th, 21st, 112th #}
{% macro ordinal_text(k) -%}
    case
        when {{ k }} between 1 and 9
            then ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'][cast({{ k }} as integer)]
        when {{ k }} % 100 between 11 and 13 then {{ k }} || 'th'
        else {{ k }} || coalesce(['st', 'nd', 'rd'][cast({{ k }} % 10 as integer)], 'th')
    end
{%- endmacro %}


{# Where a figure is of: nothing for the force of the warehouse, " for Dorset Police", " in Swindon". #}
{% macro spoken_area(area_name, level, force_code) -%}
    case
        when {{ level }} = 'force' and {{ force_code }} = '{{ var("home_force") }}' then null
        when {{ level }} = 'force' then ' for ' || {{ area_name }}
        else ' in ' || {{ area_name }}
    end
{%- endmacro %}


{# A figure and what is found of it: one sentence, or two where one would be longer than the longest that is easy to read. #}
{% macro said_of_figure(figure, clause) -%}
    {{ figure }}
    || case
        when {{ clause }} not like '. %' and {{ word_count(figure ~ " || ' ' || " ~ clause) }} <= {{ var('sentence_words') }} then ', ' || {{ clause }}
        else '. ' || {{ own_sentence(clause, 'That is ') }}
    end
    || '.'
{%- endmacro %}


{# A clause as a sentence of its own, without its full stop: "The figure is unusually high", "There are signs of a rising trend". #}
{% macro own_sentence(clause, subject='The figure is ') -%}
    case
        when {{ clause }} like '. %' then substr({{ clause }}, 3)
        when {{ clause }} like 'with signs %' then 'There are' || substr({{ clause }}, 5)
        when {{ clause }} like 'with %figure having %' then 'The' || replace(substr({{ clause }}, 9), ' figure having ', ' figure has ')
        when {{ clause }} like 'with %figure accounting %' then 'The' || replace(substr({{ clause }}, 9), ' figure accounting ', ' figure accounted ')
        when {{ clause }} like 'with the %' then 'The' || replace(substr({{ clause }}, 9), ' figure ', ' figure is ')
        when {{ clause }} like 'accounting %' then 'This accounted' || substr({{ clause }}, 11)
        when {{ clause }} like 'having %' then 'It has' || substr({{ clause }}, 7)
        when {{ clause }} like 'missing %' then 'It missed' || substr({{ clause }}, 8)
        when regexp_matches({{ clause }}, '^(rising|falling|continuing|improving) ') then 'It is ' || {{ clause }}
        else '{{ subject }}' || {{ clause }}
    end
{%- endmacro %}


{% macro word_count(text) -%}
    len(string_split({{ text }}, ' '))
{%- endmacro %}
