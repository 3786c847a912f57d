"""Feed contracts as data: one Open Data Contract Standard v3 YAML a feed, and the model that reads them."""
