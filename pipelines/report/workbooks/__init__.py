"""One Excel workbook per scorecard."""

FOLDER = "xlsx"  # below the published folder; readers find <scorecard_id>.xlsx in it
