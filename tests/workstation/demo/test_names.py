"""People of the demo: invented, distinct, and readable by the product's own phone and mask rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.domain.phone import local, mask_fits
from workstation.demo.names import PEOPLE, Person, masked_name, masked_phone, person, spelled

somebody = st.integers(0, PEOPLE - 1).map(person)


def test_everybody_has_a_phone_of_their_own() -> None:
    phones = {person(index).phone for index in range(PEOPLE)}

    assert len(phones) == PEOPLE


@given(somebody, st.integers(0, 200))
def test_a_phone_is_plainly_fictional_and_read_in_every_spelling(who: Person, manner: int) -> None:
    phone = who.phone

    assert phone[:2] == "07" and phone[4:7] == "000" and len(phone) == 10
    assert local(spelled(phone, manner)) == phone


@given(somebody)
def test_a_mask_fits_its_number(who: Person) -> None:
    phone = who.phone

    assert mask_fits(masked_phone(phone), phone)
    assert "000" not in masked_phone(phone)[5:9]


def test_a_masked_name_keeps_the_first_and_the_last_word() -> None:
    assert masked_name("Alice Mfano") == "ALICE **** MFANO"
    assert masked_phone("0712000345") == "25471****345"


def test_neighbours_differ_in_name() -> None:
    assert len({person(index).name for index in range(1000)}) > 500
