"""The Slack app: a question asked in Slack ends in exactly one visible final message, whatever dies in between.

The road of a question: `door.py` (what came in, is it for us, keep it, then acknowledge) → `intake.py` (the durable row) →
`durable.py` (runs the work to its end across kills) → `work.py` (which handler; whatever fails, the person is told) →
`surfaces/questions.py` (answer, post, record) → `showing.py` and `streaming.py` (what is seen on the way) →
`render.py` (answer to blocks) → `replies.py` and `posting.py` (one visible message).

`surface.py` lists everything Slack can call us with and who may; `surfaces/` has a file for each thing people can do;
`furnishing.py` puts them together, `app.py` starts, serves and stops.
Beside them: `audience.py` (who will see the answer, so what it may draw on), `conversations.py`
(turns, answers given, feedback), `language.py` and `strings/` (what we say), `signed.py` and `socket.py` (the entrances).
Async at the door, plain synchronous code everywhere else.
"""
