-- The OPCC cards with the caveats of this run.
{{ with_caveats('opcc') }}
