"""Kinds of mistakes of writers and models that the gate must hold back, and ways to say the same that it must let through."""

from __future__ import annotations

import pytest

from bot.gate import check
from bot.relevance import Embed
from vectorstore.values import Version


def shown(sentence: str, quote: str, embed: Embed) -> bool:
    version = Version("v", "d", f"News from the coast.\n\n{quote}\n\nThe weather was mild.", "News")
    return check(sentence, quote, version, embed=embed).supported


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The council approved the plan.", "On Tuesday the council voted to approve the plan for the harbour."),
        ("The council adopted the budget.", "The budget was passed by the council on Monday."),
        ("Nine people were hurt.", "Nine people were injured when the stand collapsed."),
        ("Orrin bought the shipyard in 2019.", "The shipyard was acquired by Orrin in 2019."),
        ("The company employs 420 people.", "The company has a staff of 420 people."),
        ("Sales climbed by 12 percent.", "Sales rose 12% in the first quarter."),
        ("The ferry was late by nine months.", "The ferry was delivered nine months late."),
        ("Mette Lund heads the agency.", "The agency, led by Mette Lund, was founded in 2001."),
        ("Mette Lund is the head of the agency.", "Mette Lund heads the agency."),
        ("The trial was postponed.", "The judge delayed the trial until May."),
        ("The museum opened in 1974.", "The museum was inaugurated in 1974 by the king."),
        ("The firm plans to close the plant in Skarv.", "The firm wants to close its plant in Skarv next year."),
        ("The firm may close the plant.", "The firm might close its plant in Skarv."),
        ("Anna Holm died in 1992.", "Anna Holm's death in 1992 shocked the town."),
        ("The bridge is 210 metres long.", "The 210-metre bridge was closed."),
        ("It took three years to build.", "Building it took 3 years."),
        ("Most members oppose the fee.", "All members oppose the fee."),
        ("The ship carries more than 400 passengers.", "The ship carries over 400 passengers."),
        ("Brask was bought by Lindholm.", "Lindholm bought Brask in May."),
        ("Prices grew faster than wages.", "Prices rose faster than wages."),
        ("The minister resigned.", "The minister stepped down and left office on Friday."),
        ("The police arrested two men.", "Two men were detained by the police."),
        ("The union rejected the offer.", "The union turned down the offer."),
        ("The bank will cut 300 jobs.", "The bank said it would cut 300 jobs."),
        ("The mayor said the pool will close.", "“The pool will close,” said the mayor."),
        ("The company opened a shop in Ulv.", "The company, which does not sell cars, opened a shop in Ulv."),
        ("The river flooded the cellar of the school.", "The cellar of the school was flooded by the river."),
        ("The school has 300 pupils.", "The school teaches 300 pupils."),
        ("Lund lives in Skarv.", "Lund resides in Skarv with her two sons."),
        ("The report criticises the agency.", "The agency was criticised in the report."),
        ("The road was closed for two weeks.", "The road's closure lasted two weeks."),
    ],
)  # fmt: skip
def test_the_same_in_other_words_passes(sentence: str, quote: str, embed: Embed) -> None:
    assert shown(sentence, quote, embed)


