"""Texts that try something: terminal commands, other orders of letters, markup, names as they are, and texts to carry.

Each was written for this test. `TERMINAL` and `BIDI` must never reach a terminal; `MARKUP` and `NAMES` must be shown
letter for letter; `CARRIED` must come back equal, byte for byte, or be changed at entry with a word about it.
"""

from __future__ import annotations

ESC, CSI8, OSC8, DCS8 = "\x1b", "\x9b", "\x9d", "\x90"

TERMINAL = (
    # clipboard, title, links, colours of the terminal, notifications
    f"{ESC}]52;c;cm0gLXJm\x07",
    f"{ESC}]52;p;cm0gLXJm{ESC}\\",
    f"{OSC8}52;c;cm0gLXJm\x9c",
    f"{ESC}]0;Okafor family\x07",
    f"{ESC}]1;icon\x07",
    f"{ESC}]2;title{ESC}\\",
    f"{ESC}]4;1;rgb:ff/00/00\x07",
    f"{ESC}]7;file://host/tmp\x07",
    f"{ESC}]8;;https://example.org/x\x07press{ESC}]8;;\x07",
    f"{ESC}]9;you have mail\x07",
    f"{ESC}]10;?\x07",
    f"{ESC}]50;#1\x07",
    f"{ESC}]104\x07",
    f"{ESC}]133;A\x07",
    f"{ESC}]777;notify;a;b\x07",
    f"{ESC}]1337;File=inline=1:QUJD\x07",
    f"{ESC}]52;c;never ended",
    # questions that a terminal answers into the keyboard
    f"{ESC}[c",
    f"{ESC}[>c",
    f"{ESC}[5n",
    f"{ESC}[6n",
    f"{ESC}[21t",
    f"{ESC}[?1$p",
    f"{ESC}P$qm{ESC}\\",
    f"{ESC}P+q544e{ESC}\\",
    f"{DCS8}$qm\x9c",
    # the screen and the modes
    f"{ESC}[2J{ESC}[H",
    f"{ESC}[3J",
    f"{ESC}[?1049l",
    f"{ESC}[?1003h",
    f"{ESC}[?25l",
    f"{ESC}[8;1;1t",
    f"{ESC}c",
    f"{ESC}#8",
    f"{ESC}(0",
    f"{ESC}7{ESC}[99;99H{ESC}8",
    f"{ESC}[4h",
    f"{ESC}[5i",
    f"{ESC}[31m red",
    f"{CSI8}31m red",
    # single characters and broken ends
    "\x07\x07\x07",
    "\x0e shifted \x0f",
    "line\rover",
    "back\x08\x08\x08\x08over",
    "\x7f\x7f",
    f"{ESC}_G a=d{ESC}\\{ESC}^pm{ESC}\\{ESC}Xsos{ESC}\\",
)
BIDI = (
    "safe \u202egnirts\u202c end",
    "a\u202ab\u202bc\u202dd",
    "\u2066isolated\u2069",
    "\u2067turned \u2066twice",
    "\u2068first strong, never ended",
    "\u200fmark\u200e mark",
    "\u061carabic letter mark",
)
MARKUP = (
    "[/]",
    "[/x]",
    "[",
    "]",
    "[b",
    "[b]bold[/b]",
    "Unborn [Smith]",
    "Seen at [home] with mum [sic]",
    "[@click=app.quit]leave[/]",
    "[link=https://example.org]x[/link]",
    "[red on blue]",
    "[[double]]",
    "\\[escaped]",
    "[$primary]",
    "[dim]quiet",
    ":smile: :warning:",
    "# not a heading",
    "**not bold** _nor this_ `nor this`",
    "<b>not</b> &amp; <script>x</script>",
    "{name} {0} %s %(x)s ${a}",
)
NAMES = (
    "Siobhán Ní Bhriain",
    "Núñez-O'Brien",
    "D’Arcy",
    "Jean-Luc",
    "van der Berg",
    "bin Laden-Smith",
    "MacGregor of That Ilk",
    "Łukasz Wiśniewski",
    "Zoë Björk",
    "Đặng Thị Hồng Nhung",
    "Nguyễn",
    "José María de la Cruz y Ortega",
    "Þórunn Guðmundsdóttir",
    "Ağaoğlu İpek",
    "ıssız",
    "Straße",
    "Ωmega Παπαδόπουλος",
    "Олександра Шевченко",
    "Љубица",
    "נועה כהן",
    "محمد عبد الله",
    "فاطمة الزهراء",
    "आराध्या शर्मा",
    "தமிழரசி",
    "สมชาย ใจดี",
    "李小龍",
    "山田 太郎",
    "김민준",
    "ქეთევან",
    "Հայկ",
    "Null",
    "None",
    "True",
    "Test",
    "O",
    "X Æ A-12",
    "Mary 2nd (known as May)",
    "Unborn",
    "👩‍👧 Ada",
)


def _carried() -> tuple[str, ...]:
    """Every kind of character that a note may hold, alone, doubled and between words."""
    odd = (
        "é", "e\u0301", "ﬁ", "½", "²", "№", "€", "£", "—", "–", "…", "“", "”", "‘", "’", "«", "»", "¿", "¡", "§",
        "\u00a0", "\u2003", "\u202f", "\u3000", "\t", "\n", "\n\n", "\u2028", "\u00ad", "\u200b", "\u200d", "\ufeff",
        "\U0001f600", "👨‍👩‍👧‍👦", "🇬🇧", "👋🏽", "𝔘", "\U000e0041", "\ufffd", "\uffff", "ſ", "ß", "İ", "ı", "ꙮ", "﷽",
        "'", '"', "\\", "\\n", "%", "%00", "&", "&amp;", "<", ">", "=", "+", "-", "@", "=1+1", "+44 1223 000000",
        "-1", "@x", "0044", "007", "1e5", "NaN", "null", "true", "{}", "[]", "[1]", "--", ";", "'; drop table x; --",
        "../..", "C:\\x", "/etc", "~", "*", "?", "|", "`x`",
    )  # fmt: skip
    made = [text for each in odd for text in (each, each * 2, f"Ada {each} said")]
    return tuple(dict.fromkeys((*made, *MARKUP, *NAMES)))[:258]


CARRIED = _carried()
