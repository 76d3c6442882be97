"""Forms of one doing that share no stem: irregular tenses, the noun of a verb, and words that say the same thing done."""

from __future__ import annotations

from functools import cache

from bot.kindred import kindred
from vectorstore.words import stems

_FORMS = """
buy bought; sell sold sale; bring brought; begin began begun; break broke broken; build built; catch caught; choose
chose chosen choice; come came; cut; deal dealt; do did done; draw drew drawn; drive drove driven; eat ate eaten;
fall fell fallen; feel felt; fight fought; find found; fly flew flown flight; forget forgot forgotten; freeze froze
frozen; get got gotten; give gave given gift; go went gone; grow grew grown growth; hear heard; hide hid hidden;
hold held; keep kept; know knew known knowledge; lead led; leave left; lend lent loan; lose lost loss; make made;
mean meant; meet met meeting; pay paid payment; prove proven proof; ride rode ridden; ring rang; rise rose risen;
run ran; see saw seen sight; seek sought; send sent; shake shook; shoot shot; show shown; shrink shrank shrunk; sing
sang sung song; sink sank sunk; sit sat; sleep slept; speak spoke spoken speech; spend spent; stand stood; steal
stole stolen theft; strike struck; swear swore sworn; swim swam; take took taken; teach taught; tell told; think
thought; throw threw thrown; understand understood; wear wore worn; win won; withdraw withdrew withdrawn withdrawal;
write wrote written; die died dead death; decide decided decision; extend extension; expand expansion; deny denial;
close closure; open opening; destroy destruction; succeed success; believe belief; bear born birth; conclude
conclusion; describe description; reveal revelation; suspend suspension; permit permission; admit admission; invade
invasion; divide division; persuade persuasion; collide collision; explode explosion; arise arose arisen; become
became; bind bound; bite bit bitten; bleed bled; blow blew blown; breed bred; feed fed; forbid forbade forbidden;
forgive forgave forgiven; hang hung; lay laid; lie lay lain; light lit; overtake overtook overtaken; rebuild
rebuilt; retake retook; undertake undertook undertaken; uphold upheld; weave wove woven; wind wound; split; spread;
shut; set; put; hit; hurt; bid; bet; quit; cost; analyse analyze analysis; apologise apologize apology
"""

_SAYING_THE_SAME = """
buy purchase acquire acquisition; acquire take over takeover; sell dispose divest; lead head run chair direct;
appoint name nominate install; injure wound hurt; arrest detain; approve pass adopt endorse ratify back; reject
dismiss refuse turn decline; deny reject dismiss dispute contradict; say state tell add note remark explain declare
announce; announce reveal disclose unveil publish; postpone delay defer; cancel scrap abandon drop call; found
establish set start create launch; build construct erect; rise climb increase grow gain jump; fall drop decline
decrease sink slip; lower cut reduce decrease; raise increase; employ hire work staff employee; dismiss fire
sack lay; resign quit leave depart step; begin start open launch commence; end finish close conclude stop cease
expire; live reside dwell; write author pen compose; die kill perish; win defeat beat victory; lose defeat; move
relocate transfer shift; show demonstrate indicate find suggest; find discover detect identify; ask request demand
urge call; agree accept consent; allow permit let enable; ban forbid prohibit bar outlaw; cause lead trigger result
provoke bring; help assist support aid; hold stage host organise take; make produce manufacture build create; give
donate grant award hand provide present; get receive obtain win; own have hold possess belong; include contain
comprise consist; carry transport bring take; damage hurt harm destroy; close shut shutter; open inaugurate launch;
meet gather convene; talk discuss negotiate speak debate hold; plan intend want aim propose; want seek hope wish;
expect forecast predict anticipate; criticise criticize attack condemn blame slam denounce; praise welcome hail
commend; warn caution alert; promise pledge vow commit; pay spend cost fund finance; borrow loan; sign conclude
agree; visit tour travel go; marry wed; choose select pick elect; use employ apply; need require; try attempt seek;
keep retain maintain stay remain; change alter amend revise modify; replace substitute succeed; check inspect
examine review investigate; repair fix restore renovate refurbish; stop halt suspend cease; continue go proceed;
join enter; arrive reach come; collapse fall fail; attend go join; serve work act; teach instruct; design draw plan
devise; convict find sentence; sue file; release publish issue free; test try check; deliver supply ship hand;
connect link join; call name describe know; measure weigh; stand measure rise; last take
"""


def _families(groups: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in groups.replace("\n", " ").split(";"):
        members = set(stems(group))
        for member in members:
            found.setdefault(member, set()).update(members)
    return {stem: frozenset(members) for stem, members in found.items()}


@cache
def forms(stem: str) -> frozenset[str]:
    """The stems of the same word in other tenses or as a noun, itself included."""
    return _forms().get(stem, frozenset()) | {stem}


@cache
def is_irregular_past(stem: str) -> bool:
    """Whether it is "bought" or "written"; not "cut", which is also the present."""
    return any(stem in group.split()[1:] for group in _FORMS.replace("\n", " ").split(";"))


@cache
def may_say(stem: str) -> frozenset[str]:
    """The stems that can say what the doing `stem` says, its own forms included."""
    found = set(forms(stem)) | kindred(stem)
    for form in forms(stem):
        for other in _sayings().get(form, frozenset()):
            found |= forms(other)
    return frozenset(found)


@cache
def _forms() -> dict[str, frozenset[str]]:
    return _families(_FORMS)


@cache
def _sayings() -> dict[str, frozenset[str]]:
    return _families(_SAYING_THE_SAME)
