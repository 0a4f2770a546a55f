"""A form with one question of each kind."""
