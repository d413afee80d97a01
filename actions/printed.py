"""What is said of the printed form of a draft or dossier: a link for each format."""

from __future__ import annotations

from actions.onestop_client import OnestopRefusal
from actions.turn import Events, Turn
from onestop.schemas import DocumentLinks


def show(turn: Turn, links: DocumentLinks) -> None:
    """A link a format, each in a message of its own: what every channel can show."""
    _show(turn, links, "document", pdf="Tờ khai PDF, để in", docx="Tờ khai Word, sửa được")


def _show(turn: Turn, links: DocumentLinks, template: str, *, pdf: str, docx: str) -> None:
    formats = [(pdf, links.pdf)] if links.pdf is not None else []
    formats.append((docx, links.docx))
    for number, (title, url) in enumerate(formats):
        card = {"type": "link", "title": title, "url": url, "file": True}
        turn.show(template, links=links, title=title, first=number == 0, card=card)


async def show_blank(turn: Turn, procedure: str) -> None:
    """The procedure's official form to write on by hand, where there is one."""
    try:
        links = await turn.service.blank_form(turn.owner, procedure)
    except OnestopRefusal as refusal:
        if refusal.code != "no_form":
            raise
        return
    _show(turn, links, "document_blank", pdf="Mẫu PDF, để in", docx="Mẫu Word")


async def tell(turn: Turn, code: str, factor: str) -> Events:
    """Give the links to who knows the second factor (the status loop has asked for both).

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    show(turn, await turn.service.documents(turn.owner, code=code, factor=factor))
    return []
