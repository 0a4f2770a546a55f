"""Calls from scripts and recordings: a whole call through the real stack, and what must come of it."""
