"""Words for being somewhere only for a while."""

from __future__ import annotations

import re

_VISIT = re.compile(
    r"\b(?:visit(?:s|ed|ing)?|trips? (?:to|in|around|through|across|next|this)|(?:business|work|road|day|"
    r"weekend|family|city|ski) trips?|"
    r"on (?:vacation|holidays?|a trip|a business trip|my honeymoon|tour)|vacation(?:ing|s)? (?:in|to|at)|"
    r"holiday(?:ing|s)? (?:in|to|at)|"
    r"honeymoon|staying (?:at|with|in (?:a|an|the) (?:hotel|hostel|airbnb|resort|b&b|villa))|"
    r"staying in .{1,40}?\b(?:for (?:a|the|\d+|two|three|four|five|few)|until|till|tonight|this week)|"
    r"passing through|layover|stop-?over|"
    r"(?:travel(?:l)?(?:ing|ed)?|fly(?:ing)?|flew|driving|heading|off|going|headed) to .{1,40}?\b(?:for (?:a|"
    r"an|the|my|\d+|two|three|work|business)|next|this|on (?:mon|tue|wed|thu|fri|sat|sun)|tomorrow|in \w+ for)|"
    r"travel(?:l)?(?:ing|ed)? (?:to|in|through|around)|in town (?:for|until|this|on)|for a (?:conference|"
    r"wedding|week(?:end)?|few days|couple of days)|"
    r"(?:weekend|week|few days|getaway|conference|vacation) (?:in|at)|sightseeing|backpacking|touring|cruise|"
    r"itinerary)\b"
    r"|出差|旅游|旅行|度假|游玩|转机|中转|路过|观光|自由行|蜜月|出游|探亲|玩[几一两三\d]+天|[去来到].{1,8}玩|"
    r"逛逛|短住|住酒店|[待呆][几一两三四五\d]+[天晚周]|落地过夜",
    re.I,
)


def is_visit(clause: str) -> bool:
    """Whether the clause speaks of a visit, a trip or a stay, so that its place is not where somebody lives."""
    return _VISIT.search(clause) is not None
