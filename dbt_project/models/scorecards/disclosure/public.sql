-- The cards as the public may see them: small numbers, and those that would give them away, are suppressed; below a partnership's area counts are rounded.
{{ scorecard_tier('public') }}
