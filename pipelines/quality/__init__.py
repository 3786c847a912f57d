"""Quality: Great Expectations suites as data, one runner that evaluates them in DuckDB, and the gate before publish.

Reading order: checks.py (what is checked), suites/*.yaml (the checks), runner.py (how) and gate.py (what follows).
"""
