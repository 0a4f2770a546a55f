"""Near words (nlu/near_words.yml) as features: which groups of words that mean the same a text has one of.

A part of Rasa's pipeline (config.yml), loaded by Rasa's process. Rasa's own RegexFeaturizer finds the same groups, but
searches each one as a pattern and asks of each token whether it was in it, which nothing here reads: with 137 groups
4 ms of processor for a text, half of all that training took, and it cannot give a group more weight than one character.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file
from scipy.sparse import coo_matrix


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NearWords(SparseFeaturizer, GraphComponent):  # type: ignore[misc]
    """One feature for each lookup table of the training data."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, name: str, groups: list[list[str]]
    ) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._groups = groups
        self._value = float(config["weight"]) ** 0.5

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`weight`: as many words or pieces of words as one group counts for (the classifier squares it)."""
        return {**SparseFeaturizer.get_default_config(), "weight": 1.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Raises ValueError for a weight that is none."""
        if float(config["weight"]) <= 0:
            raise ValueError("NearWords: weight must be above 0")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NearWords":
        """Untrained."""
        return cls(config, model_storage, resource, execution_context.node_name, [])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NearWords":
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            groups = read_json_file(folder / "groups.json")
        return cls(config, model_storage, resource, execution_context.node_name, groups)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the groups."""
        self._groups = [table["elements"] for table in training_data.lookup_tables]
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / "groups.json", self._groups)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Mark all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark these texts."""
        for message in messages:
            if text := message.get(TEXT):
                self.add_features_to_message(None, self._found_in(text), TEXT, message)
        return messages

    def _found_in(self, text: str) -> coo_matrix:
        found = [number for number, words in enumerate(self._groups) if any(word in text for word in words)]
        values = ([self._value] * len(found), ([0] * len(found), found))
        return coo_matrix(values, shape=(1, len(self._groups)), dtype=float)
