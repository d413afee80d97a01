"""A scripted Rasa for browser tests: one short dialogue that shows every kind of message."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]

NEXT = [
    {"title": "Cần giấy tờ gì?", "payload": "/ask_papers"},
    {"title": "Lệ phí", "payload": "/ask_fee"},
    {"title": "Nộp hồ sơ", "payload": '/start_dossier{"procedure": "1.004194"}'},
]

LINES = [
    {"number": 1, "label": "Họ và tên", "value": "Nguyễn Văn An"},
    {"number": 2, "label": "Số định danh cá nhân", "value": "035090000123"},
    {
        "number": 3,
        "label": "Nơi tạm trú",
        "value": "Số 5, đường Lê Hoàn, phường Phủ Lý, tỉnh Ninh Bình",
    },
]

RECEIPT = {
    "type": "receipt",
    "code": "H25.7-20261124-000123",
    "procedure": "Đăng ký tạm trú",
    "received_at": "09:15 24/11/2026",
    "due_at": "27/11/2026",
    "fee": "7.000 đồng",
    "pay": "at_counter",
    "collect_at": "Bộ phận Một cửa Công an phường",
}

STATUS = {
    "type": "status",
    "code": "H25.7-20261124-000123",
    "procedure": "Đăng ký tạm trú",
    "status": 4,
    "status_name": "Đang xử lý",
    "due_at": "27/11/2026",
    "history": [
        {"at": "09:15 24/11/2026", "status_name": "Mới đăng ký", "note": ""},
        {"at": "14:02 24/11/2026", "status_name": "Đã tiếp nhận", "note": "Hồ sơ đủ giấy tờ."},
        {"at": "08:30 25/11/2026", "status_name": "Đang xử lý", "note": ""},
    ],
}

LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]
RATING = {
    "type": "rating",
    "code": "H25.7-20261124-000123",
    "chosen": None,
    "levels": [
        {
            "stars": stars,
            "name": name,
            "title": f"{stars} sao – {name}",
            "payload": f'/rate{{"value": "{stars}"}}',
        }
        for stars, name in zip(range(5, 0, -1), LEVELS, strict=True)
    ],
}


async def answer(inbound: Message) -> list[Message]:
    """What the assistant says to one message."""
    text = inbound["text"]
    if text.startswith("/ask_procedure") or "tạm trú" in text:
        about = (
            "Đăng ký tạm trú (mã 1.004194): khi anh/chị đến ở nơi khác từ 30 ngày trở lên.\n"
            "Thời gian: 3 ngày làm việc. Nộp trực tuyến hoặc tại công an xã, phường."
        )
        return [{"text": about, "buttons": NEXT}]
    if text.startswith("/ask_papers"):
        papers = "Anh/chị chuẩn bị:\n1. Tờ khai CT01.\n2. Giấy tờ chứng minh chỗ ở hợp pháp."
        return [{"text": papers, "buttons": NEXT}]
    if text.startswith("/start_dossier"):
        card = {
            "type": "upload",
            "field": "home",
            "label": "Giấy tờ về chỗ ở",
            "accept": ["image/png"],
        }
        return [
            {
                "text": "Anh/chị gửi giúp em ảnh giấy tờ chứng minh chỗ ở hợp pháp ạ.",
                "custom": card,
                "buttons": [{"title": "Nộp bản giấy sau", "payload": "/skip_field"}],
            }
        ]
    if text == "/upload":
        name = inbound["attachments"][0]["name"]
        listed = "\n".join(f"{one['number']}. {one['label']}: {one['value']}" for one in LINES)
        return [
            {"text": f"Em đã nhận tệp {name}."},
            {
                "text": f"Anh/chị xem lại giúp em:\n{listed}\nAnh/chị đồng ý gửi hồ sơ chứ ạ?",
                "custom": {"type": "summary", "title": "Đăng ký tạm trú", "lines": LINES},
                "buttons": [
                    {"title": "Đồng ý và gửi", "payload": "/submit_dossier"},
                    {"title": "Để sau", "payload": "/pause_dossier"},
                ],
            },
        ]
    if text == "/submit_dossier":
        said = f"Dạ, em đã gửi hồ sơ của anh/chị rồi ạ.\nMã hồ sơ: {RECEIPT['code']}\nAnh/chị giữ mã hồ sơ."
        check = {"title": "Hồ sơ đến đâu rồi", "payload": "/check_status"}
        return [{"text": said, "custom": RECEIPT, "buttons": [check]}]
    if text == "/check_status":
        return [{"text": f"Hồ sơ {STATUS['code']}: {STATUS['status_name']}.", "custom": STATUS}]
    if "đánh giá" in text:
        buttons = [{"title": one["title"], "payload": one["payload"]} for one in RATING["levels"]]
        return [{"text": "Anh/chị chấm mấy sao ạ?", "custom": RATING, "buttons": buttons}]
    if "tờ khai" in text:
        card = {
            "type": "link",
            "title": "Tờ khai (Word)",
            "url": f"/documents/{'t' * 64}",
            "file": True,
        }
        return [{"text": "Anh/chị tải tờ khai ở đây.", "custom": card}]
    if "chậm" in text:
        return [{"text": "Em trả lời hơi chậm ạ."}]
    return [
        {
            "text": f"Anh/chị vừa nhắn: {text}\nXem thêm tại https://dichvucong.gov.vn/p/home.",
            "buttons": NEXT,
        }
    ]
