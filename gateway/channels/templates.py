"""Template messages: texts that a platform has approved, for notices when the chat may not be written to.

Which notice goes by which template, and what fills its parameters, is data: the settings
`MOTCUA_ZALO_TEMPLATES` and `MOTCUA_MESSENGER_TEMPLATES`, JSON objects by the notice's name
(`data/texts/notices.yml`):

    {"decision": {"id": "512345", "parameters": {"ma_ho_so": "code", "trang_thai": "status_name"}}}

A parameter takes the notice's variable that it names.
"""

from __future__ import annotations

from common.settings import MessageTemplate


def fill(
    templates: dict[str, MessageTemplate], notice: dict[str, object]
) -> tuple[str, dict[str, str]] | None:
    """The template's id and its parameters for a notice; `None` if it has none or lacks a variable.

    Args:
        templates: by the name of the notice.
        notice: {"template", "about", …}, see `gateway.models.Message`.
    """
    template = templates.get(str(notice.get("template")))
    about = notice.get("about")
    if template is None or not isinstance(about, dict):
        return None
    values = {name: str(about.get(part, "")) for name, part in template.parameters.items()}
    return (template.id, values) if all(values.values()) else None
