-- The cards for the public with the caveats of this run.
{{ with_caveats('public') }}
