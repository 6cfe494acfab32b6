"""All that needs no signal, as methods of the client. Each is a function on the device, where its docstring stands."""

from daiban_client_sdk import consents, home, households, mandates, posts, replies, visit_news, visits
from daiban_client_sdk.device import Device
from daiban_client_sdk.threaded import Threaded, threaded


class AtWork(Threaded):
    """A device at work, with a signal or without."""

    # Records
    open = threaded(Device.open)
    new = threaded(Device.new)
    save = threaded(Device.save)
    settle = threaded(Device.settle)
    command = threaded(Device.command)
    report = threaded(Device.report)
    attach_photo = threaded(Device.attach_photo)

    # What it shows
    view = threaded(Device.view)
    records = threaded(Device.records)
    today = threaded(Device.today)
    conflicts = threaded(Device.conflicts)
    troubled = threaded(Device.troubled)
    status = threaded(Device.status)
    photo = threaded(Device.photo)
    checkpoint = threaded(Device.checkpoint)

    # At the home
    collect_papers = threaded(home.collect)
    tell_missing = threaded(home.tell)
    before_leaving = threaded(home.before_leaving)
    kept_household = threaded(households.kept_household)
    give_mandate = threaded(mandates.give)
    sign_mandate = threaded(mandates.sign)
    agree = threaded(consents.agree)
    lacking_consent = threaded(consents.lacking)
    reply = threaded(replies.reply)

    # Visits
    my_days = threaded(visits.my_days)
    take_on = threaded(visits.take_on)
    arrived = threaded(visits.arrived)
    done = threaded(visits.done)
    nobody_home = threaded(visits.nobody_home)
    wants_other_time = threaded(visits.wants_other_time)
    ask_visit = threaded(visits.ask_visit)
    what_became = threaded(visit_news.what_became)

    # Posts
    standing_in = threaded(posts.standing_in)
    ask_leave = threaded(posts.ask_leave)

    # The lock
    set_pin = threaded(Device.set_pin)
