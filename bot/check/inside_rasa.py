"""Rasa's own validator, with every warning heard: run by .venv-rasa's Python, prints a JSON list of warnings.

`rasa data validate` is not used: it ends with 0 when it reads nothing at all, and lets most warnings pass.
Arguments: domain, configuration, then the folders with training data.
"""

import json
import logging
import sys
import warnings


class Heard(logging.Handler):
    """Keeps what Rasa logs as a warning (story conflicts) instead of raising it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.messages.append(record.getMessage())


def validate(domain: str, config: str, folders: list[str]) -> list[str]:
    """All that Rasa has to object, in its own words."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    heard = Heard()
    for name in ("rasa.validator", "rasa.shared", "rasa.core.training"):
        logging.getLogger(name).addHandler(heard)
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        importer = TrainingDataImporter.load_from_config(config, domain, folders)
        validator = Validator.from_importer(importer)
        if not validator.intents.intent_examples:
            heard.messages.append("nothing was read from " + ", ".join(folders))
        validator.verify_domain_validity()
        validator.verify_nlu(ignore_warnings=False)
        validator.verify_forms_in_stories_rules()
        validator.verify_actions_in_stories_rules()
        validator.verify_form_slots()
        validator.verify_slot_mappings()
        validator.verify_story_structure(ignore_warnings=False)
        validator.warn_if_config_mandatory_keys_are_not_set()
    ours = [str(one.message) for one in raised if issubclass(one.category, UserWarning | FutureWarning)]
    return list(dict.fromkeys(heard.messages + ours))


if __name__ == "__main__":
    logging.disable(logging.INFO)
    print("\n" + json.dumps(validate(sys.argv[1], sys.argv[2], sys.argv[3:])))
