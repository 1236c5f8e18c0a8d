"""The signs of a purpose in Chinese."""

from __future__ import annotations

import re

from aipersona.grounding.kin import RELATIONS_ZH
from aipersona.purpose.kinds import UNKNOWN, Purpose, circumstances, nothing, own
from aipersona.purpose.material import QUOTED
from aipersona.purpose.particulars import ROLE_ZH, asked_of_the_world_zh

SHORT = 6
"""So few characters may name anything, and so something of the user's."""

_FRAME = re.compile(
    r"^[\s，,。！!、：:]*(?:请问|请教|请|麻烦|你好|您好|嗨|帮忙|能不能|能否|可不可以|可以|能|你能|你知道|你|告诉我|跟我说说|和我说说|"
    r"我(?:就|只|很|一直|总是|老是|突然|有点|真的)*(?:想|要|需要)(?:要)?(?:知道|了解|问|请教|弄清楚|搞懂|确认)(?:一下|下|问)?|"
    r"我(?:一直|总是|老是|有点|突然|真的|也)*(?:不懂|不明白|不知道|不太懂|记不清(?:楚)?了?|忘了|不记得了?|好奇|搞不清(?:楚)?|分不清)|"
    r"给我(?=[一两三几这那个])|(?:给|帮|替|为|教|跟|向)我(?=解释|翻译|讲|说|列|算|查|出|介绍|写|改|证明|总结|把|用|分析|想|起|编|更新|做|推荐|看|找|找找|挑|选)|教教我|教我|"
    r"一下|那么|那(?![个次份件位家天场本部台张篇项趟条封款只些])|就|先|再|另外|你?(?:需要|得|来)(?=[为用写编设根])|(?:问题|题目|任务|要求)[:：])"
)
_RECEIVING = re.compile(
    r"(?:并|再|然后|同时|，|,)?(?:请)?(?:给|告诉|教|向|跟)我(?=[^的]*(?:解释|说明|例|答案|定义|结果|短语|讲|说|$)|陈述|一)"
)
_FIRST = re.compile(r"我(?!国|军|方)|咱|俺")
_KIN = re.compile(rf"(?<![的他她它个位名])(?:{RELATIONS_ZH})(?!节)")
_NOT_OWN_KIN = re.compile(r"(?:他|她|小[明红华刚丽]|有个?|一[个位名]|某|谁)的?$")
_HERE_AND_NOW = re.compile(
    r"今晚|今天|今早|今年|明天|明早|明晚|后天|昨天|这周|这个?星期|本周|下周|下个?星期|上周|周末|这个?月|本月|下个?月|上个?月|今夏|"
    r"(?:周|星期|礼拜)[一二三四五六日天末]|附近|这里|这边|这儿|周边|本地|最近|近期|现在(?!的)|目前|假期|放假|下班|晚上|回家|家里|出门|国庆|春节|五一|端午|中秋|元旦|暑假|寒假"
)
_ABOUT_WORDS = re.compile(
    r"(?:用|的)?(?:英|法|德|日|韩|俄|中|外|葡萄牙|西班牙|意大利|泰|粤|拉丁|阿拉伯)(?:文|语|国话)?(?:里|中)?(?:是什么|怎么(?:说|写|读|讲|表达)|如何表达|叫什么)"
    r"|什么意思|啥意思|怎么(?:读|念|拼写|发音)|拼音|近义词|反义词|同义词|造句|成语|词性|短语|词语|翻译|译成|典故|谚语|歇后语|定义|含义|区分|多音字|偏旁|笔画|部首|语法"
)
_TASK = re.compile(
    r"翻译|译成|翻成|总结成|概括|归纳|润色|改写|改正|改成|改得|校对|缩写|扩写|续写|纠正|提取|换算|转换成|造句|仿写|断句|精简|压缩成|转成|转换|合并|排序|"
    r"(?:把|将)\S{0,20}(?:总结|修改|整理|变成|写成|列成)"
)
_SHOWN = re.compile(
    r"这(?!周|个?月|个?星期|里|边|儿|几天|两天|样|么|次|个?周|阵|附近)|给定|所给|给出的|以下|下面|下列|上述|上面|摄氏|华氏"
)
_MACHINE = re.compile(
    r"python|java|sql|html|css|json|excel|word文档|linux|git|docker|http|https|tcp|vue|react|c\+\+|\bc语言|正则|函数|"
    r"代码|编程|程序(?!员)|脚本|"
    r"算法|递归|数组|变量|接口|数据库|报错|编译|线程|进程|排序|字段|命令行|服务器|爬虫|浏览器|公式|单元格|二叉树|链表|\w+_\w+|\w+\(\w*\)",
    re.I,
)
_LIFE_BESIDE_MACHINE = re.compile(r"课程|书|教程|电脑|工作|面试|工资|简历|买|学习计划|职业")
_NUMBER = re.compile(
    r"[一二三四五六七八九]{1,2}折|半价|\d[\d,.]*|(?<![第])[一二两三四五六七八九十百千万半](?=[个只颗块元本支张条天年月岁人次倍斤公千米小]|分之)"
)
_QUANTITY_ASKED = re.compile(
    r"多少|几(?:[个只颗块元本支张条天年月岁人次倍斤秒米页瓶箱盒排组]|分钟|小时|公里|千米|公斤)|多久|多远|多大|多快"
)
_OF_NOW = re.compile(r"我的|今天|这个?月|这周|本月|预算|现在|还能花|今年")
_SUM = re.compile(
    r"\d\s*[+*/×÷^=]\s*[\da-z(]|\d\s+[-−]\s+[\d(]|\d\s*[-−]\s*\d+\s*(?:=|等于|是多少)|\d(?:\.\d+)?\s*(?:乘以?|除以|加上?|"
    r"减去?|的平方|的立方|次方)|[a-z]\s*[-+=]\s*\d|解方程|平方根|百分之",
    re.I,
)
_CREATE = re.compile(r"写|编|讲|作(?!者|用)|创作|生成|设计|构思|想出|起个|起一|来[一几]?[首段个]|说个")
_INVENTED = re.compile(
    r"诗|绝句|律诗|词牌|故事|童话|笑话|段子|对联|作文|小说|歌词|谜|绕口令|寓言|剧本|散文|藏头|顺口溜|标题|口号|名字|议论文|问题|场景|评论|例子|句子|短文|文章|口味|台词"
)
_OF_LIFE = re.compile(r"计划|清单|食谱|菜单|行程|攻略|方案|日程|歌单|书单|片单|安排|预算|礼物|新年|愿望|作息")
_FOR_SOMEBODY = re.compile(
    r"给(?!出|予|定|我讲|我说|我写|我编|我来)\S{1,4}(?:讲|写|编|念|的|做)|(?:写|送|讲)给|我(?:的|家|女儿|儿子|老婆|老公|妈|爸)"
)
_IN_OWN_NAME = re.compile(
    r"邮件|(?<!微)(?<!相)信(?!息|仰|任|号|心|念)|简历|自我介绍|周报|日报|月报|年终|述职|报告|请假条|假条|请假|辞职|申请|发言稿|演讲稿|致辞|个人简介|"
    r"会议纪要|提案|计划书|朋友圈|文案|祝福|请柬|邀请函|感谢信|推荐信|检讨|评语"
)
_CHOOSE = re.compile(
    r"推荐|建议|去哪|哪(?:儿|里|家|个好|款|种好)|怎么过|吃(?:什么|啥|点)|喝(?:什么|啥|点)|买(?:什么|啥|点|个|哪)|送(?:什么|啥|点)|穿(?:什么|啥)|"
    r"做(?:什么|啥|点)|看(?:什么|点|啥)|听(?:什么|点|啥)|玩(?:什么|点|啥)|带(?:什么|啥)|放点|来点|安排|计划|规划|预订|预约|订(?:个|一|张|位|票|餐)|挑|选(?:个|"
    r"一|哪)|搭配|适合|提醒|点(?:个|一份)|"
    r"(?:有什么|有哪些|有没有|有啥|哪些|找)(?!区别|不同|差别|意思|关系)"
)
_NEEDED = re.compile(
    r"^(?:想|打算|准备|正在|刚)(?!象|法|出|起|到)|(?:^|[，,。\s])\S{0,10}(?:要不要|需不需要|该不该|能不能|可不可以|要|该|应该|需要|得|适合|值得|可以|能)(?!求)\S{0,12}(?:什么|啥|吗|哪|怎么|多少|几)"
)
_OTHERS_NEED = re.compile(rf"{ROLE_ZH.pattern}[^，。？]{{0,8}}?(?:应该|应当|该|需要|能|可以|要|适合)")
_ABOUT_WORLD = re.compile(
    r"是什么|什么是|是谁|谁(?:是|写|发明|画|唱|导演|发现|提出|创立|建)|是哪|哪(?:一)?年|哪(?:个国家|座|条|位|部)|是多少|等于|有多[少远大高长重深快宽厚]|多少(?:年|回|个|种|米|公里|度|人|岁|"
    r"克|卡|天|首)|"
    r"几(?:个|大|种|条|回|部|次)|为什么|为何|区别|不同|原理|差别|叫什么|怎么(?:求|算|计算|用|形成|产生|来的|工作)|如何(?:求|计算|形成|工作)|"
    r"解释|列出|列举|识别|检测|判断|验证|辨别|是否|填空|标注|分类|排名|转换|找出|介绍(?:一下)?|证明|计算|比较|描述|简述|举例|分析|说明|背诵|默写|历史|首都|简称|面积|人口|作者|"
    r"朝代|发明|哪些(?:国家|朝代|省|元素|行星)"
)
_WHEN_IS = re.compile(r"几点|什么时候|哪天|几号")
_PAST_TALK = re.compile(r"(?:推荐|提到|说|聊|讲)过|上次")
_HE = re.compile(r"^(?:他|她|它|那)")
_SENTENCE_END = re.compile(r"(?<=[。！？?!；;])\s*(?=\S)")


