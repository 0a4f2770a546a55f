"""How far a recording is."""

from enum import StrEnum


class State(StrEnum):
    """As the table's column 状态 has it."""

    DRAFT = "草稿"
    """The text is the recogniser's: nobody has listened."""

    CHECKED = "已核对"
    """A person has listened; the text is what is said."""

    UNCLEAR = "听不清"
    """A person has listened and cannot tell."""

    UNUSED = "不用"
    """The agent's words, another person's, or nothing for a test."""
