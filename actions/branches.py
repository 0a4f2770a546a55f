"""The centre's branches (content/branches.yml): found by name, district or a word for the place."""

from dataclasses import dataclass
from pathlib import Path

from actions.content import ROOT, read

BUSINESS = {"deposit": "缴存", "withdrawal": "提取", "loan": "贷款", "transfer": "转移"}


@dataclass(frozen=True, slots=True)
class Branch:
    """One counter hall."""

    key: str
    name: str
    district: str
    words: list[str]
    """What callers call the place or what lies near it."""

    address: str
    way: str
    telephone: str
    business: list[str]
    hours: str
    """Name of its opening profile in hours.yml."""

    def spoken(self) -> str:
        """Where it is and how to get there."""
        done = "、".join(BUSINESS[one] for one in self.business)
        return f"{self.name}在{self.address}。{self.way}。可以办理{done}业务。电话{self.telephone}。"


def branches(root: Path = ROOT) -> list[Branch]:
    """All branches in file order. Raises ContentError."""
    found = []
    for key, entry in read(root / "branches.yml").entry("branches").named():
        business = entry.texts("business")
        if not business or any(one not in BUSINESS for one in business):
            raise entry.wrong("business", f"业务只能是 {'、'.join(BUSINESS)}")
        found.append(
            Branch(
                key=key,
                name=entry.text("name"),
                district=entry.text("district"),
                words=entry.texts("words"),
                address=entry.text("address"),
                way=entry.text("way"),
                telephone=entry.text("telephone"),
                business=business,
                hours=entry.text("hours"),
            )
        )
    return found


def branches_in(text: str, root: Path = ROOT) -> list[Branch]:
    """The branches a caller's words point to: the named one, else those near the place, else those of the district."""
    every = branches(root)
    named = [one for one in every if one.name in text]
    district = [one for one in every if one.district in text or _bare(one.district) in text]
    nearby = [one for one in every if any(word in text for word in one.words)]
    return named or nearby or district


def districts(root: Path = ROOT) -> list[str]:
    """All districts with a branch, in file order."""
    return list(dict.fromkeys(one.district for one in branches(root)))


def _bare(name: str) -> str:
    """东湖区 is also said as 东湖."""
    for ending in ("新区", "区", "县"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name
