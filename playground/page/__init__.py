"""The page: a small Slack client in the browser, rendered here and kept fresh by a little script."""
