"""Words that ask for the same thing: a short list of everyday English, for what stemming cannot see."""

from __future__ import annotations

from functools import cache

from vectorstore.words import stems

_GROUPS = """
cost price worth pay paid expense value; buy bought purchase acquire acquired acquisition; sell sold sale; start begin
began launch launched; end finish stop; build built make made construct constructed produce manufacture; car vehicle
automobile auto; company firm business; carmaker automaker; job work employ employment employee worker staff; boss
chief head leader director; die died death dead kill killed; born birth; marry married wedding; author write wrote
written; big large huge; small little; country nation; child children kid; doctor physician; money fund funding
finance; increase rise rose grow grew growth; decrease fall fell drop decline shrink; leave left depart resign quit;
found founded establish established create created; live living reside residence home; ship boat vessel ferry; plane
aircraft; film movie; picture photo image; fast quick; smart intelligent; try attempt; help aid assist; need require
required; get obtain receive; use using utilize; choose chose select selected pick; name call called known; think
believe; send sent; allow permit; ban prohibit forbid; deny denied reject rejected dismiss; win won victory; lose lost
defeat; happen occur occurred; crash accident; fire blaze; pupil student; teacher professor; law legislation act; talk
discuss discussion negotiate negotiation; tell told say said; agree agreement deal contract; plan intend; close shut;
show demonstrate; cause lead led; fix repair; delete remove; error mistake;
decide decided decision; attend attended present; vote voted votes ballot
"""


@cache
def _families() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for group in _GROUPS.replace("\n", " ").split(";"):
        members = frozenset(stems(group))
        for member in members:
            found[member] = found.get(member, frozenset()) | members
    return found


def kindred(stem: str) -> frozenset[str]:
    """The stems that may stand for the stem `stem`, itself left out."""
    return _families().get(stem, frozenset()) - {stem}
