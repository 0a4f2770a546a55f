"""Recorded prompts: a person's voice instead of the engine's, as long as it says the same.

`utter_greeting.wav` and `utter_greeting.txt` with the very words spoken in it; one sentence a file, further sentences
of the same utterance as `utter_greeting.2.wav`, `utter_greeting.2.txt`. When the wording changes, the recording no
longer fits: the engine speaks, and `misfits` says so.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.audio.loudness import levelled
from bot.audio.wav import read_wav
from bot.errors import ContentError
from bot.mandarin import spaceless


class RecordedPrompts:
    """The recordings in a folder (which need not exist)."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[tuple[str, str], Path] = {}
        self._without_text: list[Path] = []
        self._not_utf8: list[Path] = []
        self._sounds: dict[Path, bytes] = {}
        for file in sorted(folder.glob("*.wav")):
            words = file.with_suffix(".txt")
            try:
                self._files[file.name.split(".")[0], spaceless(words.read_text(encoding="utf-8-sig"))] = file
            except UnicodeDecodeError:
                self._not_utf8.append(words)
            except OSError:
                self._without_text.append(file)

    def get(self, utterance: str, sentence: str, gain_db: float = 0.0) -> bytes | None:
        """Line audio of a sentence of an utterance, if it was recorded with these words. Raises ContentError."""
        file = self._files.get((utterance, spaceless(sentence)))
        if file is None:
            return None
        if file not in self._sounds:
            self._sounds[file] = read_wav(file)
        return levelled(self._sounds[file], gain_db)

    def misfits(self, utterances: Mapping[str, Iterable[str]]) -> list[str]:
        """What is wrong with the recordings, in Chinese; `utterances` are the sentences of each as they are now."""
        wrong = [f"{file}: 旁边缺少 {file.stem}.txt（录音里说的原话），录音不会播放" for file in self._without_text]
        wrong += [f"{words}: 编码不是 UTF-8，录音不会播放，请在编辑器里另存为 UTF-8" for words in self._not_utf8]
        for (utterance, words), file in self._files.items():
            now = {spaceless(sentence) for sentence in utterances.get(utterance, ())}
            if not now:
                wrong.append(f"{file}: 没有名为 {utterance} 的话，录音不会播放，请改名或删去")
            elif words not in now:
                wrong.append(f"{file}: 话已经改了，录音还是“{words}”，现在由合成语音说，请重新录音")
            try:
                read_wav(file)
            except ContentError as error:
                wrong.append(str(error))
        return wrong
