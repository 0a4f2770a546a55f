"""What callers said, kept for QA: taken in from recorders, corrected by a person, or recorded in the browser."""
