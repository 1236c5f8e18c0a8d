"""When a statement holds. Every case is read on Wednesday 11 June 2025."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.values import FoundWhen, Point, Unreadable, parse_datetime, parse_day, read_when

TODAY = date(2025, 6, 11)


def shown(found: FoundWhen) -> str:
    interval = found.value.interval
    return f"{found.value.kind} {interval.start or ''}..{interval.end or ''}"


def read(text: str, today: date = TODAY, *, day_first: bool = False) -> str:
    return "; ".join(shown(found) for found in read_when(text, today, day_first=day_first))


SINCE = [
    ("I've lived here since January", "since 2025-01-01.."),
    ("since December", "since 2024-12-01.."),
    ("since June", "since 2025-06-01.."),
    ("ever since last year", "since 2024-01-01.."),
    ("since 2019", "since 2019-01-01.."),
    ("since early 2020", "since 2020-01-01.."),
    ("since the beginning of 2020", "since 2020-01-01.."),
    ("since the end of May", "since 2025-05-31.."),
    ("since Monday", "since 2025-06-09.."),
    ("since Friday", "since 2025-06-06.."),
    ("since yesterday", "since 2025-06-10.."),
    ("since June 3rd", "since 2025-06-03.."),
    ("since August 3rd", "since 2024-08-03.."),
    ("since March 2021", "since 2021-03-01.."),
    ("since last March", "since 2025-03-01.."),
    ("since two years ago", "since 2023-06-11.."),
    ("since the 90s", "since 1990-01-01.."),
    ("since last weekend", "since 2025-06-07.."),
    ("starting next month I work part-time", "since 2025-07-01.."),
    ("starting Monday", "since 2025-06-16.."),
    ("starting July 1st", "since 2025-07-01.."),
    ("as of today", "since 2025-06-11.."),
    ("effective September 1", "since 2025-09-01.."),
    ("from March on", "since 2025-03-01.."),
    ("from next week onwards", "since 2025-06-16.."),
    ("from tomorrow I'm on holiday", "since 2025-06-12.."),
    ("from now on", "since 2025-06-11.."),
    ("after June 20", "since 2025-06-21.."),
    ("从一月起", "since 2025-01-01.."),
    ("自去年以来", "since 2024-01-01.."),
    ("从下个月开始", "since 2025-07-01.."),
    ("从2019年开始我就吃素", "since 2019-01-01.."),
    ("自从2020年3月", "since 2020-03-01.."),
    ("从今天起", "since 2025-06-11.."),
    ("从明天开始减肥", "since 2025-06-12.."),
    ("今年以来", "since 2025-01-01.."),
    ("从6月20号起", "since 2025-06-20.."),
    ("从现在开始", "since 2025-06-11.."),
    ("从下周一开始", "since 2025-06-16.."),
]

UNTIL = [
    ("I'm in Paris until Friday", "until ..2025-06-14"),
    ("until Wednesday", "until ..2025-06-12"),
    ("till next Tuesday", "until ..2025-06-18"),
    ("until June 3", "until ..2026-06-04"),
    ("until the end of June", "until ..2025-07-01"),
    ("until the end of the year", "until ..2026-01-01"),
    ("by the end of the month", "until ..2025-07-01"),
    ("by the end of next week", "until ..2025-06-23"),
    ("by year's end", "until ..2026-01-01"),
    ("by Friday", "until ..2025-06-14"),
    ("by tomorrow at noon", "until ..2025-06-13"),
    ("through 2026", "until ..2027-01-01"),
    ("through the end of August", "until ..2025-09-01"),
    ("until tomorrow", "until ..2025-06-13"),
    ("before Friday", "until ..2025-06-13"),
    ("before 2019 I lived in Rome", "until ..2019-01-01"),
    ("until March", "until ..2026-04-01"),
    ("Until recently I took the bus", "until ..2025-06-11"),
    ("until now", "until ..2025-06-12"),
    ("until the 20th", "until ..2025-06-21"),
    ("until 2025-06-30", "until ..2025-07-01"),
    ("no later than June 15", "until ..2025-06-16"),
    ("到周五为止", "until ..2025-06-14"),
    ("直到下周五", "until ..2025-06-21"),
    ("到年底", "until ..2026-01-01"),
    ("月底之前", "until ..2025-07-01"),
    ("一直到2026年", "until ..2027-01-01"),
    ("截至6月30日", "until ..2025-07-01"),
    ("周五前交报告", "until ..2025-06-14"),
    ("2019年以前", "until ..2019-01-01"),
]

FOR = [
    ("I'm in Lisbon for ten days", "for 2025-06-11..2025-06-21"),
    ("for 3 weeks", "for 2025-06-11..2025-07-02"),
    ("for another month", "for 2025-06-11..2025-07-11"),
    ("for a year and a half", "for 2025-06-11..2026-12-11"),
    ("for half a year", "for 2025-06-11..2025-12-11"),
    ("for a couple of weeks", "for 2025-06-11..2025-06-25"),
    ("for twenty-one days", "for 2025-06-11..2025-07-02"),
    ("for the past three years", "for 2022-06-11.."),
    ("over the last two months I gained weight", "for 2025-04-11.."),
    ("in the past week", "for 2025-06-04.."),
    ("for the next two weeks", "for 2025-06-11..2025-06-25"),
    ("I've been vegetarian for three years", "for 2022-06-11.."),
    ("She has lived in Rome for 6 months", "for 2024-12-11.."),
    ("For three years I've been vegan", "for 2022-06-11.."),
    ("I have been here for ten days now.", "for 2025-06-01.."),
    ("I lived in Rome for ten years", "for ..2025-06-11"),
    ("for the rest of the year", "for 2025-06-11..2026-01-01"),
    ("within two weeks", "for 2025-06-11..2025-06-25"),
    ("十天", "for 2025-06-11..2025-06-21"),
    ("我要在巴黎待十天", "for 2025-06-11..2025-06-21"),
    ("出差两周", "for 2025-06-11..2025-06-25"),
    ("未来三个月", "for 2025-06-11..2025-09-11"),
    ("接下来的两周", "for 2025-06-11..2025-06-25"),
    ("过去三年", "for 2022-06-11.."),
    ("三年来我一直吃素", "for 2022-06-11.."),
    ("近半年", "for 2024-12-11.."),
    ("我住了三年了", "for 2022-06-11.."),
]

DURING = [
    ("We were in Porto last weekend", "during 2025-06-07..2025-06-09"),
    ("this weekend", "during 2025-06-14..2025-06-16"),
    ("next weekend", "during 2025-06-21..2025-06-23"),
    ("over the weekend we hiked", "during 2025-06-07..2025-06-09"),
    ("this week", "during 2025-06-09..2025-06-16"),
    ("I'm busy all week", "during 2025-06-09..2025-06-16"),
    ("next week", "during 2025-06-16..2025-06-23"),
    ("last month", "during 2025-05-01..2025-06-01"),
    ("for the month of July", "for 2025-07-01..2025-08-01"),
    ("the year before last", "during 2023-01-01..2024-01-01"),
    ("the weekend after next", "during 2025-06-28..2025-06-30"),
    ("this year", "during 2025-01-01..2026-01-01"),
    ("next year", "during 2026-01-01..2027-01-01"),
    ("last summer", "during 2024-06-01..2024-09-01"),
    ("this summer", "during 2025-06-01..2025-09-01"),
    ("last winter", "during 2024-12-01..2025-03-01"),
    ("in the summer of 2019", "during 2019-06-01..2019-09-01"),
    ("in 2019", "during 2019-01-01..2020-01-01"),
    ("back in 2015", "during 2015-01-01..2016-01-01"),
    ("in March 2019", "during 2019-03-01..2019-04-01"),
    ("in March of last year", "during 2024-03-01..2024-04-01"),
    ("I moved in September", "during 2024-09-01..2024-10-01"),
    ("I'm moving in September", "during 2025-09-01..2025-10-01"),
    ("in January we will move", "during 2026-01-01..2026-02-01"),
    ("from June 3 to June 10", "during 2025-06-03..2025-06-11"),
    ("June 3-10", "during 2025-06-03..2025-06-11"),
    ("between June 20 and July 2", "during 2025-06-20..2025-07-03"),
    ("from May to September", "during 2025-05-01..2025-10-01"),
    ("from November to March", "during 2025-11-01..2026-04-01"),
    ("from 2015 to 2018", "during 2015-01-01..2019-01-01"),
    ("from Monday to Friday I'll be away", "during 2025-06-16..2025-06-21"),
    ("from today until Sunday", "during 2025-06-11..2025-06-16"),
    ("2025-06-20 to 2025-06-25", "during 2025-06-20..2025-06-26"),
    ("in the 1990s", "during 1990-01-01..2000-01-01"),
    ("in early June", "during 2025-06-01..2025-06-11"),
    ("Q3 2025", "during 2025-07-01..2025-10-01"),
    ("last quarter", "during 2025-01-01..2025-04-01"),
    ("these days I prefer tea", "during .."),
    ("I currently live in Rome", "during .."),
    ("I now work at home", "during .."),
    ("上周末", "during 2025-06-07..2025-06-09"),
    ("这周末", "during 2025-06-14..2025-06-16"),
    ("这周", "during 2025-06-09..2025-06-16"),
    ("下个月", "during 2025-07-01..2025-08-01"),
    ("上个月", "during 2025-05-01..2025-06-01"),
    ("今年", "during 2025-01-01..2026-01-01"),
    ("明年", "during 2026-01-01..2027-01-01"),
    ("去年三月", "during 2024-03-01..2024-04-01"),
    ("去年夏天", "during 2024-06-01..2024-09-01"),
    ("2019年", "during 2019-01-01..2020-01-01"),
    ("二〇一九年", "during 2019-01-01..2020-01-01"),
    ("2021年3月", "during 2021-03-01..2021-04-01"),
    ("从6月3号到6月10号", "during 2025-06-03..2025-06-11"),
    ("6月3日至10日", "during 2025-06-03..2025-06-11"),
    ("从五月到九月", "during 2025-05-01..2025-10-01"),
    ("从周一到周五我不在", "during 2025-06-16..2025-06-21"),
    ("九十年代", "during 1990-01-01..2000-01-01"),
    ("我最近喜欢喝茶", "during .."),
    ("我目前住在上海", "during .."),
]

POINTS = [
    ("yesterday", "point 2025-06-10..2025-06-11"),
    ("tomorrow", "point 2025-06-12..2025-06-13"),
    ("the day after tomorrow", "point 2025-06-13..2025-06-14"),
    ("the day before yesterday", "point 2025-06-09..2025-06-10"),
    ("tonight at 7pm", "point 2025-06-11..2025-06-12"),
    ("last night", "point 2025-06-10..2025-06-11"),
    ("June 3rd", "point 2025-06-03..2025-06-04"),
    ("the 3rd of June", "point 2025-06-03..2025-06-04"),
    ("3 June 2024", "point 2024-06-03..2024-06-04"),
    ("May 5, 2024", "point 2024-05-05..2024-05-06"),
    ("2025-06-03", "point 2025-06-03..2025-06-04"),
    ("2025/6/3", "point 2025-06-03..2025-06-04"),
    ("03/06/2025", "point 2025-03-06..2025-03-07"),
    ("25/06/2025", "point 2025-06-25..2025-06-26"),
    ("3.6.2025", "point 2025-06-03..2025-06-04"),
    ("in two weeks", "point 2025-06-23..2025-06-30"),
    ("in 3 days", "point 2025-06-14..2025-06-15"),
    ("in a month", "point 2025-07-01..2025-08-01"),
    ("two years ago", "point 2023-01-01..2024-01-01"),
    ("10 days ago", "point 2025-06-01..2025-06-02"),
    ("a year and a half ago", "point 2023-12-01..2024-01-01"),
    ("three weeks from now", "point 2025-06-30..2025-07-07"),
    ("a few years ago", "point ..2025-06-11"),
    ("years ago", "point ..2025-06-11"),
    ("next Thursday", "point 2025-06-19..2025-06-20"),
    ("this Thursday", "point 2025-06-12..2025-06-13"),
    ("this coming Thursday", "point 2025-06-12..2025-06-13"),
    ("last Thursday", "point 2025-06-05..2025-06-06"),
    ("last Monday", "point 2025-06-09..2025-06-10"),
    ("Monday next week", "point 2025-06-16..2025-06-17"),
    ("on Friday I have a call", "point 2025-06-13..2025-06-14"),
    ("I met her on Friday", "point 2025-06-06..2025-06-07"),
    ("My flight is on the 15th.", "point 2025-06-15..2025-06-16"),
    ("at the end of the month", "point 2025-06-30..2025-07-01"),
    ("明天", "point 2025-06-12..2025-06-13"),
    ("后天", "point 2025-06-13..2025-06-14"),
    ("前天", "point 2025-06-09..2025-06-10"),
    ("昨晚", "point 2025-06-10..2025-06-11"),
    ("下周四", "point 2025-06-19..2025-06-20"),
    ("上周一", "point 2025-06-02..2025-06-03"),
    ("这周五", "point 2025-06-13..2025-06-14"),
    ("星期天", "point 2025-06-15..2025-06-16"),
    ("6月3号", "point 2025-06-03..2025-06-04"),
    ("2025年6月3日", "point 2025-06-03..2025-06-04"),
    ("三年前", "point 2022-01-01..2023-01-01"),
    ("两周后", "point 2025-06-23..2025-06-30"),
    ("十天后", "point 2025-06-21..2025-06-22"),
    ("三个月前", "point 2025-03-01..2025-04-01"),
    ("几年前", "point ..2025-06-11"),
    ("月底", "point 2025-06-30..2025-07-01"),
]

RECURRING = [
    "every Friday",
    "each week",
    "every other day",
    "on Mondays",
    "on weekends",
    "I work Monday to Friday",
    "twice a week",
    "every morning",
    "每天",
    "每周五",
    "每个周末",
    "周一到周五",
]

NOTHING = [
    "",
    "since I turned 30",
    "until I graduate",
    "Python version 3.11",
    "5/6 of the cake",
    "call 555-1234 or +1 202 555 2019",
    "it cost $2019",
    "I wrote 2000 words",
    "in 2000 words",
    "ten days",
    "It took me ten days",
    "the trip is ten days long",
    "I read it in three days flat, I finished it in three days",
    "I may march on",
    "The sun is out and I sat down",
    "room 2025",
    "on the 3rd floor",
    "the first Monday of it",
    "the last Monday of it",
    "the first time in ten years",
    "My Black Friday shopping",
    "IP 10.12.20.25",
    "2,019 people",
    "He is 30 years old",
    "两个人",
    "三点水",
    "我有三只猫",
    "第一次",
    "三年级",
    "一百五十块钱",
    "日本",
    "千万不要",
    "明白",
    "今后",
]


SENTENCES = [
    ("I just got back from Tokyo last week and I'm exhausted.", "during 2025-06-02..2025-06-09"),
    ("We're moving to Berlin next month!", "during 2025-07-01..2025-08-01"),
    ("My lease runs out on August 31.", "point 2025-08-31..2025-09-01"),
    ("I quit smoking on January 2, 2024 and haven't touched one since then.", "point 2024-01-02..2024-01-03"),
    ("I'm on sick leave through next Friday.", "until ..2025-06-21"),
    ("My sister is visiting us from Thursday until Sunday.", "during 2025-06-12..2025-06-16"),
    ("I've been running every morning for the last six months.", "recurring ..; for 2024-12-11.."),
    ("Starting in September I'll be a student again.", "since 2025-09-01.."),
    ("As of next week I no longer work there.", "since 2025-06-16.."),
    ("I worked as a nurse from 2010 until 2016.", "during 2010-01-01..2017-01-01"),
    ("Could you remind me tomorrow at 9am to call mom?", "point 2025-06-12..2025-06-13"),
    ("Dentist appointment on June 24th at 3:30 pm.", "point 2025-06-24..2025-06-25"),
    ("I used to be vegetarian until last year.", "until ..2025-01-01"),
    ("I'm trying to save 300 euros a month this year.", "during 2025-01-01..2026-01-01"),
    ("We adopted a dog three months ago.", "point 2025-03-01..2025-04-01"),
    ("My birthday is March 14.", "point 2025-03-14..2025-03-15"),
    ("I was born on 12 May 1988.", "point 1988-05-12..1988-05-13"),
    ("For the time being I'm staying with my parents.", "during .."),
    ("Between Monday and Wednesday I can't eat solid food.", "during 2025-06-16..2025-06-19"),
    ("I'm in Madrid for the weekend.", "for 2025-06-14..2025-06-16"),
    ("I bought 5 apples and 2 pears for $7.50.", ""),
    ("Chapter 12 of my 300 page book is done.", ""),
    ("See you on Monday!", "point 2025-06-16..2025-06-17"),
    ("I went to the gym on Monday.", "point 2025-06-09..2025-06-10"),
    ("I've been learning Spanish since the start of the year.", "since 2025-01-01.."),
    ("I've had this job since 03/2021.", "since 2021-03-01.."),
    ("I go to yoga twice a week, on Tuesdays and Thursdays.", "recurring ..; recurring ..; recurring .."),
    ("The project deadline is at the end of next month.", "point 2025-07-31..2025-08-01"),
    ("I lived in Vienna between 2012 and 2015.", "during 2012-01-01..2016-01-01"),
    ("Until the end of July I'm only drinking decaf.", "until ..2025-08-01"),
    ("I'll be offline for the next 3 days", "for 2025-06-11..2025-06-14"),
    ("I've been sober for almost two years", "for 2023-06-11.."),
    ("We got married in June 2018.", "during 2018-06-01..2018-07-01"),
    ("In the past few weeks I started sleeping badly.", "during .."),
    ("My rent goes up to 900 from October.", "since 2025-10-01.."),
    ("Since last Monday I'm on antibiotics.", "since 2025-06-09.."),
    ("I'm allergic to nuts and I have been since childhood.", ""),
    ("My flight leaves at 6am on Saturday.", "point 2025-06-14..2025-06-15"),
    ("I retired at the end of 2022.", "point 2022-12-31..2023-01-01"),
    ("My contract ends December 31, 2025.", "until ..2026-01-01"),
    ("Yesterday I ran 10 km in 50 minutes.", "point 2025-06-10..2025-06-11"),
    ("I can only meet after 6pm on weekdays.", "recurring .."),
    ("The meeting is on 2025-07-01T14:00.", "point 2025-07-01..2025-07-02"),
    ("Now that I think of it, I prefer window seats.", ""),
    ("I prefer Sunday brunch to Saturday dinner.", ""),
    ("I'd like to lose 5 kg by September.", "until ..2025-10-01"),
    ("He turned 40 two weeks ago.", "point 2025-05-26..2025-06-02"),
    ("I read 24 books in 2024.", "during 2024-01-01..2025-01-01"),
    ("I need the report by 5pm today.", "point 2025-06-11..2025-06-12"),
    ("我从上个月开始学法语。", "since 2025-05-01.."),
    ("我在上海住了五年。", ""),
    ("下个月我要搬去北京。", "during 2025-07-01..2025-08-01"),
    ("我去年十月换了工作。", "during 2024-10-01..2024-11-01"),
    ("这个周末我想去爬山。", "during 2025-06-14..2025-06-16"),
    ("我每周一三五跑步。", "recurring .."),
    ("上周五我买了一台新电脑。", "point 2025-06-06..2025-06-07"),
    ("后天下午三点提醒我开会。", "point 2025-06-13..2025-06-14"),
    ("我三年前开始吃素。", "point 2022-01-01..2023-01-01"),
    ("到六月底我都在家办公。", "until ..2025-07-01"),
    ("我现在不喝咖啡了。", "during .."),
    ("从2020年到2023年我在德国读书。", "during 2020-01-01..2024-01-01"),
    ("接下来三个月我要减肥。", "for 2025-06-11..2025-09-11"),
    ("我打算明年春天结婚。", "during 2026-03-01..2026-06-01"),
    ("我的生日是5月20日。", "point 2025-05-20..2025-05-21"),
    ("我每个月的房租是三千元。", "recurring .."),
    ("我已经戒烟两年了。", "for 2023-06-11.."),
    ("下周我在东京出差。", "during 2025-06-16..2025-06-23"),
    ("我一共读了三十本书。", ""),
]


@pytest.mark.parametrize(("text", "expected"), [*SINCE, *UNTIL, *FOR, *DURING, *POINTS, *SENTENCES])
def test_a_statement_holds_in_the_interval_that_its_words_name(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", RECURRING)
def test_a_habit_is_no_date(text: str) -> None:
    assert read(text) == "recurring .."


@pytest.mark.parametrize("text", NOTHING)
def test_what_names_no_date_is_not_found(text: str) -> None:
    assert read(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I've lived here since January, I think", "since January"),
        ("I'm in Paris until Friday.", "until Friday"),
        ("Call me tomorrow at 9am please", "tomorrow at 9am"),
        ("by the end of the month we move", "by the end of the month"),
        ("I worked there from 2010 until 2016.", "from 2010 until 2016"),
        ("我从下个月开始跑步", "从下个月开始"),
        ("明天下午三点半开会", "明天下午三点半"),
    ],
)
def test_the_span_covers_the_words_that_say_it(text: str, said: str) -> None:
    (found,) = read_when(text, TODAY)
    assert text[found.start : found.end] == said


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("tonight at 7pm", time(19)),
        ("tonight at 7", time(19)),
        ("tomorrow at 9", time(9)),
        ("tomorrow at 3", time(15)),
        ("tomorrow at 3:15", time(3, 15)),
        ("tomorrow 19:30", time(19, 30)),
        ("tomorrow at noon", time(12)),
        ("tomorrow evening at 8", time(20)),
        ("on Friday at 3:30pm", time(15, 30)),
        ("at 7pm on Friday", time(19)),
        ("2025-06-20T10:00", time(10)),
        ("June 20 at 10 in the morning", time(10)),
        ("tomorrow morning", None),
        ("tomorrow", None),
        ("今晚七点", time(19)),
        ("明天下午三点半", time(15, 30)),
        ("明天上午10:30", time(10, 30)),
        ("后天中午", None),
    ],
)
def test_a_point_has_the_time_of_day_said_beside_it(text: str, at: time | None) -> None:
    (found,) = read_when(text, TODAY)
    assert found.value.point
    assert found.value.point.time == at


def test_a_point_is_as_precise_as_its_words() -> None:
    points = [
        found.value.point
        for text in ("yesterday", "two weeks ago", "last month", "in 2019", "three years ago", "last weekend")
        for found in read_when(text, TODAY)
    ]
    assert [(p.day.isoformat(), p.precision) if p else None for p in points] == [
        ("2025-06-10", "day"),
        ("2025-05-28", "week"),
        ("2025-05-01", "month"),
        ("2019-01-01", "year"),
        ("2022-06-11", "year"),
        None,
    ]


def test_the_order_of_day_and_month_is_the_callers_choice() -> None:
    assert read("on 03/06/2025") == "point 2025-03-06..2025-03-07"
    assert read("on 03/06/2025", day_first=True) == "point 2025-06-03..2025-06-04"
    assert read("on 13/06/2025") == read("on 06/13/2025", day_first=True) == "point 2025-06-13..2025-06-14"


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        (date(2025, 6, 13), "until Friday", "until ..2025-06-14"),
        (date(2025, 6, 13), "next Thursday", "point 2025-06-19..2025-06-20"),
        (date(2025, 6, 9), "next Friday", "point 2025-06-20..2025-06-21"),
        (date(2025, 6, 15), "next Monday", "point 2025-06-16..2025-06-17"),
        (date(2025, 6, 14), "last weekend", "during 2025-06-07..2025-06-09"),
        (date(2025, 6, 15), "this weekend", "during 2025-06-14..2025-06-16"),
        (date(2025, 12, 31), "next month", "during 2026-01-01..2026-02-01"),
        (date(2024, 2, 29), "for one year", "for 2024-02-29..2025-02-28"),
        (date(2025, 3, 31), "a month ago", "point 2025-02-01..2025-03-01"),
        (date(2025, 1, 15), "last winter", "during 2023-12-01..2024-03-01"),
        (date(2025, 1, 15), "this winter", "during 2024-12-01..2025-03-01"),
        (date(2025, 6, 11), "February 29", "point 2024-02-29..2024-03-01"),
        (date(9999, 12, 31), "tomorrow and in two weeks and next year", ""),
        (date(1, 1, 1), "yesterday, last week, last weekend, for the past three years", ""),
    ],
)
def test_weeks_months_and_years_end_where_the_calendar_says(today: date, text: str, expected: str) -> None:
    assert read(text, today) == expected


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2025-06-03", "2025-06-03"),
        ("+1 days", "2025-06-12"),
        ("+1d", "2025-06-12"),
        ("-2 weeks", "2025-05-28"),
        ("today", "2025-06-11"),
        ("next Friday", "2025-06-20"),
        ("Friday", "2025-06-13"),
        ("on Friday at 7pm", "2025-06-13"),
        ("the 15th", "2025-06-15"),
        ("by Friday", "2025-06-13"),
        ("by the end of the month", "2025-06-30"),
        ("end of next month", "2025-07-31"),
        ("in two weeks", "2025-06-25"),
        ("3 June 2025", "2025-06-03"),
        ("June 3rd, 2025.", "2025-06-03"),
        ("03/06/2025", "2025-03-06"),
        ("明天", "2025-06-12"),
        ("下周四", "2025-06-19"),
        ("6月30号", "2025-06-30"),
        ("9pm", "2025-06-11"),
    ],
)
def test_a_value_that_is_one_day_is_read_as_that_day(value: str, day: str) -> None:
    assert parse_day(value, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "secret",
            "soon",
            "next month",
            "2019",
            "last weekend",
            "every Friday",
            "from Monday to Friday",
            "2025-02-30",
        ),
        *("+99999 years", "tomorrow or Friday", "ten days", "Friday secret", "now", "x" * 10_000),
    ],
)
def test_what_is_not_one_day_is_unreadable_and_stays_secret(value: str) -> None:
    with pytest.raises(Unreadable, match=r"\Acannot be read as one day\Z"):
        parse_day(value, TODAY)


def test_a_datetime_keeps_its_time_where_it_has_one() -> None:
    assert parse_datetime("next Friday at 7pm", TODAY) == Point(day=date(2025, 6, 20), time=time(19))
    assert parse_datetime("2025-06-03T10:30", TODAY) == Point(day=date(2025, 6, 3), time=time(10, 30))
    assert parse_datetime("2025-06-03", TODAY) == Point(day=date(2025, 6, 3))
    assert parse_datetime(datetime(2025, 6, 3, 10, 30), TODAY) == Point(day=date(2025, 6, 3), time=time(10, 30))
    assert parse_day(date(2025, 6, 3), TODAY) == date(2025, 6, 3)


@given(st.dates(), st.dates())
def test_a_written_date_is_read_back_on_any_day(day: date, today: date) -> None:
    assert parse_day(day.isoformat(), today) == day if 1900 <= day.year < 2200 else True
    assert parse_day(f"{day.year}年{day.month}月{day.day}日", today) == day if 1900 <= day.year < 2200 else True


WORDS = sorted({w for text, _ in [*SINCE, *UNTIL, *FOR, *DURING, *POINTS, *SENTENCES] for w in text.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.dates())
def test_every_interval_runs_forward_and_every_span_stands_in_the_text(text: str, today: date) -> None:
    reached = 0
    for found in read_when(text, today):
        assert reached <= found.start < found.end <= len(text)
        reached = found.end
        start, end = found.value.interval.start, found.value.interval.end
        assert start is None or end is None or start < end
