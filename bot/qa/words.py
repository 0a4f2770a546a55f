"""The call script's words in Chinese: each may be written either way, also mixed. Listed in docs/call-scripts.md."""

from collections.abc import Mapping

CALL: Mapping[str, str] = {
    "名称": "name",
    "日期": "date",
    "来电号码": "caller",
    "交换机": "exchange",
    "线路": "line",
    "噪声": "noise",
    "步骤": "steps",
    "预期": "expect",
}
STEP: Mapping[str, str] = {
    "说": "say",
    "打字": "type",
    "按键": "press",
    "放录音": "play",
    "录音文字": "text",
    "等": "wait",
    "打断": "interrupt",
    "挂机": "hang_up",
    "声音": "voice",
    "线路": "line",
    "噪声": "noise",
    "预期": "expect",
    "几秒后": "after",
}
EXPECTED: Mapping[str, str] = {
    "听到": "hears",
    "话名": "utterance",
    "热线说": "said",
    "不得出现": "not_said",
    "听成": "heard",
    "意图": "intent",
    "槽": "slots",
    "几毫秒内": "within_ms",
    "屏幕": "note",
    "状态": "state",
    "没听到": "no_input",
    "没听懂": "no_match",
    "被打断": "interrupted",
    "号码": "number",
    "密码": "pin",
    "故障": "failed",
    "转人工": "hand_off",
    "谁挂机": "ended",
    "留下": "store",
}
LEFT_BEHIND: Mapping[str, str] = {
    "工单": "work_orders",
    "类别": "kinds",
    "预约": "appointments",
    "短信": "sms",
    "评价": "rating",
}
TOLERANT: Mapping[str, str] = {"文字": "text", "误差": "cer"}
YES_AND_NO: Mapping[str, bool] = {"是": True, "否": False}
CONDITIONS: Mapping[str, str] = {
    "干净": "clean",
    "A律": "alaw",
    "µ律": "ulaw",
    "丢包": "loss",
    "回声": "echo",
    "小声": "quiet",
    "削波": "clip",
    "沙沙声": "hiss",
    "马路": "street",
    "人声": "babble",
    "车站": "station",
}
