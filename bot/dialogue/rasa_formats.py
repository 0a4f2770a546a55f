"""Work that Rasa does with every answer to no purpose, left out. Runs in Rasa's process; answers stay the same."""

from typing import Any

import jsonschema
from jsonschema.exceptions import best_match


def check_formats_once() -> None:
    """With each answer of an action or of the wording endpoint Rasa checks that the *description* of its format is a
    description: two thirds of all a turn costs, for a text that never changes. The answer itself is checked as before.
    """
    if getattr(jsonschema.validate, "shortened", False):
        return
    known: list[Any] = []

    def validate(instance: Any, schema: Any) -> None:
        validator = jsonschema.validators.validator_for(schema)
        if schema not in known:
            validator.check_schema(schema)
            known.append(schema)
        wrong = best_match(validator(schema).iter_errors(instance))
        if wrong is not None:
            raise wrong

    validate.shortened = True  # type: ignore[attr-defined]
    jsonschema.validate = validate
