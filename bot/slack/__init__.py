"""The Slack app: a question asked in Slack ends in exactly one visible final message, whatever dies in between.

The road of a question: `door.py` (what came in, is it for us, keep it, then acknowledge) → `intake.py` (the durable row) →
`durable.py` (runs the work to its end across kills) → `work.py` (answer, post, record) → `render.py` (answer to blocks) →
`replies.py` and `posting.py` (one visible message).

Beside it: `admin.py` (/footnote), `desk.py` (buttons and modals), `audience.py` (who will see the answer, so what it may draw
on), `conversations.py` (turns, answers given, feedback), `signed.py` and `socket.py` (the two entrances).
Async at the door, plain synchronous code everywhere else.
"""
