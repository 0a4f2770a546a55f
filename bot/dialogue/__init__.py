"""The seam to the dialogue engine (Rasa): what it is told and what it answers."""
