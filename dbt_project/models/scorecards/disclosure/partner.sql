-- The cards as partners may see them: as they are, but for small numbers of sexual offences, domestic abuse and children below a partnership's area.
{{ scorecard_tier('partner') }}
