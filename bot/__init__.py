"""A question becomes an answer in which every sentence is proven, or an honest "not in the documents".

The road is `answer.py`: understand, search, enough?, compose, verify, cite. The Slack app stands at the edge in `slack/`.
"""
