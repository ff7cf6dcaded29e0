"""The drawer over the real services: what the database says, and a name that is only shown with a record of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.monitoring.detail import PaymentDetailService
from services.payments.revealing import reveal
from tests.ui.payments.fake import Clock, SmallFleet
from tests.world import MORNING, World
from ui.payments.drawer import PaymentDrawer
from ui.tasks import Tasks
from ui.theme import Theme


def test_a_failed_payment_is_paid_and_its_passenger_shown(world: World, qtbot: QtBot) -> None:
    fleet = world.fleet()
    payment = world.payment(world.booking(fleet, passenger_name="Zawadi Mfano"), "600.00", "failed", result_code="1032")
    world.project()
    person = world.person(fleet, "viewer", "jane")
    page, theme, bugs = QWidget(), Theme("light"), list[object]()
    page.resize(1170, 728)
    tasks = Tasks(page)
    tasks.bug.connect(bugs.append)
    drawer = PaymentDrawer(theme, tasks, PaymentDetailService(person), partial(reveal, person), page, Clock(MORNING))
    theme.setParent(page)
    qtbot.addWidget(page)
    page.show()

    def settle() -> None:
        qtbot.waitUntil(lambda: not tasks._current, timeout=10_000)

    drawer.show_payment(SmallFleet(id=fleet), payment)
    settle()
    told = drawer.sections.told
    assert drawer.head.amount.text() == "KES 600.00"
    assert [step.words.text() for step in told.steps][-1] == "Failed: 1032 cancelled by the customer"
    world.change(payment, status="completed", completed_at=MORNING, transaction_id="UIM1TEST01")
    world.project()
    drawer.refresh()
    settle()
    assert [step.words.text() for step in told.steps][-1] == "Paid"
    passenger = drawer.sections.passenger
    assert "Zawadi Mfano" not in {fact.value for fact in passenger.facts.facts}
    passenger.show_button.click()
    passenger.form.reason.setText("asks for a refund")
    passenger.form.show_button.click()
    settle()
    assert (passenger.full.name.text(), passenger.full.phone.text()) == ("Zawadi Mfano", "0700 000 111")
    records = [(step.words.text(), step.detail.text()) for step in drawer.sections.audited.steps]
    assert records == [("Saw name and phone", "jane · asks for a refund")]
    drawer.dismiss()
    assert (passenger.full.name.text(), passenger.full.phone.text()) == ("", "")
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))
    assert bugs == []
