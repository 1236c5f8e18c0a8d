"""Names of languages, in English, in Chinese and in themselves, to one name and one code."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from aipersona.values.found import Unreadable, Value

# Languages whose own name for themselves is known here too; each costs a load of that locale's data.
_THEMSELVES = (
    "ar bg bn ca cs cy da de el es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml "
    "mn mr ms my nb ne nl pa pl pt ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zu"
)
_ALSO = {
    "mandarin": "cmn", "mandarin chinese": "cmn", "putonghua": "cmn", "普通话": "cmn", "国语": "cmn",
    "standard chinese": "cmn", "汉语": "zh", "华语": "zh", "漢語": "zh", "中文": "zh", "中国话": "zh",
    "廣東話": "yue", "广东话": "yue", "粵語": "yue", "白话": "yue", "hokkien": "nan", "taiwanese": "nan",
    "闽南话": "nan", "台语": "nan", "shanghainese": "wuu", "上海话": "wuu", "hakka": "hak", "客家话": "hak",
    "farsi": "fa", "castilian": "es", "castellano": "es", "bengali": "bn", "gaelic": "gd", "irish gaelic": "ga",
    "valencian": "ca", "tagalog": "fil", "bahasa indonesia": "id", "bahasa melayu": "ms", "asl": "ase", "bsl": "bfi",
    "british sign language": "bfi", "panjabi": "pa", "haitian": "ht", "norwegian": "no", "norsk": "no",
    "serbo-croatian": "sh", "afghan persian": "fa-AF", "schwyzerdütsch": "gsw", "kiswahili": "sw", "isizulu": "zu",
}  # fmt: skip
_NAMES = {"cmn": "Mandarin Chinese", "bfi": "British Sign Language", "fa-AF": "Dari", "bn": "Bengali"}
_BEFORE = r"(?:fluent(?:ly)?|native|basic|conversational|beginner(?:'s)?|intermediate|advanced|some|a (?:little"
r"|bit of)|good|the)\s+"
_AFTER = r"\s+(?:language|fluently|natively)|\s*\([^()]{0,40}\)"


class Language(Value):
    """A language by its English name and its BCP 47 code. Mandarin keeps its name but shares the code of Chinese."""

    name: str
    code: str


@cache
def _names() -> dict[str, str]:
    """Every known name, case-folded, to a code."""
    english, chinese = Locale("en").languages, Locale("zh").languages
    found: dict[str, str] = {}
    for code in _THEMSELVES.split():
        try:
            own = Locale(code).languages.get(code)
        except UnknownLocaleError:
            continue
        if own:
            found[unicodedata.normalize("NFC", own).casefold()] = code
    for names in (chinese, english):
        found |= {n.casefold(): c.replace("_", "-") for c, n in names.items()}
    return found | _ALSO


@cache
def _trimmings() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(rf"\A(?:{_BEFORE})", re.IGNORECASE), re.compile(rf"(?:{_AFTER})\Z", re.IGNORECASE)


def _named(code: str) -> Language:
    name = _NAMES.get(code) or Locale("en").languages.get(code.replace("-", "_"))
    return Language(name=name or Locale("en").languages[code.split("-")[0]], code="zh" if code == "cmn" else code)


def parse_language(value: str) -> Language:
    """The language that a name or a BCP 47 code stands for: "Mandarin", 普通话, "Deutsch", "pt-BR".

    Words about how well it is spoken are dropped. Raises Unreadable for what is no single known language.
    """
    before, after = _trimmings()
    text = unicodedata.normalize("NFC", " ".join(value[:200].split())).strip(" .,;:!?\"'。，")
    text = after.sub("", before.sub("", text))
    folded = text.casefold()
    names = _names()
    forms = [folded]
    if folded.endswith(("文", "话", "語", "话")):
        forms.append(f"{folded[:-1]}语")
    for form in forms:
        if form in names:
            return _named(names[form])
    parts = folded.replace("_", "-").split("-")
    aliases: dict[str, str] = get_global("language_aliases")  # pyright: ignore[reportAssignmentType]
    base = aliases.get(parts[0], parts[0])
    if base in Locale("en").languages and len(parts) <= 3 and text.isascii() and all(p.isalnum() for p in parts):
        tag = "-".join([base, *(p.title() if len(p) == 4 else p.upper() for p in parts[1:])])
        return Language(
            name=_named(tag if tag in _NAMES else base).name if len(parts) == 1 else _tag_name(tag), code=tag
        )
    raise Unreadable("a language")


def _tag_name(tag: str) -> str:
    english = Locale("en")
    whole = english.languages.get(tag.replace("-", "_"))
    if whole:
        return whole
    base, *rest = tag.split("-")
    details = [english.scripts.get(p) or english.territories.get(p) for p in rest]
    if not all(details):
        raise Unreadable("a language")
    return f"{english.languages[base]} ({', '.join(d for d in details if d)})"
