"""The words and forms by which the purpose of a sentence in English shows."""

from __future__ import annotations

import re

from aipersona.purpose.material import QUOTED

LONG = 400
"""A request of more characters is a talk rather than a sum."""

SENTENCE = 5
"""So many words say what they ask for; fewer may name anything, and so something of the user's."""

FRAME = re.compile(
    r"^[\s,.!;:—-]*(?:(?:hi|hello|hey|ok|okay|so|well|and|but|also|now|then|please|pls|kindly|thanks|thank you|quick "
    r"question|just (?:out of curiosity|curious|wondering)|out of curiosity|by the way|btw|for (?:a|my) (?:quiz|"
    r"crossword|homework|essay|class|exam)|honestly|actually|hm+|sorry|there)\b"
    r"|(?:can|could|would|will|may|might) (?:you|u|i)(?: please| kindly| just)? (?:tell|show|teach|give|ask|explain|"
    r"describe|help)(?: me| us| you)?(?: (?:to )?(?:understand|know|learn|figure out|remember|out|with))?\b"
    r"|(?:can|could|would|will) (?:you|u)(?: please| kindly| just| also| maybe| help me| help)*\b"
    r"|do you (?:know|happen to know|remember)\b|any idea\b|help me (?:to )?(?:understand|remember|figure out|with|"
    r"see)?\b"
    r"|(?:tell|show|teach|give) (?:me|us)(?: (?:about|the answer to))?\b|explain (?:to (?:me|us))\b|let me know\b"
    r"|i(?:'d| would)? (?:just )?(?:want|need|like|love|have|am trying|'m trying)? ?to (?:know|understand|learn|find "
    r"out|ask|see|check)(?: about)?\b"
    r"|(?:question|q|task|problem|prompt|instruction)\s?:|(?:given|using|suppose|assume|"
    r"assuming)\b(?! that (?:i|we|my)\b)"
    r"(?!(?:(?! my | our | i | we ).)*\?)[^,.:?]{1,80}, "
    r"|i(?:'m| am)? (?:just |always |never |still |often |keep )*(?:wonder(?:ing)?|curious|forgot|forget|"
    r"confus(?:ed|e|ing)"
    r"|mix(?:ing)? up|unsure|not sure|don'?t (?:know|understand|remember|get)|can'?t (?:remember|recall|tell)|asking|"
    r"(?:have|'ve got|got) a (?:quick )?question|mean|think|guess|bet|heard|read|learned)(?: (?:about|that|if|"
    r"whether))?\b"
    r"|i (?:want|need|would like|'d like) you to\b)",
    re.I,
)
PUZZLED = re.compile(
    r"^(?:so |well |hm+,? )?i(?:'m| am)? (?:just |always |never |still |often |keep )*(?:wonder|curious|"
    r"forg[eo]t|confus|"
    r"mix|unsure|not sure|don'?t (?:know|understand|get)|can'?t (?:remember|recall|tell))",
    re.I,
)
RECEIVING = re.compile(
    r"(?:,| and| then)+ (?:please |also )?(?:give|tell|show|send|teach) (?:me|us)\b|\b(?:to|for) (?:me|"
    r"us)(?: (?:like|as if|as though) i(?:'m| am|'ve| were| was)[^.?!,]*)?(?=[\s,.?!]|$)"
    r"|\b(?:like|as if|as though) i(?:'m| am| were| was) (?:five|5|\d+|a (?:child|kid|beginner|baby|toddler)\w*)[^.?!]*"
    r"|\bthat i (?:can|could) (?:use|copy|paste|run|understand)\b|\b(?:do )?you (?:think|know)\b|\bi mean\b",
    re.I,
)
RECEIVED_BY = re.compile(r"^(?:explain|describe|list|name|define|show|spell|read|sing|write out|walk|remind)\b", re.I)

