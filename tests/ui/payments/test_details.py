from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import FakePayments, paid


def test_many_changes_soon_after_each_other_are_one_question(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fake := FakePayments().holding(paid(number) for number in range(1, 9)))
    between = page.live._details._between
    between.setInterval(60_000)
    fake.asked.clear()
    page.apply_events([fake.put(paid(1, receipt="UKM7Q90001"))])
    qtbot.waitUntil(lambda: not page.live._tasks.busy("payments.rows") and bool(fake.asked))
    for number in range(2, 6):
        page.apply_events([fake.put(paid(number, receipt=f"UKM7Q9000{number}"))])
        page.live.look()
    assert fake.asked == ["rows 1"]
    assert not page.settled
    between.setInterval(0)
    between.start()
    settle(qtbot, page)
    assert fake.asked == ["rows 1", "rows 4"]
    assert {row.receipt for row in page.rows} == {paid(n).receipt for n in (6, 7, 8)} | {
        f"UKM7Q9000{n}" for n in range(1, 6)
    }
