"""What messages say about themselves in words."""

from datetime import UTC, timedelta

from PySide6.QtCore import QLocale

from inbox_desktop.models.kinds import DeliveryState, Direction, MessageKind
from inbox_desktop.models.queries.rows import RecipientRow
from inbox_desktop.ui.thread import words
from tests.ui.thread.rows import AT, attachment, delivery, message

LOCALE = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


def test_what_was_blocked_is_counted_in_words() -> None:
    blocked = ("image https://a", "image https://b", "tracker https://t", "script", "link javascript:")
    assert words.blocked_words(blocked[:3]) == "2 images, 1 tracker blocked"
    assert words.blocked_words(blocked) == (
        "2 images, 1 tracker blocked · 1 unsafe link taken out · active content taken out"
    )
    assert words.blocked_words(()) == ""


def test_remote_images_are_found_once_and_unescaped() -> None:
    html = '<img data-remote="https://x/a?b=1&amp;c=2" alt=""><img data-remote="https://x/a?b=1&amp;c=2">'
    assert words.remote_images(html) == ("https://x/a?b=1&c=2",)
    assert words.remote_images(None) == ()


def test_a_queued_reply_counts_down() -> None:
    waiting = delivery(DeliveryState.QUEUED, not_before=AT + timedelta(seconds=8))
    assert words.queued_words(waiting, AT, LOCALE, offline=False, zone=UTC) == "Sending in 8 s"


def test_a_queued_reply_says_that_there_is_no_connection() -> None:
    waiting = delivery(DeliveryState.QUEUED)
    assert (
        words.queued_words(waiting, AT, LOCALE, offline=True) == "Queued, offline. It leaves by itself later."
    )
    assert words.queued_words(waiting, AT, LOCALE, offline=False) == "Waiting to be sent"


def test_a_postponed_reply_tells_why_and_when() -> None:
    later = delivery(DeliveryState.QUEUED, not_before=AT + timedelta(minutes=5), detail="The server is busy")
    said = words.queued_words(later, AT, LOCALE, offline=True, zone=UTC)
    assert said == "Not sent yet: The server is busy. Next try 10:29."


def test_recipients_that_were_refused_are_named() -> None:
    some = delivery(
        recipients=(
            RecipientRow("a@x.example", DeliveryState.SENT, ""),
            RecipientRow("b@x.example", DeliveryState.FAILED, "550 no such user"),
        )
    )
    assert words.refused_words(some) == "Not delivered to b@x.example: 550 no such user."
    assert words.delivery_label(some) == "Sent to some"


def test_a_message_is_spoken_as_one_plain_sentence() -> None:
    row = message(text="Hello\n\n<b>there</b>", author_verified=False, attachments=(attachment(),))
    said = words.spoken(row, "me", "Friday 10:24")
    assert said == (
        "Ana Souza wrote, Friday 10:24: Hello <b>there</b>. The sender could not be verified. "
        "1 attachment: plan.pdf."
    )


def test_my_own_messages_are_called_mine() -> None:
    mine = message(author_id="me", direction=Direction.OUTBOUND, kind=MessageKind.REPLY, delivery=delivery())
    assert words.author_label(mine, "me") == "You"
    assert words.author_label(mine, "other") == "Ana Souza"
    assert words.spoken(mine, "me", "now").endswith("Sent.")


def test_every_kind_and_every_delivery_has_its_words() -> None:
    plain = {MessageKind.MESSAGE, MessageKind.REPLY}
    for kind in MessageKind:
        row = message(kind=kind, delivery=delivery())
        assert bool(words.kind_label(row)) is (kind not in plain)
    untold = {DeliveryState.CANCELLED}  # such a message stands in no thread
    for state in DeliveryState:
        assert bool(words.delivery_label(delivery(state))) is (state not in untold)
    assert words.delivery_label(delivery(DeliveryState.DELIVERED)) == "Delivered"


def test_a_campaign_bears_its_name_and_is_sent_rather_than_replied() -> None:
    named = message(direction=Direction.OUTBOUND, kind=MessageKind.CAMPAIGN, subject="Winter\nsale")
    assert words.kind_label(named) == "campaign “Winter sale”"
    assert words.spoken(named, "me", "Friday").startswith("Ana Souza sent (campaign “Winter sale”), Friday:")
    nameless = message(direction=Direction.OUTBOUND, kind=MessageKind.CAMPAIGN, subject="")
    assert words.kind_label(nameless) == "campaign"


def test_sizes_are_short() -> None:
    assert [words.size_words(size) for size in (12, 184_000, 2_400_000, 999_600, 3_200_000_000)] == [
        "12 B",
        "184 KB",
        "2.4 MB",
        "1.0 MB",
        "3.2 GB",
    ]


def test_an_answer_that_was_not_sent_here_says_so() -> None:
    elsewhere = message(direction=Direction.OUTBOUND, kind=MessageKind.REPLY, author_id=None)
    assert words.kind_label(elsewhere) == "sent with another program"
    ours = message(direction=Direction.OUTBOUND, kind=MessageKind.REPLY, delivery=delivery())
    assert words.kind_label(ours) == ""