FIRST = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|im|ive|me|my|mine|myself|we|we're|we've|we'll|(?-i:us)|our|ours|ourselves)\b", re.I
)
POSSESSED = re.compile(r"\b(?:my|mine|our|ours|myself)\b", re.I)
AT_HAND = re.compile(
    r"\b(?:my|our) (?:[\w#+-]+ ){0,2}?(?:code|script|program|programme|function|method|query|regex|array|string|loop|"
    r"commit|terminal|shell|dataframe|formula|essay|sentence|paragraph|poem|equation|proof|compiler|css|html|sql|variable)\b",
    re.I,
)
AT_HAND_NOW = re.compile(
    r"\b(?:with|in|on|for|after|despite|about) (?:this|these) "
    r"(?!(?:is|was|are|were|case|way|context|kind|sort|type|world)\b)[a-z]+\b",
    re.I,
)
HOW_DO_I = re.compile(
    r"^(?:how|what|which|why|when|where) (?:\w+ ){0,3}?(?:do|can|could|should|would|does|did|must) (?:i|we|you|one)\b|"
    r"^(?:how|when) to\b|^(?:should|can|could|do|must|may) (?:i|we)\b|^is there (?:a|any) way (?:for me )?to\b",
    re.I,
)
HOW_TO = re.compile(r"^how (?:(?:do|can|could|should|would) (?:i|we|you|one)|to)\b", re.I)

NO_OWNER = re.compile(
    r"(?<!'s )(?<!\ba )(?<!\ban )\b(?:mum|mom|mummy|mommy|mam|dad|daddy|grandma|grandpa|granny|gran|grandad|"
    r"hubby|wifey|"
    r"the (?:wife|husband|kids|missus|family|in-laws|girls|boys|little one|team|boss))\b"
    r"|(?<!from )(?<!at )\bhome\b(?! (?:page|screen|directory|key|row|button|office|run|secretary|depot))|\bat home\b",
    re.I,
)
BARE_INFINITIVE = re.compile(
    r"^(?:what|where|when|who|which(?: \w+){1,2}|what(?: \w+){1,2}|whether)(?: else)? to (?!do\b.*\bif\b)\w+", re.I
)
DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
HERE_AND_NOW = re.compile(
    rf"\b(?:tonight|tonite|tomorrow|yesterday|this (?:week(?:end)?|month|evening|morning|afternoon|summer|"
    rf"winter|spring|"
    rf"autumn|fall|year|{DAY})|next (?:week(?:end)?|month|summer|winter|spring|autumn|year|{DAY})|the weekend|"
    rf"(?:on|for|by|until|till|before|after|coming|every|a rainy|a sunny|any|lazy|free|{DAY} or) {DAY}|weekend|"
    r"near ?by|near here|close by|around here|round here|in the area|in town|right now|these days|so far|locally|today|"
    r"(?:open|free|available|on|up) now)\b",
    re.I,
)
ASKED_WHETHER = "(?:is|are|am|will|does|do|can|could|would|what's|who's|anybody|nobody)"
LEFT_OUT = re.compile(
    rf"^{ASKED_WHETHER}\b[^?]*\b{DAY}\b|^{DAY}\b|\b{DAY} (?:morning|night|evening|afternoon|lunch)\b|"
    r"^(?:which|what|whose) (?!is\b|are\b|was\b|were\b|does\b|do\b|did\b)\w+\W*$|"
    r"^what(?:'s|s| is| are) (?:for|on|next|left|due|planned|up|coming|new)\b|^(?:when|what time)(?:'s| is|"
    r" are| does| do) "
    r"(?:the|that|next)\b(?! \w+ of\b)|\b(?:is|are|anything|something|much|many|what's|"
    r"nothing)(?: \w+){0,3} left\b(?!\W*\bhand)|"
    r"^(?:any(?:thing|where|one|body)?|some(?:thing|where|one)|no(?:thing|where))\b|\b(?:is|"
    r"are) there any(?!one who)\b|"
    r"^(?:what|which) (?:\w+ ){0,2}(?:was|were|did you) (?:recommend|suggest|mention|discuss|plan|sa[iy]|tell)\w*",
    re.I,
)
WEATHER = re.compile(
    r"^(?:is|will|does|was) it (?:be |get |going to be |too |very |still )?(?:cold|warm|hot|windy|"
    r"sunny|cool|dark|icy|humid|"
    r"light|wet|mild)\b|"
    r"^(?:is|will|does|do|what(?:'s|s| is| will)|how(?:'s|s| is)|need|should|when will)\b[^?]*\b(?:weather|"
    r"forecast|rain|"
    r"raining|snow|snowing|umbrella|air quality|pollen|traffic)\b(?! (?:in|on|at) (?-i:[A-Z]))",
    re.I,
)

