"""Quality: Great Expectations suites as data, one runner that evaluates them in DuckDB, and the gate before publish.

Reading order: checks.py (what is checked), suites/*.yaml (the checks), runner.py (how), gate.py (what follows), docs.py (Data Docs).
"""
