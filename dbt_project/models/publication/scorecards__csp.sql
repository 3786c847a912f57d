-- The cards of the Community Safety Partnerships with the caveats of this run.
{{ with_caveats('csp') }}
