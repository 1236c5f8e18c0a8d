"""Words that carry no content of their own, in English and Chinese."""

from __future__ import annotations

_WORDS = """
    a an the this that these those and or but nor so if then than as of at by for with about into onto to from in on
    off over up out down upon per via i me my mine myself we us our ours ourselves you your yours yourself he him
    his himself she her hers herself it its itself they them their theirs themselves i'm im i've ive i'd i'll we're
    we've we'd we'll you're you've he's she's it's that's there's here's what's who's let's they're they've am is
    are was were be been being do does did doing done have has had having will would shall should can could may
    might must just very really quite too also such some any all each every both few more most much many other own
    same only again once here there when where why how what which who whom whose because while until during before
    after above below between through under ah oh um uh ok okay well like s t d ll ve re m o 的 了 着 过 是 在 有 和
    与 跟 也 都 就 还 很 太 更 最 我 你 您 他 她 它 们 这 那 哪 个 些 吗 呢 吧 啊 呀 哦 嗯 么 把 被 让 给 对 从 到
    向 以 及 或 而 但 所 于 之 其 又 再 才 会 能 要 可
"""
STOP_WORDS = frozenset(_WORDS.split())
"""Not in it: "not", "no", "yes", "never", which turn a statement round or answer a question."""