def read(text: str, *, material: bool, matters: bool) -> Purpose:
    """What a request in Chinese asks for; `matters` is whether it touches a field of life."""
    if _is_story_sum(text):
        return nothing("a sum with its own numbers")
    if (
        _MACHINE.search(text)
        and not _LIFE_BESIDE_MACHINE.search(text)
        and not re.search(r"我的(?!代码|程序|函数)", text)
    ):
        return nothing("work on machines")
    found = [_asked_in(one, material=material, matters=matters) for one in _SENTENCE_END.split(text) if one.strip()]
    signs = [purpose for purpose in found if purpose.by != UNKNOWN] or found
    return next((purpose for purpose in signs if purpose.personal), signs[0] if signs else circumstances(UNKNOWN))


def _is_story_sum(text: str) -> bool:
    if _SUM.search(text) and not _OF_NOW.search(text):
        return True
    asked = [one for one in re.split(r"[，,。？?！]", text) if _QUANTITY_ASKED.search(one)]
    return bool(asked) and len(_NUMBER.findall(text)) >= 2 and not any(_OF_NOW.search(one) for one in asked)


def _asked_in(sentence: str, *, material: bool, matters: bool) -> Purpose:
    plain = _unframed(sentence)
    first = _FIRST.search(_RECEIVING.sub("", plain)) is not None
    if _ABOUT_WORDS.search(plain) and "我的" not in plain:
        return nothing("words about words")
    if _TASK.search(plain) and (material or _SHOWN.search(plain) or not first) and not _IN_OWN_NAME.search(plain):
        return nothing("a task on a text")
    if _CREATE.search(plain) and not (_IN_OWN_NAME.search(plain) or _CHOOSE.search(plain) or _OF_LIFE.search(plain)):
        if first or _FOR_SOMEBODY.search(plain):
            return own("for somebody")
        if _INVENTED.search(plain) or not _HERE_AND_NOW.search(plain):
            return nothing("free invention")
    if _SHOWN.search(plain) and material and not first:
        return nothing("a task on a text")
    if first:
        return own("first person")
    if _is_own_kin(plain):
        return own("the speaker's own people")
    if _HERE_AND_NOW.search(plain) or _PAST_TALK.search(plain):
        return circumstances("here and now")
    if _IN_OWN_NAME.search(plain) and not _ABOUT_WORLD.search(plain):
        return circumstances("in the user's name")
    if _WHEN_IS.search(plain) and matters:
        return circumstances("left unsaid: the user's")
    if _OTHERS_NEED.search(plain):
        return asked_of_the_world_zh(plain)
    if _CHOOSE.search(plain) and matters and not (_HE.match(plain) or _ABOUT_WORLD.search(plain)):
        return circumstances("a choice")
    if not _OF_LIFE.search(plain) and (_ABOUT_WORLD.search(plain) or _HE.match(plain)):
        return asked_of_the_world_zh(plain)
    if _NEEDED.search(plain):
        return circumstances("need without a subject: the user's")
    if re.match(r"给出", plain) and not matters:
        return nothing("an operation on things")
    if matters:
        return circumstances("a field of life")
    if len(plain) <= SHORT:
        return circumstances(UNKNOWN)
    return asked_of_the_world_zh(plain)


def _is_own_kin(plain: str) -> bool:
    for match in _KIN.finditer(plain):
        if ROLE_ZH.fullmatch(match.group()):
            continue
        if not _NOT_OWN_KIN.search(plain[max(0, match.start() - 6) : match.start()]) and QUOTED not in plain:
            return True
    return False


def _unframed(text: str) -> str:
    for _ in range(6):
        match = _FRAME.match(text)
        if match is None or not text[match.end() :].strip("。？?！! "):
            return text
        text = text[match.end() :]
    return text
