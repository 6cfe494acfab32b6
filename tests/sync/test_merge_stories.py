"""What happens to one paper of one household: who edits, who deletes, and what stands then."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from daiban_sync.clock import Interval
from daiban_sync.merge import TOMBSTONE, Change, Head, contested, lay
from tests.sync.paper_case import LI, MINUTE, NOON, WANG, Township, edit
from tests.sync.paper_township import Desk

# Case 7: agent, stand-in and clerk edit one field, in every order of arrival ----------------------------------


def three_edits(order: tuple[str, ...], then: Callable[[Township], None] = lambda _: None) -> Township:
    town = Township()
    edit(town.wang, note="Wang's")
    edit(town.li, note="Li's")
    town.clerk.open(town.server)
    typed = town.clerk.save({"note": "the clerk's"}, NOON, settle=False)
    then(town)
    town.server.now += MINUTE
    for who in order:
        if who == "clerk":
            town.server.lay(typed, Interval(town.server.now, town.server.now))
        else:
            (town.wang if who == "wang" else town.li).hand_in(town.server)
    return town


ORDERS = list(permutations(("wang", "li", "clerk")))


@pytest.mark.parametrize("order", ORDERS)
def test_three_people_edit_one_field_and_all_three_values_stand_with_the_clerks_in_front(order: Any) -> None:
    view = three_edits(order).server.view()
    assert view.values["note"] == "the clerk's"
    assert {value.value for value in view.conflicts["note"]} == {"Wang's", "Li's", "the clerk's"}
    assert view.values["phone"] == "0915-3211234"


@pytest.mark.parametrize("order", ORDERS)
def test_who_deletes_without_having_seen_the_others_deletes_nothing(order: Any) -> None:
    town = three_edits(order, lambda town: edit(town.li, deleted=True))
    view = town.server.view()
    assert (view.deleted, view.doubted) == (False, True)
    assert {value.value for value in view.conflicts["note"]} == {"Wang's", "Li's", "the clerk's"}


@pytest.mark.parametrize("order", ORDERS)
def test_who_deletes_after_seeing_all_of_it_deletes_it_whatever_is_open(order: Any) -> None:
    town = three_edits(order)
    town.li.pull(town.server)
    edit(town.li, deleted=True)
    town.li.hand_in(town.server)
    view = town.server.view()
    assert (view.deleted, view.doubted) == (True, False)


def test_an_edit_that_did_not_know_of_the_deletion_brings_the_record_back() -> None:
    town = Township()
    edit(town.wang, note="page two is missing")
    town.at_the_counter(deleted=True)
    assert town.server.view().deleted
    town.wang.hand_in(town.server)
    view = town.server.view()
    assert (view.deleted, view.doubted) == (False, True)
    assert town.standing("note") == {"page two is missing"}


def test_two_people_who_delete_at_the_same_time_agree() -> None:
    for first, second in (("wang", "li"), ("li", "wang")):
        town = Township()
        edit(town.wang, deleted=True)
        edit(town.li, deleted=True)
        for name in (first, second):
            getattr(town, name).hand_in(town.server)
        assert town.server.view().deleted


def test_who_deletes_and_also_writes_does_not_agree_about_what_he_wrote() -> None:
    town = Township()
    edit(town.wang, deleted=True)
    edit(town.li, deleted=True, note="the wrong household's")
    town.wang.hand_in(town.server)
    town.li.hand_in(town.server)
    assert town.server.view().deleted, "Li's tombstone agrees with all of it"
    town = Township()
    edit(town.wang, deleted=True)
    edit(town.li, note="keep this")
    edit(town.li, deleted=True)
    town.wang.hand_in(town.server)
    town.li.hand_in(town.server)
    assert town.server.view().deleted, "Li knew of his own note when he deleted"


def test_an_edit_of_ones_own_after_the_deletion_revives() -> None:
    town = Township()
    edit(town.wang, deleted=True)
    edit(town.wang, note="still needed")
    assert not town.wang.view().deleted
    town.wang.hand_in(town.server)
    view = town.server.view()
    assert (view.deleted, view.doubted) == (False, True)


def test_a_contradicted_deletion_is_one_conflict_and_settling_it_deletes() -> None:
    town = Township()
    edit(town.wang, deleted=True)
    edit(town.li, deleted=False)
    town.wang.hand_in(town.server)
    town.li.hand_in(town.server)
    view = town.server.view()
    assert (view.deleted, view.doubted, list(view.conflicts)) == (False, False, [TOMBSTONE])
    town.at_the_counter(settle=True, deleted=True)
    assert town.server.view().deleted
    assert not town.server.view().conflicts


# Case 8: an offline branch of two edits, with a server edit between -------------------------------------------


def test_a_branch_of_two_edits_meets_an_edit_at_the_counter() -> None:
    town = Township()
    edit(town.wang, note="first")
    edit(town.wang, note="second", phone="13909150001")
    town.at_the_counter(note="the clerk's")
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"second", "the clerk's"}
    assert town.standing("phone") == {"13909150001"}


def test_a_clerk_edits_between_the_two_halves_of_a_branch() -> None:
    """The first half is in the clerk's view; the second never saw the clerk's."""
    town = Township()
    edit(town.wang, note="first")
    town.wang.hand_in(town.server)
    town.at_the_counter(note="the clerk's")
    assert town.standing("note") == {"the clerk's"}
    edit(town.wang, note="second")
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"second", "the clerk's"}


def test_a_receipt_never_counts_as_having_read() -> None:
    """A colleague's change stands just before one's own: the receipt has a later position than both."""
    town = Township()
    edit(town.wang, phone="13909150001")
    edit(town.li, note="Li's")
    town.li.hand_in(town.server)
    town.wang.hand_in(town.server)
    edit(town.wang, note="Wang's")
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"Li's", "Wang's"}


def test_a_pull_while_the_form_is_open_does_not_count_as_reading_it() -> None:
    town = Township()
    town.wang.open()
    edit(town.li, note="Li's")
    town.li.hand_in(town.server)
    town.wang.pull(town.server)
    town.wang.save({"note": "Wang's"}, NOON, settle=False)
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"Li's", "Wang's"}


def test_two_tabs_of_one_clerk_do_not_know_of_each_other() -> None:
    town = Township()
    other = Desk(1)
    town.clerk.open(town.server)
    other.open(town.server)
    for tab, text in ((town.clerk, "tab one"), (other, "tab two")):
        town.server.lay(tab.save({"note": text}, NOON, settle=False), Interval(NOON, NOON))
    assert town.standing("note") == {"tab one", "tab two"}


# Ordinary edits of a field in conflict, and settlements -------------------------------------------------------


def in_conflict() -> Township:
    town = three_edits(("wang", "li", "clerk"))
    town.wang.pull(town.server)
    return town


def test_an_ordinary_edit_replaces_the_value_in_front_and_leaves_the_others_open() -> None:
    town = in_conflict()
    edit(town.wang, note="Wang's second")
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"Wang's second", "Wang's", "Li's"}


def test_an_ordinary_edit_replaces_the_value_in_front_whoever_else_wrote_the_same() -> None:
    town = Township()
    edit(town.wang, phone="13909150001")
    edit(town.li, phone="13909150001")
    edit(town.li, at=NOON - MINUTE, note="of no matter")
    town.clerk.open(town.server)
    typed = town.clerk.save({"phone": "0915-3219999"}, NOON, settle=False)
    town.wang.hand_in(town.server)
    town.li.hand_in(town.server)
    town.server.lay(typed._replace(authority=1), Interval(0, 0))
    assert town.server.view().values["phone"] == "13909150001"
    town.at_the_counter(phone="13909150002")
    assert town.standing("phone") == {"13909150002", "0915-3219999"}


def test_a_second_edit_before_the_next_sync_replaces_ones_own_first_and_nothing_else() -> None:
    """Wang's unsent value is in front of Li's; it has no position yet, so `over` is an empty list."""
    town = Township()
    edit(town.li, at=NOON - MINUTE, note="Li's")
    town.li.hand_in(town.server)
    edit(town.wang, at=NOON, note="Wang's first")
    town.wang.pull(town.server)
    edit(town.wang, at=NOON, note="Wang's second")
    assert [dict(saved.over) for saved in town.wang.unmirrored] == [{}, {"note": ()}]
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"Wang's second", "Li's"}


def test_a_settlement_replaces_all_that_was_in_view_and_converges_everywhere() -> None:
    town = in_conflict()
    town.wang.open()
    town.wang.save({"note": "as agreed by telephone"}, NOON, settle=True)
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"as agreed by telephone"}
    for device in (town.wang, town.li):
        device.pull(town.server)
        assert not device.view().conflicts
        assert device.view().values["note"] == "as agreed by telephone"


def test_a_settlement_does_not_replace_what_came_after_the_form_was_opened() -> None:
    town = in_conflict()
    town.wang.open()
    town.at_the_counter(settle=True, note="the clerk's again")
    town.wang.save({"note": "as agreed by telephone"}, NOON, settle=True)
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"the clerk's again", "as agreed by telephone"}


def test_naming_positions_that_were_never_in_view_replaces_nothing() -> None:
    """A forged `over` cannot reach beyond `seen`."""
    clerks, li = Head(7, b"desk", 3, ("note",)), Head(9, LI, 1, ("note",))
    forged = Change(10, WANG, 1, True, ("note",), seen=7, over={"note": (7, 9, 10)})
    assert lay((clerks, li), forged) == (li, Head(10, WANG, 1, ("note",)))


def test_contested_names_the_fields_that_several_changes_hold() -> None:
    heads = (Head(1, WANG, 1, ("note", "phone")), Head(2, LI, 1, ("note",)))
    assert contested(heads) == {"note": list(heads)}
    assert contested(heads[:1]) == {}
