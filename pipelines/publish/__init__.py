"""Publish: the marts written aside, verified and switched in one step (marts.py), and the data dictionary (dictionary.py)."""
