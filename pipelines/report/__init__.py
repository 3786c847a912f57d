"""Outputs for readers: the scorecard site, the highlight report and the workbooks, from the published marts only."""
