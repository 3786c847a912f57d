"""Supplier files into `raw.<feed>`: read -> conform -> load.

Reading order: `files` (what lies in the landing folder), `text` (bytes to whole CSV records), `headers` (which layout fits),
`tables` (csv, xlsx and parquet as blocks of text columns), `workbook` (xlsx, read by `workbook_reader` in a process of its own),
`clock` and `conform` (text to typed rows and reasons), `load` (the transaction of one
file), `feed` (one feed's run; the only module that others call).
"""
