"""The report's page: figures, tables by condition and by speaker group, and every call to open and listen to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from bot.qa.conditions import condition_of
from bot.qa.report.call import call_card, differs
from bot.qa.results import CallResult
from bot.qa.scores import MEASURES, PARTS, Measure, Share, groupings, scores

_HERE = Path(__file__).parent
_HIGHER_IS_BETTER = ("completed", "digits", "intent", "slots", "intent_as_typed")
_GROUPS = {
    "condition": "线路和噪声",
    "speaker": "说话人",
    "gender": "性别",
    "device": "设备",
    "region": "地区",
    "age": "年龄",
}


def write_page(
    folder: Path, calls: Sequence[CallResult], figures: Mapping[str, Any], before: Sequence[CallResult] | None
) -> None:
    """Write index.html into the run's folder. `before`: the run it is shown against."""
    (folder / "index.html").write_text(page(calls, figures, before), encoding="utf-8")


def page(calls: Sequence[CallResult], figures: Mapping[str, Any], before: Sequence[CallResult] | None) -> str:
    """The whole page, style and program included."""
    earlier = {(*call.pair, call.repetition): call for call in before or ()}
    ordered = sorted(calls, key=lambda call: call.passed)
    cards = "".join(call_card(call, earlier.get((*call.pair, call.repetition))) for call in ordered)
    css, program = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>语音热线测试报告</title>'
        f"<style>{css}</style></head><body>{_head(calls, figures)}{_tiles(calls, before)}"
        f"{''.join(_table(group, some) for group, some in groupings(calls).items())}{_latency(figures)}"
        f"{_changes(calls, earlier)}{_filters(calls)}<main>{cards}</main><script>{program}</script></body></html>"
    )


def _head(calls: Sequence[CallResult], figures: Mapping[str, Any]) -> str:
    failed = sum(not call.passed for call in calls)
    outcome = f'<b class="worse">{failed} 个不符合预期</b>' if failed else '<b class="better">全部符合预期</b>'
    unsteady = "、".join(figures["unsteady"])
    warning = f"<p class=worse>重复几遍结果不一样：{escape(unsteady)}</p>" if unsteady else ""
    return (
        f"<header><h1>语音热线测试报告</h1><p>{len(calls)} 个电话，{outcome}；{figures['items']} 个脚本和录音，"
        f"共 {figures['audio_seconds'] / 60:.0f} 分钟声音</p>"
        f'<p class="faint">{datetime.now():%Y-%m-%d %H:%M}，{"真实时间" if figures["real_time"] else "声音时间"}；'
        f"括号里是 95% 置信区间</p>{warning}</header>"
    )


def _tiles(calls: Sequence[CallResult], before: Sequence[CallResult] | None) -> str:
    shares, earlier = scores(calls), scores(before) if before else {}
    tiles = [_tile(m, shares[m.name], earlier.get(m.name)) for m in MEASURES if m.name in shares]
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _tile(measure: Measure, share: Share, earlier: Share | None) -> str:
    change = ""
    if earlier is not None and share.value != earlier.value:
        better = (share.value > earlier.value) == (measure.name in _HIGHER_IS_BETTER)
        kind = "better" if better else "worse"
        change = f'<span class="{kind}">上次 {measure.figure(earlier.value)}</span> '
    return (
        f'<div class="tile">{measure.told}<b>{measure.figure(share.value)}</b>{change}'
        f'<span class="faint">（{measure.figure(share.low)}–{measure.figure(share.high)}）共 {share.of:g}</span></div>'
    )


def _table(group: str, members: Mapping[str, Sequence[CallResult]]) -> str:
    if group != "condition" and len(members) < 2:
        return ""
    found = {name: scores(calls) for name, calls in members.items()}
    shown = [m for m in MEASURES if m.name != "turns" and any(m.name in shares for shares in found.values())]
    heads = "".join(f"<th>{measure.told}</th>" for measure in shown)
    rows = ""
    for name, shares in found.items():
        told = condition_of(name).told if group == "condition" else name
        cells = "".join(f"<td>{_cell(measure, shares.get(measure.name))}</td>" for measure in shown)
        rows += f"<tr><td>{escape(told)}</td><td>{len(members[name])}</td>{cells}</tr>"
    return (
        f'<h2>按{_GROUPS[group]}</h2><div class="wide"><table><tr><th>{_GROUPS[group]}</th><th>电话</th>{heads}</tr>'
        f"{rows}</table></div>"
    )


def _cell(measure: Measure, share: Share | None) -> str:
    if share is None:
        return "–"
    return f"{measure.figure(share.value)}<br><small>({measure.figure(share.low)}–{measure.figure(share.high)})</small>"


def _latency(figures: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{PARTS[part]}</td><td>{found['n']}</td><td>{found['p50']}</td><td>{found['p95']}</td></tr>"
        for part, found in figures["latency"].items()
    )
    if not rows:
        return ""
    told = (
        ""
        if figures["real_time"]
        else '<p class="faint">按声音时间打的电话，只有这几项是真的；完整的回答时间用 --real-time。</p>'
    )
    return (
        f"<h2>快慢（毫秒）</h2>{told}<table><tr><th>部分</th><th>次数</th><th>一半不超过</th><th>95% 不超过</th></tr>"
        f"{rows}</table>"
    )


def _changes(calls: Sequence[CallResult], earlier: Mapping[tuple[str, str, int], CallResult]) -> str:
    if not earlier:
        return ""
    pairs = [(call, earlier[key]) for call in calls if (key := (*call.pair, call.repetition)) in earlier]
    worse = [call for call, before in pairs if before.passed and not call.passed]
    better = [call for call, before in pairs if call.passed and not before.passed]
    otherwise = sum(differs(call, before) for call, before in pairs) - len(worse) - len(better)
    names = "、".join(f"{call.name}（{call.told}）" for call in worse)
    return (
        f"<h2>和上次对照</h2><p>{len(pairs)} 个电话两次都有：新出现的不符合 {len(worse)} 个，"
        f"恢复符合 {len(better)} 个，结果相同但听到的不同 {otherwise} 个。</p>"
        f"{f'<p class=worse>新出现的不符合：{escape(names)}</p>' if worse else ''}"
    )


def _filters(calls: Sequence[CallResult]) -> str:
    conditions = dict.fromkeys((call.condition, call.told) for call in calls)
    options = "".join(f'<option value="{escape(name)}">{escape(told)}</option>' for name, told in conditions)
    return (
        '<h2>每个电话</h2><div class="filters">'
        '<label><input type="radio" name="only" value="all" checked> 全部</label>'
        '<label><input type="radio" name="only" value="failed"> 不符合预期的</label>'
        '<label><input type="radio" name="only" value="changed"> 和上次不同的</label>'
        f'<label>线路 <select id="condition"><option value="">全部</option>{options}</select></label>'
        '<label>查找 <input type="search" id="words" placeholder="说的、听成的、意图"></label>'
        '<span id="shown" class="faint"></span></div>'
    )
