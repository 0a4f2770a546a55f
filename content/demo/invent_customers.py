"""Invents the demo's customers and units: python content/demo/invent_customers.py > content/demo/customers.yml

The same ones every time. ID numbers are of region 999999, which does not exist; cards begin with 999999, which no
bank has; telephones are 1380000xxxx; names say that they are a demo.
"""

import random
from datetime import date, timedelta

HEAD = """\
# 演示客户：全部虚构，仅用于演示模式；生产模式拒绝使用。由 invent_customers.py 生成，请修改该脚本而不是本文件。
# 身份证号使用不存在的地区码 999999；密码为公开的演示密码，入库时只保存 argon2id 哈希。
# status 个人账户状态：01 正常，02 封存，03 合并销户，04 外部转出销户，05 提取销户，06 冻结，99 其他。
# loan 贷款，application 贷款申请，withdrawal 最近一次提取；step 是办到哪一步（bot/backend/records.py 有说明）。
# units 单位：status 为 normal 正常、deferred 缓缴、sealed 封存、closed 销户。
customers:"""

NUMERALS = "零一二三四五六七八九"
STATUSES = ["01", "01", "02", "03", "04", "05", "06", "99", "01", "01", "02", "01"]
UNITS = ["演示单位一", "演示单位二", "演示单位三", "演示单位四", "演示单位五", "演示单位六", "演示单位七", "演示单位八"]
PASSWORDS = ["286913", "740258", "913627", "358104", "602741", "479305", "815936", "264087"]
HOW_MANY = 60
STEPS = ["received", "review", "returned", "approval", "refused", "contract", "mortgage", "payout", "paid"]
APPLICATIONS = {number: step for number, step in enumerate(STEPS, 10)}
LOANS = {1: "repaying", 2: "overdue", 3: "settled", 4: "none", 10: "repaying"}
WITHDRAWALS = {3: "paid", 6: "paid", 9: "deciding", 12: "returned", 15: "paying"}
REASONS = ["收款账户户名不符", "收款账户状态异常", "银行卡已经注销"]
UNIT_REASONS = ["付款账户余额不足", "汇款用途没有写单位账号"]
UNIT_STATUSES = ["normal", "normal", "normal", "deferred", "sealed", "normal", "deferred", "closed"]


def id_number(birthday: str, serial: int) -> str:
    """18 characters with the check digit of GB 11643."""
    body = f"999999{birthday}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True)) % 11
    return body + "10X98765432"[rest]


def card_number(serial: int) -> str:
    """19 digits with Luhn's check digit."""
    body = f"999999{serial:012d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    rest = sum(value - 9 if value > 9 else value for value in doubled) % 10
    return f"{body}{(10 - rest) % 10}"


def numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def customer(number: int, chance: random.Random) -> str:
    """One entry of the file."""
    birthday = f"{chance.randint(1962, 2002)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    status = STATUSES[number - 1] if number <= len(STATUSES) else chance.choice(["01"] * 8 + ["02", "05", "06"])
    base = chance.randrange(4200, 28000, 10)
    rate = chance.choice([5, 6, 8, 10, 12])
    closed = status in ("03", "04", "05")
    deposit = 0 if status != "01" else round(base * rate / 100)
    balance = 0 if closed else chance.randrange(200_000, 28_000_000) / 100
    password = PASSWORDS[(number - 1) % len(PASSWORDS)]
    initial = number == 9
    lines = [
        f"name: 演示用户{numeral(number)}",
        f'account: "8100{chance.randrange(10**8):08d}"',
        f'id_number: "{id_number(birthday, number)}"',
        f'card: "{card_number(chance.randrange(10**12))}"',
        f'phone: "1380000{number:04d}"',
        f'password: "{"000000" if initial else password}"',
        *(["password_initial: true"] if initial else []),
        f'status: "{status}"',
        f"balance: {balance:.2f}",
        f"monthly_unit: {deposit:.2f}",
        f"monthly_own: {deposit:.2f}",
        f"base: {base:.2f}",
        f"rate_percent: {rate}",
        f'paid_to: "{"2026-10" if status == "01" else f"202{chance.randint(2, 5)}-{chance.randint(1, 12):02d}"}"',
        f"unit_name: {chance.choice(UNITS)}",
    ]
    chance = random.Random(12329_000 + number)  # of its own: what came before stays the same when this changes
    lines += deposits(status, deposit, base, balance, chance)
    lines += loan(number, chance)
    if step := APPLICATIONS.get(number) or (number % 7 == 0 and chance.choice(STEPS)):
        since = date(2026, 11, 23) - timedelta(days=chance.randint(1, 30))
        lines.append(f'application: {{last_four: "{digits(4, chance)}", step: {step}, since: {since}}}')
    lines += withdrawal(number, status, chance)
    return "  - " + "\n    ".join(lines)


