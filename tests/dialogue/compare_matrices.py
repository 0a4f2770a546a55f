"""Run by Rasa's own Python: whether the shortcut gives the classifier what Rasa would give it. Prints JSON."""

import json

from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix, random

from bot.dialogue.rasa_shortcuts import take_training_shortcuts


def sentence(number: int) -> Message:
    """Two featurizers looked at it; the second one not at its words."""
    message = Message(data={TEXT: "查余额"})
    for width, kind, length in (
        (7, FEATURE_TYPE_SEQUENCE, 3),
        (7, FEATURE_TYPE_SENTENCE, 1),
        (5, FEATURE_TYPE_SENTENCE, 1),
    ):
        seen = coo_matrix(random(length, width, density=0.5, random_state=number))
        message.add_features(Features(seen, kind, TEXT, f"of{width}"))
    return message


sentences = [sentence(number) for number in range(4)]
classifier = LogisticRegressionClassifier.__new__(LogisticRegressionClassifier)
as_rasa_does = classifier._create_X(sentences).toarray()
take_training_shortcuts()
shortened = classifier._create_X(sentences).toarray()
print(json.dumps({"shape": shortened.shape, "same": bool((shortened == as_rasa_does).all())}))
