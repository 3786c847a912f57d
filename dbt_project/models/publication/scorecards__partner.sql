-- The cards for partners with the caveats of this run.
{{ with_caveats('partner') }}
