"""Which channels there are. A new platform is one more folder beside this file and one line here."""

from __future__ import annotations

from common.settings import Settings
from gateway.channels.base import Channel
from gateway.channels.messenger.channel import MessengerChannel
from gateway.channels.platform import Platform
from gateway.channels.web.channel import WebChannel
from gateway.channels.zalo.channel import ZaloChannel

PLATFORMS: tuple[type[Platform], ...] = (ZaloChannel, MessengerChannel)


def channels(config: Settings) -> list[Channel]:
    """The page's channel, and those of the platforms that the settings configure."""
    return [WebChannel(), *(one() for one in PLATFORMS if one.configured(config))]
