"""Listening tool: text, words with times and confidence, of a recording or of every recording in a folder."""

import argparse
from pathlib import Path

from speech import features
from speech.hearing import Ear, digit_grammar
from speech.settings import ROOT, Settings

SOUNDS = {".wav", ".flac", ".ogg", ".opus", ".mp3"}


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this tool."""
    command.add_argument("path", type=Path, help="recording or folder")
    command.add_argument("--model", type=Path, default=ROOT / "models" / "zh-12329")
    command.add_argument("--grammar", help="phrases separated by | (words of words.txt by spaces); 'digits' for digits")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Print what the model hears."""
    ear = Ear(options.model)
    grammar = options.grammar and (digit_grammar() if options.grammar == "digits" else options.grammar.split("|"))
    files = sorted(options.path.rglob("*")) if options.path.is_dir() else [options.path]
    for path in (p for p in files if p.suffix.lower() in SOUNDS):
        samples = features.decode(path, features.RATE)
        heard = ear.hear(samples, grammar)
        print(f"{path}: {heard.text or '(nothing)'}   RTF {heard.seconds / max(0.1, len(samples) / features.RATE):.3f}")
        for word in heard.words:
            print(f"  {word['start']:6.2f} – {word['end']:6.2f}  {word.get('conf', 0):.2f}  {word['word']}")
