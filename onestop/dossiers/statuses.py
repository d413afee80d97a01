"""The ten national dossier statuses and the steps between them.

Numbers and names are the national portal's (field TrangThaiHoSo of its synchronisation service). The
portal publishes no table of allowed steps; the one here follows the one-stop procedure of Nghị định
61/2018/NĐ-CP (receive, handle, ask for supplements or money, finish, hand over) and refuses the rest.
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """A dossier's status; the value is the national number."""

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT_REQUESTED = 5
    PAYMENT_REQUESTED = 6
    WITHDRAWAL_REQUESTED = 7
    STOPPED = 8
    DONE = 9
    HANDED_OVER = 10

    @property
    def label(self) -> str:
        """The national name."""
        return _LABELS[self]

    @property
    def next(self) -> frozenset[Status]:
        """The statuses that may follow."""
        return _NEXT[self]

    @property
    def decision(self) -> bool:
        """Whether the citizen must be told of it, wanting notices or not (`data/texts/notices.yml`)."""
        return self in _DECISIONS

    @property
    def final(self) -> bool:
        """Whether nothing may follow."""
        return not _NEXT[self]


_LABELS = {
    Status.REGISTERED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT_REQUESTED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWAL_REQUESTED: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.DONE: "Đã xử lý xong",
    Status.HANDED_OVER: "Đã trả kết quả",
}

_DECISIONS = {
    *(Status.RECEIVED, Status.REFUSED, Status.PAYMENT_REQUESTED, Status.STOPPED, Status.DONE),
}

_ASIDE = {Status.SUPPLEMENT_REQUESTED, Status.PAYMENT_REQUESTED, Status.WITHDRAWAL_REQUESTED}
_NEXT = {
    Status.REGISTERED: frozenset(
        {Status.RECEIVED, Status.REFUSED, Status.SUPPLEMENT_REQUESTED, Status.WITHDRAWAL_REQUESTED}
    ),
    Status.RECEIVED: frozenset({Status.PROCESSING, Status.STOPPED, *_ASIDE}),
    Status.REFUSED: frozenset[Status](),
    Status.PROCESSING: frozenset({Status.DONE, Status.STOPPED, *_ASIDE}),
    # Back to where it was: before it was taken in, or while it was being handled.
    Status.SUPPLEMENT_REQUESTED: frozenset(
        {
            Status.REGISTERED,
            Status.RECEIVED,
            Status.REFUSED,
            Status.PROCESSING,
            Status.WITHDRAWAL_REQUESTED,
            Status.STOPPED,
        }
    ),
    Status.PAYMENT_REQUESTED: frozenset(
        {Status.PROCESSING, Status.DONE, Status.WITHDRAWAL_REQUESTED, Status.STOPPED}
    ),
    # An officer grants the request (stopped) or finds that work goes on.
    Status.WITHDRAWAL_REQUESTED: frozenset({Status.STOPPED, Status.PROCESSING}),
    Status.STOPPED: frozenset[Status](),
    Status.DONE: frozenset({Status.HANDED_OVER}),
    Status.HANDED_OVER: frozenset[Status](),
}
