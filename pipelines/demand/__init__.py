"""Demand and capacity: what a queue of calls does with a number of operators, and how many operators a target needs."""
