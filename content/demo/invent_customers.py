"""Invents the demo's customers: python content/demo/invent_customers.py > content/demo/customers.yml

The same customers every time. ID numbers are of region 999999, which does not exist; cards begin with 999999, which no
bank has; telephones are 1380000xxxx; names say that they are a demo.
"""

import random

HEAD = """\
# 演示客户：全部虚构，仅用于演示模式；生产模式拒绝使用。由 invent_customers.py 生成，请修改该脚本而不是本文件。
# 身份证号使用不存在的地区码 999999；密码为公开的演示密码，入库时只保存 argon2id 哈希。
# status 个人账户状态：01 正常，02 封存，03 合并销户，04 外部转出销户，05 提取销户，06 冻结，99 其他。
customers:"""

NUMERALS = "零一二三四五六七八九"
STATUSES = ["01", "01", "02", "03", "04", "05", "06", "99", "01", "01", "02", "01"]
UNITS = ["演示单位一", "演示单位二", "演示单位三", "演示单位四", "演示单位五", "演示单位六", "演示单位七", "演示单位八"]
PASSWORDS = ["286913", "740258", "913627", "358104", "602741", "479305", "815936", "264087"]
HOW_MANY = 60


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
    return "  - " + "\n    ".join(lines)


def main() -> None:
    """Print the file."""
    chance = random.Random(12329)
    print(HEAD)
    for number in range(1, HOW_MANY + 1):
        print(customer(number, chance))


if __name__ == "__main__":
    main()
