"""Working days and due dates of 2021–2027, checked by hand against the announcements; no program made them.

Sources, each for its year: Thông báo 4875/TB-LĐTBXH (2021), 119/TB-LĐTBXH (2022), 5034/TB-LĐTBXH (2023),
5015/TB-LĐTBXH and Công văn 2450/VPCP-KGVX (2024), 6150/TB-BLĐTBXH (2025), 9441/TB-BNV and Công văn
12729/VPCP-KGVX (2026); 24 November since 2026: Nghị quyết 28/2026/QH16. 2027 was not announced when
this was written: its days of Tết and the second day of 2 September follow 2021, which fell alike.
"""

from __future__ import annotations

# Year → Mondays to Fridays off, and Saturdays worked; as "day/month".
DAYS: dict[int, tuple[str, str]] = {
    2021: ("1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9", ""),
    2022: ("3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9", ""),
    2023: ("2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9", ""),
    2024: ("1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", "4/5"),
    2025: ("1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", "26/4"),
    2026: ("1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11", "10/1 22/8"),
    2027: ("1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11", ""),
}

# Received (in Vietnam; without an hour: 10 o'clock), time limit, last day, why.
WORKING_DAYS: list[tuple[str, float, str, str]] = [
    # Plain weeks: the day of receipt is not counted (Bộ luật Dân sự 2015, Điều 147).
    ("2021-06-07", 1, "2021-06-08", "Monday to Tuesday"),
    ("2021-06-11", 1, "2021-06-14", "Friday to Monday"),
    ("2021-06-12", 1, "2021-06-14", "sent on a Saturday: Monday is the first day"),
    ("2021-06-13 23:59", 1, "2021-06-14", "late on a Sunday it is still Sunday"),
    ("2021-06-14 00:01", 1, "2021-06-15", "two minutes later it is Monday, which is not counted"),
    ("2021-06-07", 1.5, "2021-06-09", "a day and a half ends on the second day"),
    ("2024-02-26", 3, "2024-02-29", "the 29th of February is a day like any other"),
    # 2021
    ("2020-12-31", 1, "2021-01-04", "New Year on a Friday"),
    ("2021-02-08", 3, "2021-02-18", "one day before Tết, two after the 16th"),
    ("2021-02-09", 1, "2021-02-17", "Tết from the 29th of the last month to the 5th of the first"),
    ("2021-02-12", 1, "2021-02-17", "sent on New Year's day of the moon"),
    ("2021-04-20", 2, "2021-04-23", "the Hùng kings on Wednesday the 21st between"),
    ("2021-04-28", 3, "2021-05-05", "1 May on a Saturday, so Monday the 3rd is off"),
    ("2021-09-01", 1, "2021-09-06", "2 September and the day after it"),
    ("2021-08-30", 5, "2021-09-08", "two days before, three after the national days"),
    # 2022
    ("2021-12-31", 1, "2022-01-04", "New Year on a Saturday, so Monday the 3rd is off"),
    ("2022-01-26", 3, "2022-02-07", "the third day comes after the week of Tết"),
    ("2022-01-28", 2, "2022-02-08", "nine days without work"),
    ("2022-04-08", 1, "2022-04-12", "the Hùng kings on a Sunday, so Monday is off"),
    ("2022-04-28", 3, "2022-05-05", "30 April and 1 May at a weekend: Monday and Tuesday are off"),
    ("2022-04-29", 1, "2022-05-04", "the same, from the Friday"),
    ("2022-08-29", 4, "2022-09-06", "the day before 2 September this time"),
    ("2022-08-31", 1, "2022-09-05", "the same, from the Wednesday"),
    # 2023
    ("2022-12-30", 1, "2023-01-03", "New Year on a Sunday, so Monday is off"),
    ("2023-01-18", 3, "2023-01-30", "one day before Tết, Friday and Monday after"),
    ("2023-01-19", 1, "2023-01-27", "Tết from 20 to 26 January"),
    ("2023-01-22", 2, "2023-01-30", "sent on New Year's day of the moon, a Sunday"),
    ("2023-04-26", 4, "2023-05-05", "two days before, two after five days without work"),
    ("2023-04-28", 1, "2023-05-04", "Hùng kings, 30 April, 1 May in a row: 2 and 3 May in lieu"),
    ("2023-08-30", 3, "2023-09-06", "1 and 2 September, and Monday the 4th for the Saturday"),
    ("2023-08-31", 1, "2023-09-05", "the same, from the Thursday"),
    # 2024
    ("2023-12-29", 1, "2024-01-02", "New Year on a Monday"),
    ("2024-02-05", 4, "2024-02-16", "two days before, two after Tết"),
    ("2024-02-07", 1, "2024-02-15", "Tết from 8 to 14 February"),
    ("2024-04-17", 1, "2024-04-19", "the Hùng kings on a Thursday"),
    ("2024-04-25", 5, "2024-05-06", "the Saturday worked is the fourth day, Monday the fifth"),
    ("2024-04-26", 1, "2024-05-02", "Monday 29 April swapped, then two holidays"),
    ("2024-04-26", 3, "2024-05-04", "the third day is the Saturday worked for 29 April"),
    ("2024-05-03", 1, "2024-05-04", "Friday to the Saturday worked"),
    ("2024-05-04", 1, "2024-05-06", "received on the Saturday worked"),
    ("2024-08-30", 1, "2024-09-04", "2 and 3 September"),
    # 2025
    ("2024-12-31", 1, "2025-01-02", "New Year on a Wednesday"),
    ("2025-01-22", 5, "2025-02-05", "two days before, three after the week of Tết"),
    ("2025-01-24", 1, "2025-02-03", "nine days without work"),
    ("2025-04-04", 1, "2025-04-08", "the Hùng kings on a Monday"),
    ("2025-04-25", 1, "2025-04-26", "Friday to the Saturday worked for 2 May"),
    ("2025-04-25", 4, "2025-05-05", "Saturday, Monday, Tuesday, then five days without work"),
    ("2025-04-29", 1, "2025-05-05", "Friday 2 May swapped"),
    ("2025-08-27", 3, "2025-09-03", "two days before, one after 1 and 2 September"),
    ("2025-08-29", 1, "2025-09-03", "the same, from the Friday"),
    ("2025-11-21", 1, "2025-11-24", "24 November was no holiday yet"),
    # 2026
    ("2025-12-31", 1, "2026-01-05", "Friday 2 January swapped"),
    ("2026-01-08", 2, "2026-01-10", "Friday, then the Saturday worked for 2 January"),
    ("2026-01-09", 2, "2026-01-12", "the Saturday worked, then Monday"),
    ("2026-02-11", 4, "2026-02-24", "two days before, two after the week of Tết"),
    ("2026-02-13", 1, "2026-02-23", "nine days without work"),
    ("2026-02-14 00:30", 1, "2026-02-23", "after midnight on the first of them"),
    ("2026-04-24", 1, "2026-04-28", "the Hùng kings on a Sunday, so Monday is off"),
    ("2026-04-24", 3, "2026-05-04", "Tuesday, Wednesday, and Monday after two holidays"),
    ("2026-08-20", 8, "2026-09-03", "the Saturday worked is the second of seven days before"),
    ("2026-08-21", 1, "2026-08-22", "Friday to the Saturday worked for 31 August"),
    ("2026-08-27", 2, "2026-09-03", "Monday 31 August swapped, then 1 and 2 September"),
    ("2026-11-20", 3, "2026-11-26", "the day of culture is the first Tuesday off"),
    ("2026-11-23 22:30", 1, "2026-11-25", "sent in the evening before the day of culture"),
    ("2026-11-25", 10, "2026-12-09", "two weeks"),
    # 2027
    ("2026-12-31", 1, "2027-01-04", "New Year on a Friday"),
    ("2027-02-03", 1, "2027-02-11", "unverified: Tết as in 2021"),
    ("2027-04-15", 1, "2027-04-19", "the Hùng kings on a Friday"),
    ("2027-04-29", 1, "2027-05-04", "1 May on a Saturday, so Monday is off"),
    ("2027-09-01", 1, "2027-09-06", "unverified: 2 September and the day after it, as in 2021"),
    ("2027-11-23", 1, "2027-11-25", "the day of culture on a Wednesday"),
]

