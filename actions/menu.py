"""The keypad menu (content/menu.yml) and its third-level lists, as places a caller can be at.

A place is 'main', 'guide', … or a page of a list: 'deposit:2'.
"""

from dataclasses import dataclass
from pathlib import Path

from actions.branches import branches
from actions.content import ROOT, Entry, read
from actions.policies import CATEGORIES, policies_of

HOME = "main"
PAGE_LENGTH = 6
PREVIOUS, NEXT = "7", "8"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a key leads to: an intent (as if said) or another place."""

    name: str
    asks: str = ""
    opens: str = ""
    branch: str = ""
    """Which branch `asks` is about."""


@dataclass(frozen=True, slots=True)
class Menu:
    """One place: its name, the place above it, and its keys."""

    place: str
    name: str
    above: str
    keys: dict[str, Choice]

    def spoken(self) -> str:
        """All keys in one breath: 缴存请按1，提取请按2。"""
        return f"{self.name}：" + "，".join(f"{choice.name}请按{key}" for key, choice in self.keys.items()) + "。"


def everywhere(root: Path = ROOT) -> dict[str, Choice]:
    """The keys that mean the same at every place."""
    return {key: _choice(entry) for key, entry in read(root / "menu.yml").entry("everywhere").named()}


def menu_at(place: str, root: Path = ROOT) -> Menu:
    """The menu of a place; an unknown place is the main menu. Raises ContentError."""
    menus = read(root / "menu.yml").entry("menus")
    name, _, page = place.partition(":")
    if name in menus:
        entry = menus.entry(name)
        keys = {key: _choice(one) for key, one in entry.entry("keys").named()}
        return Menu(name, entry.text("name"), entry.text("above", HOME), keys)
    for above, menu in menus.named():
        for _, one in menu.entry("keys").named():
            if "lists" in one and one.text("lists") == name:
                return _page(name, one.text("name"), above, int(page or 1), _listed(name, one, root))
    return menu_at(HOME, root)


def _choice(entry: Entry) -> Choice:
    ways = [way for way in ("asks", "opens", "lists") if way in entry]
    if len(ways) != 1:
        raise entry.wrong("name", "每个按键要写 asks、opens、lists 中的一个")
    leads_to = entry.text(ways[0])
    return (
        Choice(entry.text("name"), asks=leads_to) if ways[0] == "asks" else Choice(entry.text("name"), opens=leads_to)
    )


def _listed(name: str, entry: Entry, root: Path) -> list[Choice]:
    if name in CATEGORIES:
        return [Choice(one.question, asks=one.name) for one in policies_of(name, root)]
    if name == "branches":
        hours = Choice("办公时间", asks="opening_hours")
        at_counters = [Choice(one.question, asks=one.name) for one in policies_of("counter", root)]
        at_branches = (Choice(one.name, asks="branch_at", branch=one.key) for one in branches(root))
        return [hours, *at_branches, *at_counters, Choice("公告", asks="notices")]
    raise entry.wrong("lists", f"没有“{name}”这个列表")


def _page(name: str, title: str, above: str, page: int, choices: list[Choice]) -> Menu:
    pages = max(1, -(-len(choices) // PAGE_LENGTH))
    page = min(max(page, 1), pages)
    shown = choices[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    keys = {str(number): choice for number, choice in enumerate(shown, 1)}
    if page > 1:
        keys[PREVIOUS] = Choice("上一页", opens=f"{name}:{page - 1}")
    if page < pages:
        keys[NEXT] = Choice("下一页", opens=f"{name}:{page + 1}")
    return Menu(f"{name}:{page}", title if pages == 1 else f"{title}第{page}页", above, keys)
