"""A team's own questions: asked, judged, compared with the last time, and the judge of every new model.

`questions.py` (the file) → `trial.py` (ask and judge) → `figures.py` → `record.py` (kept, compared) → `page.py` (the failures to
look at); `promotion.py` lets a new model in only when the questions do not get worse; `collected.py` makes questions of votes.
"""
