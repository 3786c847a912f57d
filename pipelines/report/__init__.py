"""What people see: the scorecard site, the highlight report and the workbooks, all from the published marts only."""
