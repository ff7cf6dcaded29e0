"""Saved views: chosen, kept, changed, shared and deleted, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.domain.errors import NameTaken, WorkstationError
from services.payments.views import SavedView
from ui.payments.views import SavedViews
from ui.payments.views_menu import ViewsButton, ViewsPopup
from ui.tasks import Tasks
from ui.theme import Theme

# What opens a popup asks for the keyboard, which the offscreen display has not got.

FLEET = UUID(int=0xF1)
FAILED = {"version": 1, "statuses": ["failed"]}
TODAY = {"version": 1, "statuses": []}


def view(number: int, name: str, *, shared: bool = False, mine: bool = True) -> SavedView:
    return SavedView(UUID(int=number), name, shared, "asha" if mine else "baraka", mine, FAILED)


@dataclass
class FakeStore:
    """Keeps views in memory, by the rules of the real service."""

    views: list[SavedView] = field(default_factory=list)
    sharing: bool = True
    fault: WorkstationError | None = None
    asked: list[str] = field(default_factory=list)
    gate: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def list(self, fleet_id: UUID) -> list[SavedView]:
        self._ask("list")
        return list(self.views)

    def may_share(self, fleet_id: UUID) -> bool:
        return self.sharing

    def save(self, fleet_id: UUID, name: str, shared: bool, definition: Mapping[str, object]) -> SavedView:
        self._ask("save")
        if any(known.name == name for known in self.views):
            raise NameTaken(f"You have a view named “{name}” already.")
        made = SavedView(UUID(int=900 + len(self.asked)), name, shared, "asha", True, dict(definition))
        self.views.append(made)
        return made

    def update(self, fleet_id: UUID, view_id: UUID, definition: Mapping[str, object]) -> SavedView:
        return self._replace("update", view_id, definition=dict(definition))

    def rename(self, fleet_id: UUID, view_id: UUID, name: str) -> SavedView:
        return self._replace("rename", view_id, name=name)

    def share(self, fleet_id: UUID, view_id: UUID, shared: bool) -> SavedView:
        return self._replace("share", view_id, shared=shared)

    def delete(self, fleet_id: UUID, view_id: UUID) -> None:
        self._ask("delete")
        self.views = [known for known in self.views if known.id != view_id]

    def _replace(self, question: str, view_id: UUID, **values: object) -> SavedView:
        self._ask(question)
        place = next(place for place, known in enumerate(self.views) if known.id == view_id)
        self.views[place] = replace(self.views[place], **values)  # type: ignore[arg-type]  # what a method says
        return self.views[place]

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        assert self.gate.wait(10), "the test never let go"
        if self.fault is not None:
            raise self.fault


@dataclass
class Desk:
    """The button with what stands behind it."""

    store: FakeStore
    button: ViewsButton
    saved: SavedViews
    tasks: Tasks
    qtbot: QtBot

    @property
    def popup(self) -> ViewsPopup:
        return self.button.popup

    def open(self) -> ViewsPopup:
        """The panel, opened by key, with the views in it."""
        QTest.keyClick(self.button, Qt.Key.Key_Down)
        self.settle()
        return self.popup

    def settle(self) -> None:
        """Waits until nothing is asked."""
        self.qtbot.waitUntil(lambda: not self.tasks.busy("views.list") and not self.tasks.busy("views.change"))

    def listed(self) -> list[str]:
        rows = range(self.popup.list.count())
        return [str(self.popup.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in rows]

    def stand_on(self, name: str) -> None:
        names = [self.popup.list.item(row).text() for row in range(self.popup.list.count())]
        self.popup.list.setCurrentRow(names.index(name))


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    theme = Theme("light")
    button = ViewsButton(theme)
    theme.setParent(button)
    qtbot.addWidget(button)
    store = FakeStore(
        [
            view(1, "Zebra"),
            view(2, "Failed this week"),
            view(3, "Month end", shared=True, mine=False),
            view(4, "Nakuru", shared=True),
        ]
    )
    tasks = Tasks(button)
    bugs: list[object] = []
    tasks.bug.connect(bugs.append)
    made = Desk(store, button, SavedViews(button, tasks, store), tasks, qtbot)
    with qtbot.waitActive(button):
        button.show()
    made.saved.set_fleet(FLEET)
    made.saved.show_state(TODAY)
    made.settle()
    yield made
    store.gate.set()
    mailbox = tasks._mailbox
    made.popup.hide()
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))
    assert bugs == []


def test_ones_own_come_first_and_shared_ones_say_so(desk: Desk) -> None:
    desk.open()
    assert desk.listed() == ["Failed this week", "Nakuru, shared", "Zebra", "Month end, shared by baraka"]
    assert desk.button.text() == "Views"


def test_without_views_the_panel_says_what_they_are(desk: Desk) -> None:
    desk.store.views = []
    popup = desk.open()
    assert popup.list.isHidden()
    assert "A view keeps days, filters, order and columns" in popup._empty.text()
    assert not popup.edit.isEnabled()
    assert popup.focusWidget() is not None


def test_a_view_is_chosen_by_key(desk: Desk) -> None:
    desk.saved.chosen.connect(lambda chosen: desk.saved.show_state(chosen.definition))
    popup = desk.open()
    QTest.keyClick(popup.list, Qt.Key.Key_Down)
    with desk.qtbot.waitSignal(desk.saved.chosen) as chosen:
        QTest.keyClick(popup.list, Qt.Key.Key_Return)
    assert chosen.args == [desk.store.views[3]]
    assert (popup.isHidden(), desk.button.accessibleName()) == (True, "View: Nakuru")
    assert desk.open() and desk.listed()[1] == "Nakuru, shared, shown now"


def test_a_view_is_chosen_by_mouse(desk: Desk) -> None:
    popup = desk.open()
    place = popup.list.visualItemRect(popup.list.item(2)).center()
    with desk.qtbot.waitSignal(desk.saved.chosen) as chosen:
        QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args[0].name == "Zebra"


def test_the_button_marks_what_was_changed_since(desk: Desk) -> None:
    # The page spells what it shows in its own way, which is no change.
    spelled = {**FAILED, "columns": ("time", "amount")}
    desk.saved.chosen.connect(lambda _: desk.saved.show_state(spelled))
    desk.saved.choose(desk.store.views[0])
    assert (desk.saved.changed, desk.button.text()) == (False, "Zebra")
    desk.saved.show_state({**spelled, "statuses": []})
    assert (desk.saved.changed, desk.button.text()) == (True, "Zebra •")
    assert desk.button.accessibleName() == "View: Zebra, changed"
    desk.saved.show_state({**spelled, "columns": ["time", "amount"]})
    assert not desk.saved.changed
    desk.saved.leave()
    assert (desk.saved.current, desk.button.text(), desk.button.property("active")) == (None, "Views", False)


def test_a_view_whose_definition_is_what_is_shown_already_is_unchanged(desk: Desk) -> None:
    desk.saved.show_state(FAILED)
    desk.saved.choose(desk.store.views[0])
    assert not desk.saved.changed


def save(desk: Desk, name: str, *, share: bool = False) -> None:
    popup = desk.open()
    QTest.mouseClick(popup.save, Qt.MouseButton.LeftButton)
    QTest.keyClicks(popup.form.name, name)
    if share:
        QTest.keyClick(popup.form.share, Qt.Key.Key_Space)
    QTest.keyClick(popup.form.name, Qt.Key.Key_Return)
    desk.settle()
    desk.settle()


def test_what_is_shown_is_kept_under_a_name(desk: Desk) -> None:
    save(desk, " Big ones ", share=True)
    kept = desk.store.views[-1]
    assert (kept.name, kept.shared, kept.definition) == ("Big ones", True, TODAY)
    assert (desk.saved.current, desk.saved.changed) == (kept, False)
    assert "Big ones, shared, shown now" in desk.listed()
    assert (desk.popup.form.isHidden(), desk.popup.complaint) == (True, "")


def test_a_name_that_is_taken_is_said_in_the_panel_and_kept_in_the_field(desk: Desk) -> None:
    save(desk, "Zebra")
    popup = desk.popup
    assert popup.complaint == "You have a view named “Zebra” already."
    assert (popup.form.isVisible(), popup.form.name.text(), popup.busy) == (True, "Zebra", False)
    QTest.keyClick(popup.form.name, Qt.Key.Key_Escape)
    assert (popup.form.isHidden(), popup.isVisible(), popup.complaint) == (True, True, "")


def test_a_name_is_needed(desk: Desk) -> None:
    popup = desk.open()
    popup.save.click()
    assert not popup.form.save.isEnabled()
    QTest.keyClick(popup.form.name, Qt.Key.Key_Return)
    QTest.keyClicks(popup.form.name, "   ")
    assert not popup.form.save.isEnabled()
    QTest.keyClick(popup.form.cancel, Qt.Key.Key_Space)
    assert popup.form.isHidden()
    assert "save" not in desk.store.asked


def test_who_may_not_share_is_told_why(desk: Desk) -> None:
    desk.store.sharing = False
    popup = desk.open()
    popup.save.click()
    assert not popup.form.share.isEnabled()
    assert popup.form._why.text() == "Only managers and approvers share views."
    assert popup.form.share.accessibleDescription() == popup.form._why.text()


def test_update_keeps_what_is_shown_now(desk: Desk) -> None:
    popup = desk.open()
    desk.stand_on("Zebra")
    QTest.mouseClick(popup.update_view, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.store.views[0].definition == TODAY
    assert desk.saved.current == desk.store.views[0]
    desk.settle()
    desk.stand_on("Zebra")
    assert not popup.update_view.isEnabled()
    desk.saved.show_state(FAILED)
    assert popup.update_view.isEnabled()


def test_renaming_and_sharing_by_key(desk: Desk) -> None:
    desk.saved.choose(desk.store.views[0])
    popup = desk.open()
    desk.stand_on("Zebra")
    QTest.keyClick(popup.list, Qt.Key.Key_F2)
    assert (popup.form.name.text(), popup.form.share.isChecked()) == ("Zebra", False)
    popup.form.name.setText("Zanzibar")
    popup.form.share.setChecked(True)
    QTest.keyClick(popup.form.name, Qt.Key.Key_Return)
    desk.settle()
    assert [question for question in desk.store.asked if question != "list"] == ["rename", "share"]
    assert (desk.store.views[0].name, desk.store.views[0].shared) == ("Zanzibar", True)
    assert desk.button.accessibleName() == "View: Zanzibar, changed"


def test_an_edit_that_changes_nothing_asks_nothing(desk: Desk) -> None:
    popup = desk.open()
    desk.stand_on("Nakuru")
    popup.edit.click()
    popup.form.save.click()
    desk.settle()
    assert set(desk.store.asked) == {"list"}


def test_deleting_is_asked_once_more_and_keeping_is_the_easy_answer(desk: Desk) -> None:
    desk.saved.choose(desk.store.views[0])
    popup = desk.open()
    desk.stand_on("Zebra")
    QTest.keyClick(popup.list, Qt.Key.Key_Delete)
    assert popup.confirmation.question == "Delete “Zebra”?"
    QTest.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Return)
    assert (popup.confirmation.isHidden(), len(desk.store.views)) == (True, 4)
    QTest.keyClick(popup.list, Qt.Key.Key_Delete)
    popup.confirmation.delete.setFocus()
    QTest.keyClick(popup.confirmation.delete, Qt.Key.Key_Return)
    desk.settle()
    desk.settle()
    assert [known.name for known in desk.store.views] == ["Failed this week", "Month end", "Nakuru"]
    assert (desk.saved.current, desk.button.text()) == (None, "Views")


def test_deleting_a_shared_one_says_whom_it_concerns(desk: Desk) -> None:
    popup = desk.open()
    desk.stand_on("Month end")
    popup.delete.click()
    assert popup.confirmation.question == "Delete “Month end”? Everybody in this fleet loses it."


@pytest.mark.parametrize(
    ("name", "sharing", "allowed"),
    [
        ("Zebra", False, (True, True, True)),
        ("Nakuru", True, (True, True, True)),
        ("Nakuru", False, (False, False, False)),
        ("Month end", True, (False, False, True)),
        ("Month end", False, (False, False, False)),
    ],
)
def test_only_what_one_may_do_can_be_pressed(
    desk: Desk, name: str, sharing: bool, allowed: tuple[bool, bool, bool]
) -> None:
    desk.store.sharing = sharing
    popup = desk.open()
    desk.stand_on(name)
    assert (popup.update_view.isEnabled(), popup.edit.isEnabled(), popup.delete.isEnabled()) == allowed
    QTest.keyClick(popup.list, Qt.Key.Key_F2)
    assert popup.form.isVisible() == allowed[1]


def test_a_view_that_a_colleague_deleted_meanwhile_is_not_mistaken_for_another(desk: Desk) -> None:
    popup = desk.open()
    desk.stand_on("Month end")
    popup.delete.click()
    desk.store.views = [known for known in desk.store.views if known.name != "Month end"]
    desk.saved.reload()
    desk.settle()
    QTest.mouseClick(popup.confirmation.delete, Qt.MouseButton.LeftButton)
    desk.settle()
    assert len(desk.store.views) == 3


def test_nothing_else_can_be_pressed_while_a_change_is_on_its_way(desk: Desk) -> None:
    popup = desk.open()
    desk.store.gate.clear()
    desk.stand_on("Zebra")
    popup.update_view.click()
    assert popup.busy
    popup.delete.click()
    popup.confirmation.delete.click()
    popup.settled()
    popup.save.click()
    popup.form.name.setText("Another")
    popup.form.save.click()
    popup.settled()
    popup.update_view.click()
    desk.store.gate.set()
    desk.settle()
    assert not popup.busy
    assert [question for question in desk.store.asked if question != "list"] == ["update"]


def test_views_that_cannot_be_read_are_said(desk: Desk) -> None:
    desk.store.fault = WorkstationError("The database does not answer.")
    popup = desk.open()
    assert popup.complaint == "The views could not be read. The database does not answer."
    assert desk.listed()[0] == "Failed this week"


def test_before_there_is_a_fleet_nothing_is_asked(qtbot: QtBot) -> None:
    theme, store = Theme("light"), FakeStore()
    button = ViewsButton(theme)
    theme.setParent(button)
    qtbot.addWidget(button)
    tasks = Tasks(button)
    saved = SavedViews(button, tasks, store)
    button.show()
    button.click()
    button.popup.save_wanted.emit("Name", False)
    saved.reload()
    assert store.asked == []
    button.popup.hide()
    tasks.stop()


def test_another_fleet_has_other_views(desk: Desk) -> None:
    desk.saved.choose(desk.store.views[0])
    desk.store.views = [view(9, "Coast")]
    desk.saved.set_fleet(UUID(int=0xF2))
    assert (desk.saved.current, desk.saved.views) == (None, ())
    desk.settle()
    assert [known.name for known in desk.saved.views] == ["Coast"]


def test_rows_are_drawn_with_their_word_in_both_appearances(desk: Desk) -> None:
    desk.store.views.append(
        view(7, "A name so long that it could not stand beside a word " * 3, shared=True, mine=False)
    )
    popup = desk.open()
    light = popup.list.grab().toImage()
    desk.button._theme.set_mode("dark")
    assert popup.list.grab().toImage() != light


def test_a_view_is_named_by_key_alone_word_for_word(desk: Desk) -> None:
    popup = desk.open()
    popup.save.setFocus()
    QTest.keyClick(popup.save, Qt.Key.Key_Return)
    assert popup.form.isVisible()
    QTest.keyClicks(popup.focusWidget() or popup, "Failed before noon")
    QTest.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Return)
    desk.settle()
    desk.settle()
    assert desk.store.views[-1].name == "Failed before noon"


def test_the_panel_is_as_high_as_what_it_asks(desk: Desk) -> None:
    desk.store.views.append(view(9, "Every failed payment of the early buses to Nakuru", shared=True))
    popup = desk.open()
    high = popup.height()
    desk.stand_on("Every failed payment of the early buses to Nakuru")
    popup.delete.click()
    question = popup.confirmation._question
    assert question.height() >= question.heightForWidth(question.width())
    popup.confirmation.keep.click()
    assert popup.height() == high
    save(desk, "Big ones")
    rows = popup.list.geometry().bottom(), popup._actions.geometry().top()
    assert 0 < rows[1] - rows[0] <= 20


def test_a_name_that_would_turn_the_text_around_is_written_plainly(desk: Desk) -> None:
    desk.saved.choose(view(9, "Month\u202e end\t"))
    assert desk.button.accessibleName().startswith("View: Month end,")
