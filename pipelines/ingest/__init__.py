"""Supplier files into `raw.<feed>`: read -> conform -> load.

Reading order: `files` (what lies in the landing folder), `csv_records` (bytes to whole CSV records), `workbook` (xlsx, read by
`workbook_reader` in a process of its own), `headers` (which layout fits), `shape` (a layout's reading of rows), `tables` (csv, xlsx and
parquet as blocks of text columns, by `csv_tables`, `sheet_tables` and `parquet_tables`), `clock` and `conform` (text to typed rows and
reasons), `load` (the transaction of one file), `feed` (one feed's run; the only module that others call).
"""
