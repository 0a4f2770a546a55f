"""Answers as text messages: whoever is told to bring papers can have the list, in a message that is not too long."""

import re
from collections.abc import Iterator

from actions.policies import Policy
from bot.check.finding import Finding

LONGEST_MESSAGE = 140
"""Characters: two messages of a telephone."""

BRING = re.compile(r"带|提供|准备|凭")
PAPERS = re.compile(
    r"身份证|户口本|银行卡|新卡|结婚证|离婚证|判决|合同|协议|发票|凭证|证明|权证|委托书|分摊单|清单|还款记录|工资记录|工资材料"
    r"|批准文件|鉴定"
)
WORTH_WRITING_DOWN = 2
"""So many papers in one sentence are not kept in mind."""


def for_the_screen(file: str, line: int, policy: Policy, written: str) -> Iterator[Finding]:
    """All that is wrong with one answer as a text message; `written`: with its figures filled in."""
    if len(written) > LONGEST_MESSAGE:
        message = f"{policy.name} 的短信有{len(written)}个字，超过{LONGEST_MESSAGE}个字"
        yield Finding(file, line, message, "删减 sms，只留要带的东西和步骤")
    if not policy.has_list and (papers := to_bring_in(policy.text)):
        message = f"{policy.name} 说了要带{'、'.join(papers)}，没有写短信"
        yield Finding(file, line, message, "加一行 sms：要带的东西，来电人可以要求发到手机上")


def to_bring_in(text: str) -> list[str]:
    """The papers of a sentence that tells to bring several; none if no sentence does."""
    for sentence in re.split(r"[。；？！]", text):
        told = BRING.search(sentence)
        papers = list(dict.fromkeys(PAPERS.findall(sentence[told.start() :]))) if told else []
        if len(papers) >= WORTH_WRITING_DOWN:
            return papers
    return []
