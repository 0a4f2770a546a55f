"""我开通了哪些短信: what the caller is told about by text message now."""

from actions.backend_door import messages
from actions.query import Answer, Query, told
from actions.sms import name_of_topic
from bot.backend.sms import Topic


class AnswerSmsTopics(Query):
    """Names the topics that are on, or says that none is."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_sms_topics"

    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """In the order of Topic."""
        on = await messages().topics(call_id)
        if not on:
            return [told("utter_sms_topics_none")]
        return [told("utter_sms_topics", topics="、".join(name_of_topic(topic) for topic in Topic if topic in on))]
