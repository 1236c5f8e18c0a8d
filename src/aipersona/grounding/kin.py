"""Words for the people around a speaker, in English and Chinese."""

from __future__ import annotations

RELATIONS = (
    r"(?:(?:girl|boy)?friends?|bestie|besties|buddy|buddies|mates?|pals?|husband|wife|spouse|partner|(?:girl|"
    r"boy)friends?|"
    r"gf|bf|fianc[eé]e?|hubby|wifey|ex|ex-(?:wife|husband|boyfriend|girlfriend)|mom|mum|mommy|mummy|mother|dad|daddy|"
    r"father|parents?|brothers?|bro|sisters?|sis|siblings?|twin|sons?|daughters?|kids?|child|children|toddler|baby|"
    r"teenager|stepson|stepdaughter|stepmom|stepdad|step-?mother|step-?father|aunt|auntie|uncle|cousins?|"
    r"nephews?|nieces?|"
    r"grand(?:ma|pa|mother|father|parents?|son|daughter|kids?|child|children)|granny|grandpa|nana|"
    r"(?:mother|father|sister|brother|son|daughter)s?-in-law|in-laws|boss|manager|supervisor|co-?workers?|colleagues?|"
    r"room-?mates?|flat-?mates?|house-?mates?|neighbou?rs?|landlord|landlady|teacher|professor|tutor|doctor|gp|"
    r"dentist|"
    r"therapist|psychologist|psychiatrist|nutritionist|dietitian|dietician|physio|cardiologist|trainer|coach|clients?|"
    r"customers?|students?|patients?|teammates?|classmates?|intern|nanny|babysitter|lawyer|accountant|mentor|"
    r"guy|buddy|"
    r"date|crush|godson|goddaughter|godmother|host|team lead|relatives?)"
)
"""One person or several, in lower case; a pattern without groups that capture."""
NOT_RELATIONS = (
    r"(?:loans?|tongue|visa|shower|leave|request|meetings?|group|circle|list|care|dinner|call|card|bag|body|name day|"
    r"appointments?|visits?|office|house style|base|success|support|service|id|discount|debt|club|budget|night|"
    r"status|role|"
    r"position|tickets?|record|portal|account)\b"
)
"""After a relation, these make it something of the speaker's own: "my student loan", "my client meeting"."""
BEINGS = r"(?:family|folks|dogs?|cats?|pupp(?:y|ies)|kittens?|pets?|parrot|rabbit|hamster|horse|everyone|household)"
"""Whose facts may or may not be the speaker's: "my family is from Goa", "my dog is allergic to chicken"."""
_NAMES = """
    tom ana anna bob alice john mary peter paul mike michael david sarah emma olivia liam noah james robert william
    thomas daniel matthew mark luke andrew kevin brian steve steven george kate katie jane julia laura lisa linda
    susan karen nancy sandra maria marie sophie sophia lucy emily amy rachel hannah jessica ashley jennifer jen
    chris alex sam max ben jack joe josh adam ryan eric nick tony carlos juan jose miguel pedro luis diego sofia
    elena carmen lucia pablo marco luca giulia francesca hans klaus anke jürgen pierre jean claire ivan olga natasha
    dmitri yuki kenji hiroshi priya raj ravi anil ahmed mohammed fatima omar ali aisha wei ming li chen mei jin min
    tim jim bill dave dan greg jeff scott rob matt pat kim leo mia zoe ella grace henry oscar felix theo nina eva
    clara ida lena nora
"""
FIRST_NAMES = frozenset(_NAMES.split())
RELATIONS_ZH = (
    "(?:好朋友|朋友|闺蜜|哥们儿?|兄弟|同事|老板|领导|上司|同学|室友|舍友|邻居|老公|老婆|丈夫|妻子|媳妇儿?|先生|太太|爱人|对象|男朋友|女朋友|"
    "男友|女友|爸爸|妈妈|老爸|老妈|父母|爸妈|父亲|母亲|爸|妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|哥哥|弟弟|姐姐|妹妹|大哥|大姐|哥|弟|姐|妹|儿子|女儿|"
    "闺女|孩子们?|小孩|宝宝|娃|叔叔|阿姨|舅舅|姑姑|姨妈|伯伯|表哥|表弟|表姐|表妹|堂哥|堂弟|堂姐|堂妹|亲戚|老师|导师|医生|大夫|牙医|教练|客户|"
    "婆婆|公公|岳父|岳母|丈母娘|老丈人|前任|前男友|前女友|前夫|前妻|侄子|侄女|外甥|外甥女|孙子|孙女|学生|病人|房东|家人|师傅|学长|学姐|队友|网友)"
)
SURNAMES_ZH = "王李张刘陈杨赵黄吴徐孙胡朱郭林罗梁宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶蒋杜苏魏吕丁沈姚卢"
