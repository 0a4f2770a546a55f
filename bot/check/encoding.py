"""How a file's text is written down: editors' programs on Windows choose what nobody here can read."""

from collections.abc import Iterator

from bot.check.finding import Finding

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def marked(file: str, content: bytes) -> Iterator[Finding]:
    """A mark before the first character, which nobody sees."""
    if content.startswith(BYTE_ORDER_MARK):
        mend = "在编辑器里另存为“UTF-8”（不要选“带有 BOM 的 UTF-8”）"
        yield Finding(file, 1, "文件开头有看不见的标记（BOM）", mend)


def undecoded(file: str, content: bytes) -> Iterator[Finding]:
    """What is not UTF-8, at the first line where it shows; nothing if the file can be read."""
    try:
        content.decode()
        return
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield Finding(file, 0, "文件是 UTF-16 编码", "在编辑器里另存为“UTF-8”")
        return
    try:
        content.decode("gb18030")
        yield Finding(file, line, "文件是 GBK（ANSI）编码", "在编辑器里另存为“UTF-8”")
    except UnicodeDecodeError:
        yield Finding(file, line, "这里有不是 UTF-8 的字节", "重新输入这一行，并另存为“UTF-8”")
