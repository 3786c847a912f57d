-- Every measure as it is published: measures.measure_values with the caveats of this run.
{{ with_caveats('measure_values') }}
