"""One Excel workbook a scorecard."""
