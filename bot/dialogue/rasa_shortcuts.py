"""Work that Rasa does again and again to no purpose, left out. Runs in Rasa's process; answers stay the same.

Each shortcut is put in once and leaves the checks of what really changes (weights, answers) in place.
"""

from typing import Any

import jsonschema
import numpy
from jsonschema.exceptions import best_match
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.utils.tensorflow.models import RasaModel
from scipy.sparse import hstack, vstack


def take_shortcuts() -> None:
    """All that help where callers are served."""
    _load_networks_step_by_step()
    _check_formats_once()
    _keep_weights_as_they_are_read()
    _compare_whole_sentences_only()


def take_training_shortcuts() -> None:
    """The one that helps a training."""
    _compare_whole_sentences_only()


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


def _keep_weights_as_they_are_read() -> None:
    """For each sentence scikit-learn turns the weights of all businesses by a quarter, and SciPy then copies them all
    (12 of 17 ms). Stored by columns they are turned already, and nothing is copied."""
    if getattr(LogisticRegressionClassifier.load, "shortened", False):
        return
    as_trained = LogisticRegressionClassifier.load.__func__

    def load(cls: Any, *args: Any, **kwargs: Any) -> Any:
        component = as_trained(cls, *args, **kwargs)
        if hasattr(component.clf, "coef_"):
            component.clf.coef_ = numpy.asfortranarray(component.clf.coef_)
        return component

    load.shortened = True  # type: ignore[attr-defined]
    LogisticRegressionClassifier.load = classmethod(load)


def _compare_whole_sentences_only() -> None:
    """The classifier looks at sentences, but for each of them Rasa also puts the features of every word together, and
    copies all: 2.5 ms of processor a sentence, half a minute in a training. Here the sentences become one matrix."""
    if getattr(LogisticRegressionClassifier._create_X, "shortened", False):
        return
    one_by_one = LogisticRegressionClassifier._create_X

    def matrix(self: Any, messages: list[Any]) -> Any:
        rows = [[part.features for part in message.features if _of_sentence(part)] for message in messages]
        widths = {tuple(part.shape[1] for part in row) for row in rows}
        if len(widths) != 1 or not all(rows):  # a text without features, or with dense ones, too
            return one_by_one(self, messages)
        return hstack([vstack(column) for column in zip(*rows, strict=True)], format="csr")

    matrix.shortened = True  # type: ignore[attr-defined]
    LogisticRegressionClassifier._create_X = matrix


def _of_sentence(part: Any) -> bool:
    return bool(part.attribute == TEXT and part.type == FEATURE_TYPE_SENTENCE and part.is_sparse())
