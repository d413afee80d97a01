"""Notices: what citizens are told without having asked, once, where they chat.

A notice is kept in the transaction that causes it (`tell`, with a key where a job may come twice). The
gateway claims it, puts it into the citizen's chat and says how that went (`delivery`); a claim holds until
its lease ends. Who wants no notices gets only those that must be told. Texts and what is said when:
`data/texts/notices.yml`.
"""

from onestop.notices.telling import mute, tell, unmute, waiting

__all__ = ["mute", "tell", "unmute", "waiting"]
