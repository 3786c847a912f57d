-- The cards that set the forces beside each other. Which lines, in which order, is data: seeds scorecards and scorecard_lines; how a row is made stands
-- in int_scorecard_rows.
{{ scorecard('national') }}
