-- The cards that set the forces beside each other, with the caveats of this run.
{{ with_caveats('national') }}
