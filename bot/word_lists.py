"""Words of English that say little about the subject of a question, by what they do in it."""

from __future__ import annotations

from vectorstore.words import content_stems


def _stems_of(words: str) -> frozenset[str]:
    return frozenset(stem for word in words.split() for stem in content_stems(word))


LIGHT = _stems_of(
    """
    able actual actually advice advise affect ago allow also although always amount answer anyone anywhere around article
    aside ask available avoid away bad become begin behind believe besides best better big bigger biggest billion bit
    bring bunch call called came cause change come common commonly compare consider contain cool could create currently
    dangerous day deal decide describe develop difference different do document done dozen early easier easiest easy
    effect effective efficient eight else elsewhere end especially even ever every everyone exactly example expand explain
    fact famous favorite feel few find first five follow four general generally get give given go going good got great
    happen happened happening hard hear heard help hey high higher highest hope hour hundred idea important improve include
    including increase information instead interested interesting involve issue keep kg kind km kmh know known largest
    last late later lead learn least less let like list little long look lot low lower lowest made main mainly major make
    many may maybe mean mention mentioned meter might mile million mind minute miss modern month more morning most mph
    much must name natural naturally need never new next nice night nine nobody normal normally notable note number often
    oh ok okay old one ones order other overall own part particular people percent perhaps person place please point
    popular popularity possible probable probably problem provide put question quick quickly quite rather read real really
    reason recent recently recommend related require rest result right safe said same saw say says second see seem seven
    several shall should show similar since situation six small smallest some somebody someone something sometimes
    somewhere soon sort sound specific specifically start stay still stop strong successful such sure take talk tell ten
    thank thanks thing think third thought thousand three time today together too total traditional tried true try two
    type typical under understand unique us use used useful usual usually various very want way week well whether whole
    will wish without wonder word work world worry would wow wrong year yes yet zero
    """
)
"""They carry a question along without saying what it is about."""

RELATIONAL = _stems_of(
    """
    advantage alternative approach argument author award benefit book cause challenge character characteristic component
    cons consequence controversy cost criticism definition degree developments difference disadvantage drawback effect
    evidence example experiment factor feature finding founder future guideline history impact influence ingredient issue
    job kind law limit location meaning mechanism member method movie name negative number option origin outcome outlook
    past policy population positive practice price problem pros purpose reaction reason record relationship requirement
    response result risk role root rule side sign similarity size solution stage step story study symptom team technique
    test theme treatment type version way
    """
)
"""Aspects of something: the symptoms of, the price of. A question that names only these lacks its subject."""

VERBS = _stems_of(
    """
    accept accuse achieve act adapt admit agree aim allow alter announce appear apply approve argue arrive attack attempt
    attract ban beat boil boost borrow break breathe build burn buy calculate came carry catch celebrate charge check
    choose claim close collect combine complain confirm connect continue contribute convert cook cost criticise criticize
    cure cut damage decline defeat defend deny depend derive destroy detect determine die discover divorce drink drive
    drop earn eat elect eliminate emerge enable encourage end enforce enjoy enter escape establish evolve exist expect
    expire face fail fall fight fire fix fly focus force form found function gain go govern grow handle hate heal hire hit
    hold host hurt ignore implement improve increase inspire install invent invest join jump kill lack land last launch
    leave lend live lose love maintain marry measure meet merge move notice obtain occur offer open operate originate
    outweigh own participate pass pay perform persuade pick plan play prefer prepare prevent produce promise protect prove
    publish purchase pursue raise reach react receive recover reduce refuse regain reject relate release rely remember
    remove repair replace report represent resign respond retire return reveal rise rule run save score sell send separate
    serve settle shake share shoot shut sing sleep solve speak spend split spoil spread stand steal stem sue suffer
    suggest supply support survive swim switch teach threaten throw train transport travel treat trigger turn update urge
    vary visit vote wait walk want warn wash wear weigh win withdraw won write written wrote
    """
)
"""Doings. They end a phrase: what is sold or denied is what a question is about."""
