-- The card of the Criminal Justice Board with the caveats of this run.
{{ with_caveats('wcjb') }}
