"""python -m bot call SCRIPT.yml|FILE.wav …: whole calls through the real stack, in audio time."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from bot.app import Hotline
from bot.audio.wav import read_wav
from bot.clock import run_in_audio_time
from bot.errors import ContentError
from bot.qa.script import Script, Step, load_script
from bot.qa.transcript import Transcript
from bot.stage import Stage


def main(arguments: list[str]) -> int:
    """Play calls; 0 if all came out as their scripts expect."""
    parser = argparse.ArgumentParser(prog="python -m bot call", description="用脚本或录音打电话")
    parser.add_argument("calls", nargs="+", type=Path, metavar="脚本.yml|录音.wav", help="一个脚本，或一段来电人的录音")
    parser.add_argument("--json", action="store_true", help="输出 JSON（名字以 _seconds 结尾的是时间）")
    parser.add_argument(
        "--save",
        type=Path,
        metavar="OUT.wav|目录",
        help="把双方的声音存成立体声（左：来电人，右：热线）；写目录时每个电话一个 .wav 和一个文字记录 .txt",
    )
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="每个脚本打几遍")
    asked = parser.parse_args(arguments)
    scripts = [_script(path) for path in asked.calls]
    # Rasa and the actions live on an ordinary loop; the calls run beside it on the audio clock.
    with asyncio.Runner() as runner:
        stage = Stage()
        print("正在启动对话引擎……", file=sys.stderr)
        try:
            runner.run(stage.open())
            transcripts = run_in_audio_time(_play(stage, scripts, asked.repeat, asked.save, asked.json))
        finally:
            runner.run(stage.close())
    if asked.json:
        print(json.dumps([transcript.as_json() for transcript in transcripts], ensure_ascii=False, indent=1))
    failed = sum(bool(transcript.failures) for transcript in transcripts)
    print(f"{len(transcripts)} 个电话，{failed} 个不符合预期", file=sys.stderr)
    return 1 if failed else 0


async def _play(stage: Stage, scripts: list[Script], repeat: int, save: Path | None, as_json: bool) -> list[Transcript]:
    transcripts = []
    async with Hotline(stage.settings) as hotline:
        for script in scripts:
            for _ in range(repeat):
                sound, text = _kept_as(save, script)
                transcript = await stage.play(hotline, script, save=sound)
                if text is not None:
                    text.write_text(transcript.as_text() + "\n", "utf-8")
                transcripts.append(transcript)
                if not as_json:
                    print(transcript.as_text(), flush=True)
    return transcripts


def _kept_as(save: Path | None, script: Script) -> tuple[Path | None, Path | None]:
    """Where a call's sound and its text go: a file for the sound alone, or both into a folder, named as the script."""
    if save is None or save.suffix.lower() == ".wav":
        return save, None
    save.mkdir(parents=True, exist_ok=True)
    return save / f"{script.path.stem}.wav", save / f"{script.path.stem}.txt"


def _script(path: Path) -> Script:
    """A script file, or a recording as a script with one utterance."""
    if not path.is_file():
        raise ContentError("script", f"找不到 {path}。")
    if path.suffix.lower() in (".yml", ".yaml"):
        script = load_script(path)
    else:
        script = Script(path, path.stem, (Step(line=1, play=path), Step(line=1, hang_up=True)))
    for step in script.steps:
        if step.play is not None:
            read_wav(step.play)  # a broken recording is told before anything starts
    return script