# Received, amount, unit, last day, why. What ends on a day off ends on the next working day, and a month
# without the day ends on its last (Bộ luật Dân sự 2015, Điều 148).
OTHER_UNITS: list[tuple[str, float, str, str, str]] = [
    ("2026-11-11", 5, "day", "2026-11-16", "Monday"),
    ("2026-11-11", 3, "day", "2026-11-16", "ends on a Saturday"),
    ("2026-11-14", 10, "day", "2026-11-25", "ends on the day of culture"),
    ("2026-01-15", 30, "day", "2026-02-23", "ends on the Saturday before the week of Tết"),
    ("2025-04-15", 15, "day", "2025-05-05", "ends on 30 April, and 2 May is swapped"),
    ("2024-04-19", 15, "day", "2024-05-04", "ends on a Saturday that is worked"),
    ("2023-04-14", 15, "day", "2023-05-04", "ends on the first of five days without work"),
    ("2025-01-31", 1, "month", "2025-02-28", "February has no 31st"),
    ("2024-01-31", 1, "month", "2024-02-29", "in a leap year its last day is the 29th"),
    ("2026-01-17", 1, "month", "2026-02-23", "ends on New Year's day of the moon"),
    ("2026-10-30", 2, "month", "2026-12-30", "Wednesday"),
    ("2024-02-29", 1, "year", "2025-02-28", "no 29th in 2025"),
    ("2024-09-02", 1, "year", "2025-09-03", "ends on the national day"),
    ("2026-04-29", 8, "hour", "2026-05-04", "one working day of eight hours"),
    ("2026-04-29", 16, "hour", "2026-05-05", "two"),
    ("2024-05-03", 4, "hour", "2024-05-04", "half a day ends within the Saturday worked"),
    ("2025-04-25", 12, "hour", "2025-04-28", "a day and a half: the Saturday worked and Monday"),
]
