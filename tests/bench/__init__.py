"""Measures from outside, in real time, how fast the service answers and how many calls it holds.

`make bench`, or `python -m tests.bench`. Nothing here is part of the tests; what it found: docs/performance.md.
"""
