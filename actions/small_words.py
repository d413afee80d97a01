"""Words of a message that name no matter; all folded."""

from __future__ import annotations

# Talk around what is meant.
TALK = {
    *("a", "can", "cho", "co", "con", "da", "duoc", "hay", "hoac", "hoi", "khong", "lam", "ma"),
    *("moi", "muon", "nao", "neu", "nhe", "nhi", "nhu", "o", "phai", "roi", "sao", "the", "thi"),
    *("thoi", "vang", "vay"),
}
# What can be asked of any procedure: its papers, fee, time and place.
ASPECTS = {
    *("bao", "dau", "gi", "giay", "het", "lau", "le", "mat", "may", "ngay", "nhieu", "nop", "phi"),
    *("tien", "to"),
}
# Whom it is about.
PEOPLE = {
    *("anh", "ba", "bac", "be", "bo", "cau", "cha", "chau", "chi", "chong", "chu", "cu", "cua"),
    *("di", "dua", "em", "gai", "me", "minh", "ngoai", "nguoi", "nha", "no", "noi", "ong", "toi"),
    *("trai", "tre", "vo"),
}
