"""What a recogniser's confidence is worth: how much less its words are to be believed than written ones."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Calibration:
    """Doubt falls in a straight line with the words' mean confidence. Fitted to one model."""

    unheard: float = 0.0
    """Doubt of words with confidence 0, in nats."""

    slope: float = 0.0

    @classmethod
    def of(cls, model: Path) -> "Calibration":
        """From the model's confidence.yml; without one no words are doubted. Raises SettingsError."""
        file = model / "confidence.yml"
        if not file.is_file():
            return cls()
        try:
            told = yaml.safe_load(file.read_text("utf-8"))
            return cls(float(told["unheard"]), float(told["slope"]))
        except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as wrong:
            raise SettingsError("model_broken", f"{file}：应有 unheard 和 slope 两个数。请重新放置模型。") from wrong

    def doubt(self, confidence: float) -> float:
        """Nats by which the odds of whatever the words are taken for fall; below 0 they rise."""
        return round(self.unheard - self.slope * confidence, 2)
