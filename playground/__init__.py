"""A local stand-in for a Slack workspace: Web API, Socket Mode, signed HTTP events, and a page to click in.

It is Slack, not Footnote: it imports nothing of the other packages, and any Slack app runs against it unmodified
when `SLACK_API_URL` and the tokens of its environment point here. `server.Playground` is the door.
"""
