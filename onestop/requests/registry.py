"""The kinds of requests by name."""

from __future__ import annotations

from onestop.bookings.request import BookingRequest, CancellationRequest
from onestop.post.request import PostKind
from onestop.privacy.request import ErasureRequest
from onestop.requests.kind import Kind
from onestop.units.request import UnitRequest

KINDS: dict[str, Kind] = {
    one.name: one
    for one in (
        UnitRequest(),
        BookingRequest(),
        CancellationRequest(),
        PostKind(),
        ErasureRequest(),
    )
}