@pytest.mark.parametrize(
    ("kind", "sentence", "quote"),
    [
        ("another doing", "The council approved the plan.", "The council rejected the plan."),
        ("another doing", "The council approved the plan.", "The council discussed the plan on Tuesday."),
        ("another doing", "Orrin bought the shipyard.", "Orrin visited the shipyard in May."),
        ("another doing", "The minister resigned.", "The minister was criticised on Friday."),
        ("another doing", "The firm sold its plant in Skarv.", "The firm expanded its plant in Skarv."),
        ("another doing", "Two men were convicted.", "Two men were charged with theft."),
        ("another doing", "Lund founded the agency.", "Lund joined the agency in 2001."),
        ("another doing", "The union accepted the offer.", "The union considered the offer."),
        ("another doing", "Nine people were killed.", "Nine people were injured when the stand collapsed."),
        ("another doing", "The judge cancelled the trial.", "The judge delayed the trial until May."),
        ("another doing", "Holm wrote the book.", "Holm reviewed the book for a newspaper."),
        ("another doing", "The bank hired 300 people.", "The bank dismissed 300 people."),
        ("the other way round", "Brask Foods bought Lindholm Dairy.", "Lindholm Dairy bought Brask Foods in May."),
        ("the other way round", "Brask sued Lindholm.", "Lindholm sued Brask for 3 million crowns."),
        ("the other way round", "Skarv is larger than Ulv.", "Ulv is larger than Skarv."),
        ("the other way round", "Brask was bought by Lindholm.", "Lindholm was bought by Brask."),
        ("the other way round", "Ada Brink taught Per Holt.", "Per Holt taught Ada Brink."),
        ("the other way round", "Ada Brink taught Per Holt.", "Ada Brink was taught by Per Holt."),
        ("the other way round", "Brask was bought by Lindholm.", "Brask bought Lindholm in May."),
        ("the other way round", "The teachers criticised the students.", "The students criticised the teachers."),
        ("the other way round", "The bank lent money to the firm.", "The firm lent money to the bank."),
        ("the other way round", "The dog bit the postman.", "The postman bit the dog."),
        ("surer than the source", "The firm closed the plant.", "The firm plans to close the plant."),
        ("surer than the source", "The firm will close the plant.", "The firm may close the plant."),
        ("surer than the source", "The firm closed the plant.", "The firm will close the plant in June."),
        ("surer than the source", "The minister resigned.", "The minister offered to resign."),
        ("surer than the source", "Orrin bought the shipyard.", "Orrin is in talks to buy the shipyard."),
        ("lost negation", "The minister resigned.", "The minister has not resigned."),
        ("lost negation", "The plant is safe.", "The plant is not safe, inspectors said."),
        ("lost negation", "The firm did not pay.", "The firm paid in full."),
        ("lost negation", "The pool will close.", "The mayor denied that the pool will close."),
        ("wrong number or unit", "The bridge is 120 metres long.", "The bridge is 210 metres long."),
        ("wrong number or unit", "It took three months to build.", "It took three years to build."),
        ("wrong number or unit", "The bridge cost 3.5 million dollars.", "The bridge cost 3.5 million crowns."),
        ("wrong number or unit", "Sales rose by 12 percent.", "Sales rose by 12 million crowns."),
        ("wrong number or unit", "More than 400 people came.", "Fewer than 400 people came."),
        ("wrong date", "The museum opened in 1975.", "The museum opened in 1974."),
        ("wrong date", "The museum opened in May.", "The museum opened in March."),
        ("overstated", "All members oppose the fee.", "Some members oppose the fee."),
        ("overstated", "Most members oppose the fee.", "A few members oppose the fee."),
        ("overstated", "The drug always helps.", "The drug sometimes helps."),
        ("misattributed", "Lund said the pool will close.", "“The pool will close,” said Holm."),
        ("misattributed", "According to Lund, the pool will close.", "The pool will close, Holm said."),
        ("comparison", "Prices rose slower than wages.", "Prices rose faster than wages."),
        ("comparison", "Ulv has fewer pupils than Skarv.", "Ulv has more pupils than Skarv."),
        ("lost attribution", "The firm is bankrupt.", "The firm is bankrupt, the Mail reported."),
        ("lost attribution", "The firm stole the design.", "The firm allegedly stole the design."),
        ("wrong name", "The plant in Skarv was closed.", "The plant in Ulv was closed."),
        ("wrong name", "Mette Lund heads the agency.", "Mette Holm heads the agency."),
        ("something else", "The harbour is frozen in winter.", "The harbour was founded by monks."),
        ("something else", "The firm has debts of 3 million crowns.", "The firm has 3 million customers."),
        ("something else", "The drug cures cancer.", "The drug was tested in mice with cancer."),
    ],
)  # fmt: skip
def test_a_mistake_is_held_back(kind: str, sentence: str, quote: str, embed: Embed) -> None:
    assert not shown(sentence, quote, embed), kind