NUMBER = re.compile(
    r"\d[\d,]*(?:\.\d+)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"sixty|hundred|thousand|million|dozen|half|third|quarter|twice|double|each|per)\b",
    re.I,
)
QUANTITY_ASKED = re.compile(
    r"\bhow (?:much|many|long|far|fast|old|tall|heavy|big|often|soon)\b|\bwhat(?:'s|s| is| was| are| will be|"
    r" would be)\b[^?]{0,60}"
    r"\b(?:total|average|speed|pace|rate|sum|rent|price|cost|change|profit|loss|area|volume|probability|odds|chances?|"
    r"distance|age|percent(?:age)?|ratio|share|amount|interest|time|tip|number|weight|length|balance|salary|discount)\b"
    r"|\bwhen (?:will|do|does) (?:they|the)\b[^?]{0,40}\bmeet\b",
    re.I,
)
ASKED_OF_NOW = re.compile(
    r"\b(?:my|our|mine|afford|budget|today|tonight|this|so far|still|spent|now|yesterday)\b", re.I
)
SUM = re.compile(
    r"\d\s*(?:[+*/×÷^=<>]|%\s*of\b)\s*[\d(a-z]|\d\s+[-−]\s+[\d(a-z]|\b[a-z]\s*(?:\^|=)\s*[-\d]|"
    r"\b\d+[a-z]\b\s*[-+=]|\bsquare root\b|\bsqrt\b|"
    r"^(?:convert|round|solve|compute|calculate|integrate|differentiate|factori[sz]e|factor|simplify|"
    r"evaluate)\b[^?]*\d|"
    r"\b\d[\d.,]* ?[a-z°]{1,12} (?:in|to|into) [a-z°]{1,14}\W*$",
    re.I,
)

