"""Outreach: the planner for mobile libraries."""

__version__ = "0.1.0"