def deposits(status: str, deposit: float, base: int, balance: float, chance: random.Random) -> list[str]:
    """How long was paid, the last month's deposit, the last interest."""
    months = chance.randint(14, 260)
    missed = chance.choice([0, 0, 0, 1, 3, 8])
    lines = [f"months: {months}", f"months_missed: {missed}"]
    if status == "01":
        on = f"2026-11-{chance.randint(3, 14):02d}"
        lines.append(f"last_deposit: {{month: 2026-10-01, day: {on}, amount: {deposit * 2:.2f}}}")
    if balance:
        lines.append(f"last_interest: {{day: 2026-06-30, amount: {balance * 0.015 * chance.uniform(0.7, 0.95):.2f}}}")
    return lines


def loan(number: int, chance: random.Random) -> list[str]:
    """Every fourth is being repaid, every fourth overdue or settled, the rest have none."""
    state = (
        LOANS.get(number) or ("repaying", "none", "repaying", "none", "overdue", "none", "settled", "none")[number % 8]
    )
    if state == "none":
        return []
    left, last_four = chance.randint(11, 330), digits(4, chance)
    rate, payment = 0.026 / 12, chance.randrange(120_000, 560_000) / 100
    balance = payment * (1 - (1 + rate) ** -left) / rate
    settled = state == "settled"
    missed = chance.randint(1, 4) if state == "overdue" else 0
    parts = [
        f'last_four: "{last_four}"',
        f"balance: {0 if settled else balance:.2f}",
        f"instalments_left: {0 if settled else left}",
        f"monthly_payment: {payment:.2f}",
        f"payment_day: {chance.choice([10, 15, 18, 20, 25])}",
        f"overdue_amount: {missed * payment:.2f}",
        f"overdue_count: {missed}",
        *([f"settled_on: 2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"] if settled else []),
    ]
    return [f"loan: {{{', '.join(parts)}}}"]


def withdrawal(number: int, status: str, chance: random.Random) -> list[str]:
    """Whoever closed the account took all; of the others every third has a withdrawal, in every step in turn."""
    if status != "05" and number % 3:
        return []
    step = WITHDRAWALS.get(number) or ("paid", "deciding", "returned", "paying")[chance.randrange(4)]
    applied = date(2026, 11, 22) - timedelta(days=chance.randint(0, 4))
    parts = [
        f"purpose: {'销户' if status == '05' else chance.choice(['租房', '偿还商业贷款', '购房'])}",
        f"amount: {chance.randrange(90_000, 6_000_000) / 100:.2f}",
        f"applied_on: {applied}",
        f"step: {step}",
        f'card_last_four: "{digits(4, chance)}"',
        f"settled_on: {applied + timedelta(days=2) if step in ('paid', 'returned') else 'null'}",
        f"why_returned: {chance.choice(REASONS) if step == 'returned' else repr('')}",
    ]
    return [f"withdrawal: {{{', '.join(parts)}}}"]


def unit(number: int) -> str:
    """One entry of the units."""
    chance = random.Random(12329_500 + number)
    status = UNIT_STATUSES[number - 1]
    people = 0 if status in ("sealed", "closed") else chance.randint(6, 480)
    monthly = people * chance.randrange(180_000, 320_000) / 100
    behind = {3: 2, 6: 1, 7: 5}.get(number, 0)
    initial = number == 8
    lines = [
        f"name: {UNITS[number - 1]}",
        f'account: "8200{chance.randrange(10**6):06d}"',
        f'phone: "138000011{number:02d}"',
        f'password: "{"000000" if initial else PASSWORDS[-number]}"',
        *(["password_initial: true"] if initial else []),
        f"status: {status}",
        f"people: {people}",
        f"paid_to: 202{6 if people else 4}-{10 - behind:02d}-01",
        f"balance: {0 if status == 'closed' else chance.randrange(0, 900_000) / 100:.2f}",
        f"credited_this_month: {0 if behind or not people else monthly:.2f}",
        f"arrears_months: {behind}",
        f"arrears_amount: {behind * monthly:.2f}",
    ]
    if number in (2, 6):
        parts = f"day: 2026-11-{chance.randint(10, 20)}, amount: {monthly:.2f}, why: {UNIT_REASONS[number % 4 // 2]}"
        lines.append(f"returned: {{{parts}}}")
    return "  - " + "\n    ".join(lines)


def digits(how_many: int, chance: random.Random) -> str:
    """That many digits."""
    return f"{chance.randrange(10**how_many):0{how_many}d}"


def main() -> None:
    """Print the file."""
    chance = random.Random(12329)
    print(HEAD)
    for number in range(1, HOW_MANY + 1):
        print(customer(number, chance))
    print("units:")
    for number in range(1, len(UNITS) + 1):
        print(unit(number))


if __name__ == "__main__":
    main()
