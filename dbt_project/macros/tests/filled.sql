-- No row leaves one of `columns` empty. One row per empty cell, with its column.
{% test filled(model, columns) %}
    {%- for column in columns %}
    select '{{ column }}' as column_name from {{ model }} where {{ column }} is null
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
{% endtest %}
