{# Rows that a cell needs in both periods to be named (methods.md 3.4); the others are pooled. #}
{% macro smallest_driver_cell() %}{{ return(20) }}{% endmacro %}
