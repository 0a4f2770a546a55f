"""Builds the recogniser's model without Kaldi: corpora → features → network → Vosk folder. Not needed at run time."""
