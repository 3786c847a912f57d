"""One Excel workbook per scorecard."""
