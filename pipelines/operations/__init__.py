"""Operations: whether the night went well, and who is told.

Reading order: state.py (how the warehouse stands, and its problems), alerts.py (which of them are news), channels.py (mail and webhooks),
metrics.py (the same state as Prometheus reads it).
"""