MACHINE = re.compile(
    r"\b(?:python|javascript|typescript|java|rust|golang|kotlin|ruby|php|perl|haskell|scala|sql|mysql|"
    r"postgres\w*|sqlite|"
    r"mongodb|redis|html|css|json|yaml|xml|csv|regex(?:es)?|regular expressions?|bash|zsh|powershell|vim|emacs|"
    r"git|github|"
    r"docker|kubernetes|linux|ubuntu|unix|numpy|pandas|pytorch|tensorflow|react(?:js)?|angular|django|flask|"
    r"node\.?js|npm|"
    r"webpack|latex|apis?|https?|tcp|udp|dns|ssh|algorithms?|unit tests?|mutex(?:es)?|recursion|compilers?|"
    r"debug|debugging|"
    r"stack trace|traceback|runtime error|source code|codebase|pseudo-?code|one-liner|boolean|async|iterators?|"
    r"endpoints?|"
    r"databases?|primary key|foreign key|div|merge sort|quick ?sort|binary search|time complexity|rebase|linked lists?|"
    r"hash ?maps?|tuples?|data ?frames?|pivot tables?|vlookup|\w+_\w+|\w+\.(?:py|js|txt|csv|json|sh|c|cpp))\b"
    r"|\bc\+\+|\bc#|\b\w+\([^()\n]{0,60}\)|§ ?(?:error|exception)",
    re.I,
)
MACHINE_TOO = re.compile(
    r"\b(?:functions?|class|classes|methods?|variables?|arrays?|strings?|integers?|floats?|pointers?|threads?|"
    r"exceptions?|"
    r"code|coding|scripts?|programs?|loops?|lambda|decorators?|generators?|schemas?|tables?|queries|query|"
    r"shell|terminal|"
    r"excel|spreadsheets?|columns?|files?|directory|server|compile|parameters?|arguments?|null|nodes?|tree|objects?)\b",
    re.I,
)
"""Two of them together are about machines."""
CAMEL = re.compile(r"\b[a-z]+[A-Z]\w+\b")
LIFE_BESIDE_MACHINE = re.compile(
    r"\b(?:any|good|best|some|which|what|the next) (?:[\w+#]+ )?(?:books?|courses?|tutorials?|laptops?|jobs?|"
    r"meetups?)\b|"
    r"\b(?:career|interview|learn next|cover letter|cv|resume|bio|linkedin)\b",
    re.I,
)
ABOUT_WORDS = re.compile(
    r"\b(?:mean(?:s|ing)?|definition|define|synonyms?|antonyms?|opposites?|plural|singular|(?:past|present|"
    r"future|perfect) "
    r"(?:tense|participle|perfect)|conjugat\w+|etymology|origin of the (?:word|phrase|name)|pronounc\w+|"
    r"pronunciation|spell|"
    r"spelled|spelling|spelt|rhymes?|idioms?|proverbs?|adjectives?|adverbs?|verbs?|nouns?|pronouns?|gerunds?|grammar|"
    r"grammatical(?:ly)?|acronym|abbreviation|crossword|stands? for|translat\w+|in (?:french|german|spanish|italian|"
    r"japanese|chinese|"
    r"mandarin|korean|portuguese|russian|arabic|latin|greek|dutch|english|polish|turkish|swedish|hindi)(?=\W*$)|"
    r"(?:french|german|spanish|italian|japanese|chinese|korean|portuguese|russian|arabic|latin|greek|dutch|"
    r"english|turkish|"
    r"swedish|hindi) (?:word|name|term|equivalent|phrase|translation)?s? ?for\b|(?:another|a better|the right|a fancy|"
    r"the|an?|some) (?:words?|terms?|expressions?|phrases?|idioms?)\b(?! with)|you call (?:a|an|the|someone|"
    r"somebody|it|this|that|people)|passive voice|"
    r"active voice|tongue twister|anagram|palindrome|haiku rules|syllables?|homophones?|prefix|suffix)\b",
    re.I,
)
SAID_OF_QUOTED = re.compile(
    rf"\b(?:say|says|write|writes|use|spell|call|called|type|read|reads)\b[^?]{{0,20}}{QUOTED}", re.I
)
GIVEN = re.compile(
    r"\b(?:this|these|the (?:following|given|below|above|provided)|given|following|below|the (?:claim|"
    r"paragraph|sentences?|"
    r"passage|text|lyrics|word|words|pairs?|prompt|question|statement|abstract|code|function|phrase))\b",
    re.I,
)
ANAPHOR = re.compile(r"\b(?:that|those|this|these|it|them|they|he|she|him|her|next|now|then|there|such|else)\b", re.I)
TOLD_ALOUD = re.compile(
    rf"\b(?:told|said|says|asked|asks|muttered|thought|added|replied|shouted|wants?)\b[^?]*(?:{QUOTED}|: ?\W*$)", re.I
)
TASK = re.compile(
    r"^(?:translate|summari[sz]e|sum up|proof-?read|re-?write|re-?phrase|paraphrase|reword|polish|shorten|"
    r"condense|revise|"
    r"correct|fix|edit|improve|simplify|convert|turn|make|put|transform|format|reformat|extract|classify|"
    r"continue|complete|"
    r"punctuate|capitali[sz]e|expand|spell-?check|caption|transcribe|decode|encode|replace|link|verify|parse)\b",
    re.I,
)
TASK_WITH_GIVEN = re.compile(
    r"^(?:generate|identify|explain|add|give|find|write|use|read|describe|answer|suggest|tell|provide|output|"
    r"state|name|"
    r"create|make up|come up with|compose|predict|decide|determine|judge|count|list|compare|fill)\b",
    re.I,
)
OPERATION = re.compile(
    r"^(?:compute|calculate|solve|integrate|differentiate|prove|derive|simplify|factor\w*|evaluate|round|add|"
    r"subtract|multiply|"
    r"divide|sort|count|list|name|enumerate|compare|contrast|explain|define|describe|discuss|outline|identify|"
    r"state|conjugate|"
    r"analy[sz]e|classify|distinguish|differentiate|illustrate|recite|tell the difference|roll|flip|generate|sketch|"
    r"elaborate|clarify|demonstrate|interpret|categori[sz]e|rank|arrange|guess|predict|imagine|act|pretend|"
    r"simulate|invent|"
    r"cite|quote|match|fill|implement|refactor|optimi[sz]e|debug|give)\b",
    re.I,
)
CREATE = re.compile(
    r"^(?:write|compose|make up|invent|create|draft|craft|produce|generate|come up with|design|build|make|prepare|"
    r"you (?:need|have|are) to (?:write|create|make|generate)|(?:an?|another|some|three|five|"
    r"ten) (?:\w+ ){0,2}(?:poem|haiku|"
    r"limerick|sonnet|joke|jokes|pun|puns|riddle|riddles|story|stories|fable|fun facts?)\b)",
    re.I,
)
PREPARE = re.compile(r"^(?:make|prepare|build|design)\b", re.I)
INVENTED = re.compile(
    r"\b(?:poem|haiku|limerick|sonnet|ode|ballad|rhyme|lyrics|jokes?|puns?|riddles?|story|stories|tale|fable|"
    r"fairy ?tale|"
    r"essay|slogan|tagline|dialogue|screenplay|monologue|scene|paragraph|sentences?|titles?|headline|facts?|quiz|rap|"
    r"parody|names?|synonyms?|metaphors?|analog(?:y|ies)|examples?|characters?|opening|questions?)\b",
    re.I,
)
OF_LIFE = re.compile(
    r"\b(?:plans?|planner|schedule|timetable|to-?do|(?:shopping|grocery|packing|reading|watch|guest|bucket|wish) list|"
    r"checklist|menu|recipe|meals?|budget|itinerary|playlist|resolutions?|routine|workout|dinner|lunch|breakfast|"
    r"gifts?|present|reservation|appointment|cake)\b",
    re.I,
)
IN_OWN_NAME = re.compile(
    r"\b(?:letter|letters to|e-?mails?|mail|cv|resume|résumé|bio|biography|cover letter|linkedin|profile|"
    r"self-?(?:review|assessment|"
    r"evaluation|introduction)|introduction|application|out-of-office|auto-?reply|speech|toast|vows|proposal|"
    r"meeting notes|"
    r"minutes|notes for|report|memo|status update|resignation|complaint|invitation|thank-you|birthday card|"
    r"card|reference|"
    r"statement of purpose|personal statement|pitch|text to|message to|note to|reply to|agenda|presentation|"
    r"wedding|eulogy|"
    r"dating|about me|post about|update on|newsletter|performance review)\b",
    re.I,
)
FROM_ANOTHER = re.compile(
    r"\bfrom (?:the (?:perspective|point of view)|an? |(?-i:[A-Z])\w+ to\b)|\b(?:fictional|imaginary|sample|template|"
    r"generic|example|dummy)\b",
    re.I,
)
FOR_SOMEBODY = re.compile(
    r"\b(?:for|to|with|about|like) (?:my|our|(?-i:(?!I\b)[A-Z][a-z]+)(?! (?-i:[A-Z])))\b|\b(?-i:[A-Z][a-z]+)'s\b", re.I
)
ACT = re.compile(
    r"^(?:book|reserve|order|buy|get|plan|organi[sz]e|arrange|schedule|play|put on|cook|bake|pack|remind|track|cancel|"
    r"swap|replace (?:my|the)|let's|sort out|put together)\b",
    re.I,
)
"""What is done in the world is done on the user's behalf."""
WISHED = re.compile(
    r"\b(?:would|will|does|do|should|could|might) (?-i:[A-Z]\w+)(?: \w+)? (?:like|enjoy|want|need|prefer|love|mind|"
    r"eat|wear)\b",
    re.I,
)
CHOOSE = re.compile(
    r"^(?:recommend|suggest|propose|find|pick|choose|book|reserve|order|buy|get|plan|organi[sz]e|arrange|"
    r"schedule|play|put on|"
    r"prepare|cook|bake|pack|set up|remind|track|add|cancel|check|look up|look for|search|"
    r"looking for|need|want|help|brainstorm|suggestions?|recommendations?|ideas?|tips?)\b"
    r"|\b(?:suggestions?|recommendations?|ideas?|recommend\w*|suggest\w*|worth (?:seeing|watching|reading|"
    r"visiting|trying))\b",
    re.I,
)
CHOICE = re.compile(
    r"\b(?:suggestions?|recommendations?|ideas?|recommend\w*|suggest\w*|worth (?:seeing|watching|reading|"
    r"visiting|trying))\b",
    re.I,
)
VALUED = re.compile(
    r"^(?:what|which|where|who)(?:'s|s| is| are)?(?: (?:a|an|the|some))? (?:good|best|nice|great|cheap(?:est)?|"
    r"healthy|easy|"
    r"fun|decent|quick|romantic|cosy|cozy|tasty|safe)\b|^(?:good|best|nice|great|cheap|healthy|easy|fun|decent|"
    r"quick|new|"
    r"simple|light|tasty)\b",
    re.I,
)
ATTRIBUTE = re.compile(
    r"^(?:the )?(?:[\w'-]+ ){0,3}?(?:capital|population|height|length|width|depth|distance|area|size|weight|"
    r"mass|currency|author|"
    r"director|composer|inventor|founder|history|causes?|effects?|formula|symbol|root|derivative|integral|"
    r"boiling point|"
    r"melting point|speed|density|age|date|year|difference|number|definition|meaning|name|names|rules?|theorem|law|"
    r"lifespan|elevation|gdp|flag|anthem|list|examples?|types?|kinds?|parts?|stages?|steps|symptoms|pros and cons|"
    r"advantages|disadvantages|summary|overview|explanation|chemical formula|atomic number|members)\b (?:of|"
    r"for|between|in|"
    r"from|and)\b",
    re.I,
)
ENGLISH = re.compile(r"\b(?:the|an?|of|in|to|for|and|with|on|at|from|by|that|is|are|as|it|this|these|your?)\b", re.I)
"""Words by which a sentence is known to be English; of others nothing is said."""
QUESTION = re.compile(
    r"^(?:in|at|on|according to|during|after|before) [^,.:?]{1,80},? (?:who|whom|what|when|where|which|how)\b|"
    r"^(?:(?:in|at|on|by|from|of|to|for|since) )?(?:who|whose|whom|what|when|where|why|which|how|is|are|was|"
    r"were|do|does|did|"
    r"has|have|had|can|could|will|would|should|must|might|may|isn't|aren't|doesn't|who's|what's|where's|when's|"
    r"how's|whats)\b",
    re.I,
)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=\S)")
CLAUSE = re.compile(
    r"(?:,|;| -|—| and| but)\s+(?=(?:who|what|when|where|why|which|how|can|could|is|are|do|does|should)\b)", re.I
)
