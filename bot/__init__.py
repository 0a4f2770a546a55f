"""A voice self-service for public hotlines: it answers a call, hears Mandarin and keys, decides, speaks."""

__version__ = "0.1.0"
