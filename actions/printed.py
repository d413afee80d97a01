"""What is said of the printed form of a draft or dossier: a link for each format."""

from __future__ import annotations

from actions.onestop_client import OnestopRefusal
from actions.turn import Events, Turn
from onestop.schemas import DocumentLinks


def show(turn: Turn, links: DocumentLinks) -> None:
    """A link a format, each in a message of its own: what every channel can show."""
    formats = [("Tờ khai PDF, để in", links.pdf)] if links.pdf is not None else []
    formats.append(("Tờ khai Word, sửa được", links.docx))
    for number, (title, url) in enumerate(formats):
        card = {"type": "link", "title": title, "url": url, "file": True}
        turn.show("document", links=links, title=title, first=number == 0, card=card)


async def show_blank(turn: Turn, procedure: str) -> None:
    """The procedure's official form to write on by hand, where there is one."""
    try:
        links = await turn.service.blank_form(turn.owner, procedure)
    except OnestopRefusal as refusal:
        if refusal.code != "no_form":
            raise
        return
    formats = [("Mẫu PDF, để in", links.pdf)] if links.pdf is not None else []
    formats.append(("Mẫu Word", links.docx))
    for number, (title, url) in enumerate(formats):
        card = {"type": "link", "title": title, "url": url, "file": True}
        turn.show("document_blank", links=links, title=title, first=number == 0, card=card)


async def tell(turn: Turn, code: str, factor: str) -> Events:
    """Give the links to who knows the second factor (the status loop has asked for both).

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    show(turn, await turn.service.documents(turn.owner, code=code, factor=factor))
    return []
