"""Work that Rasa does again and again to no purpose, left out. Runs in Rasa's process; answers stay the same.

Each shortcut is put in once and leaves the checks of what really changes (weights, answers) in place.
"""

from typing import Any

import jsonschema
from jsonschema.exceptions import best_match
from rasa.utils.tensorflow.models import RasaModel


def take_shortcuts() -> None:
    """All that help where callers are served."""
    _load_networks_step_by_step()
    _check_formats_once()


def _load_networks_step_by_step() -> None:
    """Rasa trains each network on one example to give it its shape before it loads the weights. As a graph with all
    gradients that takes five seconds and 100 MB for each network; step by step it takes a moment. Answers are
    computed as a graph, as before."""
    if getattr(RasaModel.fit, "shortened", False):
        return
    by_graph = RasaModel.fit

    def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
        model.run_eagerly = True
        try:
            return by_graph(model, *args, **kwargs)
        finally:
            model.run_eagerly = False

    fit.shortened = True  # type: ignore[attr-defined]
    RasaModel.fit = fit


def _check_formats_once() -> None:
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
