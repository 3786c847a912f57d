"""Seeded generator of realistic raw extracts. Reading order: calibration, plan, timeline, draw, places, the feeds, data_faults, writer, generate."""
