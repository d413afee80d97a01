"""Files that citizens have sent."""

from __future__ import annotations

from pydantic import BaseModel


class FileView(BaseModel):
    """What the outside may know of a stored file; `warning` is said to its citizen, if there is one."""

    file_id: str
    name: str
    content_type: str
    size: int
    warning: str = ""
