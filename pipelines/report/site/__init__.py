"""The scorecard site: static pages, drawn from the published marts, that open from a file share without a server."""
