"""How often passwords may be tried before a door closes for a while; counted in the store, over calls and processes.

A count per account alone lets one default password be tried against every account, and lets a stranger lock anybody
out. So wrong passwords are counted per telephone that calls and for the whole line too, and an attempt that those
limits forbid is not counted against the account.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """Wrong passwords that are allowed."""

    per_account_a_day: int = 3
    """domain.md 3.3: most centres lock after three, until the next day."""

    per_caller_a_day: int = 9
    """Three accounts' worth: a family or a small firm behind one number still finds its own; whoever tries accounts
    one after the other does not get far, and can lock three a day at most. Our own convention."""

    without_number_an_hour: int = 30
    """Of all callers together whose number the exchange does not tell (withheld, browser): nobody can tell them apart.
    Our own convention."""

    on_the_line_an_hour: int = 200
    """Of all callers together. A line of thirty calls takes some 600 logins an hour; one in five wrong is a busy
    month-end, one in three is somebody trying. Registered telephones are let in beyond it. Our own convention."""


USUAL_LIMITS = LoginLimits()
