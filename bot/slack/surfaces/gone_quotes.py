"""A quiet banner over a digest that quotes a document which was removed since."""

from __future__ import annotations

import structlog

from bot.slack.blocks import Block, Part, plain_text
from bot.slack.channels import Channels
from bot.slack.language import DEFAULT, strings_of
from bot.slack.posting import Slack, TokenLost, Undeliverable
from bot.slack.postings import Posting, Postings

AT_ONCE = 20
"""Messages changed in one sweep, far below what Slack allows."""
BANNER = "footnote-gone"
"""The id of the banner's block: by it a message shows whether it has one already."""

_log = structlog.get_logger("footnote.slack")


class GoneQuotes:
    def __init__(self, postings: Postings, channels: Channels, slack: Slack) -> None:
        self._postings = postings
        self._channels = channels
        self._slack = slack

    def watch(self) -> int:
        """Put banners over digests that need one; returns how many that were. Raises TokenLost."""
        return sum(self._put(posting) for posting in self._postings.orphaned(AT_ONCE))

    def _put(self, posting: Posting) -> bool:
        """The message stays as it was posted, which only Slack knows: we keep no copy of what it quotes."""
        try:
            done = self._with_banner(posting)
        except TokenLost:
            raise
        except Undeliverable as error:  # deleted, or in a channel that is archived: nothing is owed
            _log.warning("banner_not_shown", channel=posting.channel, ts=posting.message_ts, error=str(error))
            done = False
        self._postings.has_banner(posting.id)
        return done

    def _with_banner(self, posting: Posting) -> bool:
        message = self._slack.message(posting.channel, posting.message_ts)
        blocks: list[Block] = list((message or {}).get("blocks") or [])
        if message is None or any(block.get("block_id") == BANNER for block in blocks):
            return False
        language = self._channels.of(posting.team, posting.channel).language or DEFAULT
        sentence = strings_of(language)("banner.quotes_gone")
        banner: Block = {"type": "context", "block_id": BANNER, "elements": [plain_text(f"⚠️ {sentence}")]}
        part = Part(f"{sentence}\n{message.get('text', '')}", (banner, *blocks))
        self._slack.update(posting.channel, posting.message_ts, part)
        return True
