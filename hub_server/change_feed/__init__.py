"""Owns the change feed: what the hub pushes to its terminals, in order."""

from hub_server.change_feed.announce_keys import announce_keys
from hub_server.change_feed.jump_feed import jump_feed
from hub_server.change_feed.look import FeedCursor, feed_start
from hub_server.change_feed.publish import FEED_SUBJECT, feed_handler
from hub_server.change_feed.streams import FeedStreams

__all__ = [
    "FEED_SUBJECT",
    "FeedCursor",
    "FeedStreams",
    "announce_keys",
    "feed_handler",
    "feed_start",
    "jump_feed",
]
