"""make publish: what editors changed in nlu/ and stories/ reaches callers, after everything was tried."""

import argparse
import time
from pathlib import Path

from bot.check import main as check
from bot.errors import ContentError
from bot.publishing import LEAST_SHARE, ServedModel, hand_over, try_model
from bot.settings import Settings
from bot.training import train

MISSED_SHOWN = 10


def main(arguments: list[str]) -> int:
    """Check, train, try, hand over; 1 at the first step that fails, and callers keep what they have."""
    parser = argparse.ArgumentParser(prog="python -m bot publish", description="检查、训练、试过以后换上新的对话模型")
    parser.add_argument("--back", action="store_true", help="换回上一次的模型")
    asked = parser.parse_args(arguments)
    settings = Settings()
    served = ServedModel(settings.run_dir)
    return _back(served, settings) if asked.back else _publish(served, settings)


def _publish(served: ServedModel, settings: Settings) -> int:
    began = time.monotonic()
    print("一、检查内容", flush=True)
    if check([]):
        print("没有发布：请先改好上面的问题。")
        return 1
    print("二、训练", flush=True)
    served.keep()
    model = train()
    if served.now == model.resolve():
        print("正在使用的就是这个模型，不用发布。文字、政策、数字、网点的改动已经生效。")
        return 0
    print("三、试用新模型：测试对话和考题", flush=True)
    trial = try_model(model)
    told = [*trial.failed, *trial.missed[:MISSED_SHOWN]]
    print(f"  测试对话{trial.dialogues}个，不符合的{len(trial.failed)}个；", end="")
    print(f"考题{trial.questions}个，答对{trial.share:.1%}（至少要{LEAST_SHARE:.0%}）", *told, sep="\n  ", flush=True)
    if not trial.passed:
        print("没有发布：来电人仍用原来的模型。")
        return 1
    print("四、换上新模型", flush=True)
    _take(served, model, settings)
    print(f"发布完成，用了{time.monotonic() - began:.0f}秒。换回上一次的模型：.venv/bin/python -m bot publish --back")
    return 0


def _back(served: ServedModel, settings: Settings) -> int:
    before = served.before
    if before is None:
        raise ContentError("no_model_before", "没有上一次的模型可以换回。请改回内容，再运行 make publish。")
    _take(served, before, settings)
    print("已换回上一次的模型。nlu/ 和 stories/ 里的内容没有改回：改好或者改回以后，再运行 make publish。")
    return 0


def _take(served: ServedModel, model: Path, settings: Settings) -> None:
    running = hand_over(model, settings.rasa.url)
    served.point_to(model)
    told = "新打进来的电话用新模型，正在进行的电话说完为止" if running else "热线没有运行，下次启动时使用"
    print(f"  {model.name}：{told}。")
