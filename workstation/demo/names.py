"""Invented people: ordinary first names, family names that nobody bears, phone numbers with 000 in the middle."""

from __future__ import annotations

from typing import Final, NamedTuple

#: How many different people `person` knows; above it, they come round again.
PEOPLE: Final = 100_000

_FIRST_NAMES: Final = """
    Abdi Agnes Alice Amina Asha Baraka Beatrice Brian Caroline Collins Daniel Dorcas Edwin Esther Felix Florence Gideon
    Grace Halima Hassan Irene Jackline Joseph Juma Kevin Lilian Lucy Mercy Moses Naomi Nelson Peter Purity Rehema Rose
    Samuel Sharon Simon Tabitha Victor Winnie Yusuf Zainab
"""
_LAST_NAMES: Final = """
    Achienda Akworo Barangwe Bosirande Cheromoi Chepsande Gathambi Hamadari Ikundera Jerotia Kamaroti Kandaya Kimorwa
    Kiprandi Lemasoi Lokutani Maingori Mbithuko Mumbasi Mutavoro Mwandari Mwikalo Nafuleka Ndorobi Ngureta Njokami
    Nyambeki Nyaromba Obuyango Odhiwori Okwandi Otiendo Rotiende Sangaloi Sigowet Tumboru Wakhande Wamaru Wanderito
    Wanjohia Wekolo
"""
_FIRST: Final = tuple(_FIRST_NAMES.split())
_LAST: Final = tuple(_LAST_NAMES.split())


class Person(NamedTuple):
    """Somebody invented; `phone` is in local form, '0712000345'."""

    name: str
    phone: str


def person(index: int) -> Person:
    """The person of that number; below `PEOPLE` everybody has a phone of their own."""
    first = _FIRST[index * 7 % len(_FIRST)]
    last = _LAST[(index * 11 + index // len(_FIRST)) % len(_LAST)]
    prefix, suffix = index % 100, index // 100
    return Person(f"{first} {last}", f"07{(prefix * 37 + 13) % 100:02d}000{(suffix * 7 + 111) % 1000:03d}")


def international(phone: str) -> str:
    """'254712000345' from '0712000345': how M-Pesa writes it."""
    return "254" + phone[1:]


def spelled(phone: str, manner: int) -> str:
    """A local number as bookings write it: one of four spellings, chosen by `manner`."""
    rest = phone[1:]
    forms = (
        phone,
        international(phone),
        f"+254 {rest[:3]} {rest[3:6]} {rest[6:]}",
        f"{phone[:4]} {phone[4:7]} {phone[7:]}",
    )
    return forms[manner % len(forms)]


def masked_phone(phone: str) -> str:
    """'25471****345': how a statement shows a payer's number."""
    whole = international(phone)
    return f"{whole[:5]}****{whole[-3:]}"


def masked_name(name: str) -> str:
    """'ALICE **** WAMARU': how a statement shows a payer's name."""
    first, *_, last = name.upper().split()
    return f"{first} **** {last}"
