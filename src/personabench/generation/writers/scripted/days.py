"""Days and times as people say them on a certain day."""

from __future__ import annotations

from datetime import date, time

from babel.dates import format_date

from personabench.generation.seed import Written
from personabench.generation.writers.scripted.grammar import PLAIN, Forms

_DIGITS = "零一二三四五六七八九"
_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def day_forms(day: date, today: date, written_in: Written, *, american: bool = False) -> Forms:
    """A day to come: plain ("on Friday"), `noun` ("Friday") and `by` ("by Friday"); never in a way that leaves it open.

    A weekday alone is the next one of this name.
    """
    if written_in == "zh":
        return {PLAIN: _day_zh(day, today)}
    apart = (day - today).days
    dated = _dated(day, american=american)
    if apart in (0, 1):
        words = ["today"] if apart == 0 else ["tomorrow"]
        return {PLAIN: words, "noun": words, "by": [f"by {word}" for word in words]}
    nouns = [format_date(day, "EEEE", locale="en")] if 1 < apart < 7 else [f"{format_date(day, 'EEEE', 'en')}, {dated}"]
    dated = [dated, dated] if apart > 6 else [dated]
    plain = [f"on {noun}" for noun in nouns + dated]
    if 1 < apart < 7:
        plain.append(f"this {nouns[0]}")
    if apart == 2:
        plain.append("the day after tomorrow")
    if apart == 7:
        plain.append("a week from today")
    return {PLAIN: plain, "noun": nouns + dated, "by": [f"by {noun}" for noun in nouns + dated]}


def _dated(day: date, *, american: bool) -> str:
    return format_date(day, "MMMM d" if american else "d MMMM", locale="en")


def _day_zh(day: date, today: date) -> list[str]:
    apart = (day - today).days
    if 0 <= apart < 3:
        return [("今天", "明天", "后天")[apart]]
    weekday = "一二三四五六日"[day.weekday()]
    dated = [f"{day.month}月{day.day}号", f"{day.month}月{day.day}日"]
    match _weeks(day, today):
        case 0:
            return [f"这周{weekday}", f"本周{weekday}", dated[0]]
        case 1:
            return [f"下周{weekday}", f"下周{weekday}", dated[0]]
        case _:
            return dated


def _weeks(day: date, today: date) -> int:
    """The calendar weeks (from Monday) from one day to the other."""
    return (day.toordinal() - day.weekday() - today.toordinal() + today.weekday()) // 7


def past_forms(day: date, today: date, written_in: Written) -> Forms:
    """A day behind: plain ("last week") and `since` ("since last week")."""
    if written_in == "zh":
        words = _past_zh(day, today)
        return {PLAIN: words, "since": [f"从{word}开始" for word in words]}
    apart = (today - day).days
    third = "the start of " if day.day < 11 else "the end of " if day.day > 20 else "the middle of "
    month = format_date(day, "MMMM" if day.year == today.year else "MMMM yyyy", locale="en")
    if apart <= 0:
        return {PLAIN: ["today"], "since": ["since today"]}
    if apart == 1:
        return {PLAIN: ["yesterday"], "since": ["since yesterday"]}
    if apart < 7:
        weekday = format_date(day, "EEEE", locale="en")
        return {PLAIN: [f"on {weekday}", "a few days ago"], "since": [f"since {weekday}", "for a few days now"]}
    if apart < 11:
        week = ["last week"] if _weeks(today, day) == 1 else ["about a week ago"]
        return {
            PLAIN: [*week, "about a week ago"],
            "since": [f"since {week[0]}" if _weeks(today, day) == 1 else "for a week now"],
        }
    if apart < 25:
        weeks = "two" if apart < 18 else "three"
        return {PLAIN: [f"{weeks} weeks ago"], "since": [f"for {weeks} weeks now", f"since {third}{month}"]}
    if apart < 300:
        months = max(1, round(apart / 30.4))
        ago = "a month" if months == 1 else f"{_NUMBERS[months]} months"
        return {PLAIN: [f"at {third}{month}".replace("at the middle", "in the middle"), f"about {ago} ago"],
                "since": [f"since {third}{month}"]}  # fmt: skip
    return {PLAIN: [f"in {month}"], "since": [f"since {month}"]}


def _past_zh(day: date, today: date) -> list[str]:
    apart = (today - day).days
    if apart < 3:
        return [("今天", "昨天", "前天")[max(apart, 0)]]
    third = "初" if day.day < 11 else "底" if day.day > 20 else "中旬"
    month = (
        f"{'' if day.year == today.year else '去年' if day.year == today.year - 1 else f'{day.year}年'}{day.month}月"
    )
    if _weeks(today, day) == 0:
        return [f"这周{'一二三四五六日'[day.weekday()]}"]
    if _weeks(today, day) == 1:
        return ["上周", f"上周{'一二三四五六日'[day.weekday()]}"]
    if apart < 25:
        return [f"{'两' if apart < 18 else '三'}个星期前", f"{month}{third}"]
    return [f"{month}{third}", month] if apart < 300 else [month]


def clock_forms(at: time, written_in: Written, *, american: bool = False) -> Forms:
    """A time of the day: plain with the half of the day in it ("8 pm"), `short` as one says it of a habit ("half past
    six")."""
    digits = f"{at.hour}:{at.minute:02}"
    if written_in == "zh":
        return _clock_zh(at, digits)
    hour = at.hour % 12 or 12
    bare = str(hour) if at.minute == 0 else f"{hour}:{at.minute:02}"
    half = "am" if at.hour < 12 else "pm"
    part = "in the morning" if at.hour < 12 else "in the afternoon" if at.hour < 18 else "in the evening"
    plain = [f"{bare} {half}", f"{bare}{half}", f"{bare} {part}"]
    if at == time(12):
        plain = ["noon", "12 noon"]
    elif not american:
        plain.append(f"{at.hour:02}:{at.minute:02}")
    short = [bare if at.minute else f"{bare} {half}", f"{bare} {half}"]
    if at.minute == 30:
        short.append(f"half past {_NUMBERS[hour]}")
        plain.append(f"half past {_NUMBERS[hour]} {part}")
    elif at.minute in (15, 45):
        to = at.minute == 45
        short.append(f"quarter {'to' if to else 'past'} {_NUMBERS[hour % 12 + 1 if to else hour]}")
    elif at.minute == 0:
        short.append(f"{_NUMBERS[hour]} {part}")
    return {PLAIN: plain, "short": short}


def _clock_zh(at: time, digits: str) -> Forms:
    parts = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    name = next(name for until, name in parts if at.hour < until)
    hour = at.hour if at.hour < 13 else at.hour - 12
    spoken = "两" if hour == 2 else chinese(hour)
    minutes = {0: ("", ""), 30: ("半", "半")}.get(at.minute, (f"{at.minute}分", f"{chinese(at.minute)}分"))
    plain = [f"{name}{hour}点{minutes[0]}", f"{name}{spoken}点{minutes[1]}"]
    return {PLAIN: [*plain, digits], "short": [*plain, f"{hour}点{minutes[0]}"] if at.hour < 13 else plain}


def chinese(number: int) -> str:
    """A number from 0 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def number_word(number: int) -> str:
    """A number from 0 to 12 in English words, a larger one in digits."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)
