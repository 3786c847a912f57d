"""Feed contracts as data: one Open Data Contract Standard v3 YAML per feed, read into the model."""
