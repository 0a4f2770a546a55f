"""The keypad menu (content/menu.yml): every key leads somewhere, and somebody leads to every menu."""

from collections.abc import Iterator

from actions.menu import HOME, menu_at
from bot.check.document import Document, field, pairs, scalar
from bot.check.examples import Example, examples
from bot.check.finding import Finding, as_finding
from bot.check.project import Project
from bot.errors import ContentError
from bot.events import KEYS
from bot.yaml_file import line_of

MENU = "content/menu.yml"


def check_keys(project: Project) -> Iterator[Finding]:
    """All keys of all menus."""
    document = project.document(MENU)
    if document is None or document.node is None:
        return
    said = examples(project)
    menus = dict(_menus(document))
    for key, choice in _everywhere_and_menus(document):
        line = line_of(key)
        if len(scalar(key)) != 1 or scalar(key) not in KEYS:
            yield Finding(MENU, line, f"没有“{scalar(key)}”这个按键", f"按键只能是 {' '.join(KEYS)}")
        asks, opens = scalar(field(choice, "asks")), scalar(field(choice, "opens"))
        if asks and not _understood(asks, project, said):
            message = f"按键 {scalar(key)} 指向的意图 {asks} 不存在"
            yield Finding(MENU, line, message, "改成 domain.yml 里有的意图，带“/”的要在 nlu/ 里有例句")
        if opens and opens not in menus:
            yield Finding(MENU, line, f"按键 {scalar(key)} 打开的菜单 {opens} 不存在", "改正名称，或补上这个菜单")
    yield from _unreachable(document, menus)
    yield from _unreadable(project, document, menus)


def _menus(document: Document) -> Iterator[tuple[str, int]]:
    for name, _ in pairs(field(document.node, "menus")):
        yield scalar(name), line_of(name)


def _everywhere_and_menus(document: Document) -> Iterator[tuple[object, object]]:
    yield from pairs(field(document.node, "everywhere"))
    for _, menu in pairs(field(document.node, "menus")):
        yield from pairs(field(menu, "keys"))


def _understood(asks: str, project: Project, said: list[Example]) -> bool:
    base, _, key = asks.partition("/")
    return base in project.intents and (not key or any(one.intent == asks for one in said) or not _keyed(base, said))


def _keyed(base: str, said: list[Example]) -> bool:
    """Whether callers' own words carry a key after this intent; if none does, an action reads it."""
    return any(one.intent.startswith(f"{base}/") for one in said)


def _unreachable(document: Document, menus: dict[str, int]) -> Iterator[Finding]:
    opened = {scalar(field(choice, "opens")) for _, choice in _everywhere_and_menus(document)}
    for name, line in menus.items():
        if name != HOME and name not in opened:
            yield Finding(MENU, line, f"没有按键能打开菜单 {name}", "在上一级菜单里加一个按键，或删去它")


def _unreadable(project: Project, document: Document, menus: dict[str, int]) -> Iterator[Finding]:
    """What a call would stumble over: the menus and the first page of each list."""
    listed = {scalar(field(choice, "lists")) for _, choice in _everywhere_and_menus(document)} - {""}
    for place in [*menus, *sorted(listed)]:
        try:
            menu_at(place, project.root / "content")
        except ContentError as error:
            yield as_finding(error, MENU)
