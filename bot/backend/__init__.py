"""The one door to business data, in the field's terms."""
