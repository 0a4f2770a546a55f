"""python -m bot qa report DIR: make the page anew from kept results, against another run if wanted."""

import argparse
import json
from pathlib import Path

from bot.qa import results
from bot.qa.report.page import write_page
from bot.qa.scores import summary


def main(arguments: list[str]) -> int:
    """Write index.html into the run's folder."""
    parser = argparse.ArgumentParser(prog="python -m bot qa report", description="从已有的结果重新做报告")
    parser.add_argument("run", type=Path, metavar="目录", help="qa run 留下的目录")
    parser.add_argument("--baseline", type=Path, metavar="目录", help="与这一次对照")
    asked = parser.parse_args(arguments)
    calls = results.read(asked.run)
    before = results.read(asked.baseline) if asked.baseline else None
    kept = asked.run / "summary.json"  # missing where a run was broken off
    real_time = kept.is_file() and json.loads(kept.read_text(encoding="utf-8"))["real_time"]
    write_page(asked.run, calls, summary(calls, real_time=real_time), before)
    print(f"报告：{asked.run / 'index.html'}")
    return 0
