"""Where procedures come from, the strongest source first."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """A source of procedures. Of several that know a code, the one named first here is believed.

    What staff have changed here, with a second person's approval, comes first; then the shipped
    catalogue, edited by hand for citizens. Then the newest crawl of the national portal, a second
    crawl with damaged tables, and a ministry's files half a year older than both.
    """

    STAFF = "staff"
    SHIPPED = "shipped"
    PORTAL = "portal_2026"
    PORTAL_CRAWL = "portal_crawl_2026"
    DEFENCE = "defence_ministry_2026"

    def outranks(self, other: Source) -> bool:
        """Whether this source is believed before `other`."""
        order = list(Source)
        return order.index(self) < order.index(other)
