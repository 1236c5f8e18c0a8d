"""The fields of life that a query touches, by words that no field's name or cue has: "brunch" is about eating.

Each matter lists words that show it and words of fields for which they stand; a schema whose fields have none of the
latter is not affected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from aipersona.grounding import words_of


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A field of life: words that show it, phrases that do, Chinese ones above all, and the words it stands for."""

    shown_by: frozenset[str]
    phrases: re.Pattern[str]
    stands_for: frozenset[str]


def _matter(shown_by: str, phrases: str, stands_for: str) -> Matter:
    return Matter(shown_by=words_of(shown_by), phrases=re.compile(phrases), stands_for=words_of(stands_for))


@cache
def _matters() -> tuple[Matter, ...]:
    return (
        _matter(
            "eat eating food meal breakfast brunch lunch dinner supper snack cook cooking bake baking recipe dish menu "
            "curry cake dessert pasta pizza salad soup sandwich restaurant café cafe bar pub takeaway takeout delivery "
            "picnic barbecue bbq groceries buffet bakery coffee cocktail starter appetizer hungry lunchbox",
            r"吃|饭|餐|做菜|点菜|菜谱|食谱|早点|夜宵|宵夜|外卖|火锅|蛋糕|零食|点心|烧烤|奶茶|咖啡|饿|口味",
            "cook dish diet 菜",
        ),
        _matter(
            "film movie thriller comedy drama romcom horror cinema series show watch stream documentary binge netflix",
            r"电影|影片|片子|电视剧|剧集|综艺|纪录片|追剧",
            "film movie 电影",
        ),
        _matter("book novel read reading audiobook bookshop paperback", r"书|小说|读物", "book author 书 作家"),
        _matter(
            "music song album playlist concert gig band podcast listen tune festival",
            r"音乐|歌|演唱会|专辑|播客|听点",
            "music song artist 音乐 歌 歌手",
        ),
        _matter(
            "budget spend afford stretch splurge price cost money save saving expense cheap pricey",
            r"预算|花费|开销|花.{0,4}钱|多少钱|超支|省钱|买得起|贵|够不够|划算",
            "budget spend 预算",
        ),
        _matter(
            "appointment meeting schedule calendar agenda plans busy event reservation diary happening",
            r"日程|安排|约会|聚会|会议|开会|预约|有空|有事|行程",
            "schedule calendar 日程",
        ),
        _matter(
            "task todo chore errand deadline pending forget overdue remaining",
            r"(?i:\b(?:have|need|got|left|still|forg\w+) to (?:do|finish|sort)\b|\bon (?:my|the|our) (?:plate|list)\b)|"
            r"\b(?:had|have|meant|need) to (?:renew|pay|return|send|file|fix)\b|"
            r"待办|任务|忘记|忘了|没做|没办|要做的事|要办|截止|缴费|"
            r"交.{0,2}费",
            "todo task 待办",
        ),
        _matter(
            "hobby weekend leisure bored activity fun spare vacation summer pastime evening hang unwind",
            r"爱好|周末|无聊|空闲|放假|假期|下班后|消遣|活动|玩|放松|镜头|相机|学点|学一|手艺",
            "hobby interest 爱好",
        ),
        _matter(
            "family kid children child toddler gift present birthday anniversary surprise wedding babysitter partner "
            "pet "
            "vet sitter parent",
            r"家人|孩子|亲子|小孩|宝宝|礼物|生日|纪念日|宠物|送(?:什么|点|给)|爸妈|父母",
            "family kids gift 孩子 家人",
        ),
        _matter(
            "training workout exercise gym race marathon jog jogging running run fitness steps walk hike yoga swim "
            "stretch sport cardio",
            r"运动|锻炼|跑步|健身|减脂|减肥|走路|步数|瑜伽|马拉松",
            "exercise fitness aim progress 运动 目标",
        ),
        _matter(
            "headache pain ache dizzy fever symptom cough sick ill medicine pill medication vaccination vaccine doctor "
            "tired sleep insomnia chest rash sore injury supplement checkup pharmacy",
            r"头疼|头痛|不舒服|医生|药|症状|发烧|咳嗽|疼|失眠|体检|疫苗|看病|补品",
            "doctor pain illness 医生",
        ),
        _matter("allergy allergic allergen intolerance intolerant", r"过敏|忌口|不能吃", "eat food 吃"),
        _matter(
            "trip travel flight vacation holiday destination hotel getaway hostel itinerary train",
            r"旅行|旅游|度假|机票|酒店|出游|出差|自由行|去哪(?:儿|里)?玩",
            "travel 旅游",
        ),
        _matter("visa passport embassy border citizenship consulate", r"签证|护照|入境", "nationality"),
        _matter(
            "job career cv resume linkedin bio profile introduce resign resignation promotion interview colleague "
            "workplace commute shift",
            r"工作|简历|自我介绍|辞职|面试|职业|同事|上班|请假",
            "occupation employer job",
        ),
        _matter(
            "clothes clothing shoes jacket coat dress wear outfit laptop phone shop shopping buy order purchase",
            r"衣服|穿|鞋|外套|手机|电脑|购物|买|换个|下单",
            "buy budget 买",
        ),
        _matter(
            "weather forecast umbrella rain raining snow sunny temperature outdoors park beach route pharmacy parking "
            "traffic nearby local apartment flat gym doctor dentist",
            r"天气|带伞|下雨|下雪|气温|公园|药店|停车|路况|附近|租房",
            "weather nearby 天气",
        ),
    )


@cache
def shown_words() -> frozenset[str]:
    """All words that show a matter."""
    return frozenset[str]().union(*(matter.shown_by for matter in _matters()))


def implied_words(query: str) -> frozenset[str]:
    """The words of fields for which those of a query stand: "brunch" stands for "eat" and "food"."""
    words = words_of(query)
    touched = (one for one in _matters() if not words.isdisjoint(one.shown_by) or one.phrases.search(query))
    return frozenset[str]().union(*(matter.stands_for for matter in touched))
