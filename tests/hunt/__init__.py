"""The hunt for passwords: calls over every channel in which one is entered in every way, and a search of all that they
left. `python -m pytest -m long tests/whole/test_the_hunt.py -s` prints its table (HUNT_CALLS=200)."""
