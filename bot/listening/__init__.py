"""From the caller's sound to words: voice activity, end of turn, recogniser, grammars."""
