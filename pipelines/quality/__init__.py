"""Quality: Great Expectations suites as data, one runner that evaluates them in DuckDB, and the gate before publish.

Reading order: checks.py (what is checked), suites/*.yaml (the checks), runner.py (which of them a run evaluates), parts.py (of which rows),
evaluation.py and engine.py (how) and gate.py (what follows).
"""
