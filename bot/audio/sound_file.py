"""Sound files as recorders write them (WAV of any kind, MP3, Ogg, FLAC, GSM, headerless G.711), side by side.

libsndfile reads them; it does not read what telephones of our days record (AMR, AAC).
"""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from bot.audio.frame import LINE_RATE
from bot.errors import ContentError

_HEADERLESS = {
    "GSM610": (".gsm",),
    "ULAW": (".ulaw", ".ul", ".mu", ".pcmu", ".pcm"),
    "ALAW": (".alaw", ".al", ".alw", ".pcma"),
    "PCM_16": (".sln", ".raw"),
    "VOX_ADPCM": (".vox",),
}
"""As Asterisk and Dialogic boards name files that are nothing but samples: one side, 8 kHz."""

_SUBTYPE_OF = {ending: subtype for subtype, endings in _HEADERLESS.items() for ending in endings}
_WITH_HEADER = (".wav", ".wav49", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".aiff", ".aif", ".au", ".w64", ".caf")
_UNREADABLE = (".amr", ".3gp", ".m4a", ".aac", ".mp4", ".wma", ".g729", ".g722", ".silk")

SOUND_ENDINGS = (*_SUBTYPE_OF, *_WITH_HEADER, *_UNREADABLE)
"""In small letters; of files that are meant to be sound, readable or not."""

LONGEST_SECONDS = 7200.0
"""A longer file is a whole day's tape, or none at all: its header may promise anything."""

_HIGHEST_RATE = 400_000


def read_sides(path: Path) -> list[bytes]:
    """Each side (channel) of a sound file as line audio, whatever its rate; two for stereo, the left one first.

    Raises ContentError with the file's name and how to mend it.
    """
    ending = path.suffix.lower()
    if ending in _UNREADABLE:
        raise _unreadable(path, f"不支持 {ending[1:]} 格式")
    try:
        with _opened(path, ending) as file:
            if not 2_000 <= file.samplerate <= _HIGHEST_RATE:
                raise _unreadable(path, f"采样率 {file.samplerate} Hz 不是声音的")
            if file.frames > LONGEST_SECONDS * file.samplerate:
                raise _unreadable(path, f"超过 {LONGEST_SECONDS / 3600:.0f} 小时，请先按通话切开")
            samples = file.read(file.frames, dtype="float32", always_2d=True)
            rate = file.samplerate
    except (soundfile.LibsndfileError, OSError, RuntimeError, ValueError) as wrong:
        reason = wrong.error_string if isinstance(wrong, soundfile.LibsndfileError) else str(wrong)
        raise _unreadable(path, reason) from wrong
    if not len(samples):
        raise _unreadable(path, "里面没有声音")
    return [_line_audio(np.ascontiguousarray(side), rate) for side in samples.T]


def _opened(path: Path, ending: str) -> soundfile.SoundFile:
    if ending in _SUBTYPE_OF:
        kind = {"format": "RAW", "subtype": _SUBTYPE_OF[ending], "samplerate": LINE_RATE, "channels": 1}
        return soundfile.SoundFile(path, endian="LITTLE" if ending in (".sln", ".raw") else "FILE", **kind)
    return soundfile.SoundFile(path)


def _line_audio(side: np.ndarray[tuple[int], np.dtype[np.float32]], rate: int) -> bytes:
    heard = np.nan_to_num(side)
    if rate != LINE_RATE:
        heard = soxr.resample(heard, rate, LINE_RATE)
    return np.clip(np.round(heard * 32768), -32768, 32767).astype("<i2").tobytes()


def _unreadable(path: Path, reason: str) -> ContentError:
    return ContentError(
        "sound_unreadable", f"{path}：读不出声音（{reason}）。请转成 WAV，例如：ffmpeg -i 原文件 新文件.wav"
    )
