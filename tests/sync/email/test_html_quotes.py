"""Quotes in HTML are left out of what is shown first, and nothing else is."""

import pytest

from inbox_desktop.sync.email.html import fold_quotes, sanitise
from tests.hostile.invariants import HtmlCheck


def _folded(raw: str, subject: str = "Re: x") -> tuple[str, bool]:
    html = sanitise(raw).html
    assert html is not None
    folded, has_quoted = fold_quotes(html, subject)
    HtmlCheck().run(folded)
    assert has_quoted is (folded != html)
    return folded, has_quoted


GMAIL = (
    '<div dir="ltr">Yes</div><br><div class="gmail_quote"><div class="gmail_attr">'
    "On Mon, 5 May 2025 at 10:12, Ana "
    '&lt;<a href="mailto:a@b.example">a@b.example</a>&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote">old</blockquote></div>'
)
THUNDERBIRD = (
    '<p>Yes</p><div class="moz-cite-prefix">On 05/05/2025 10:12, Ana wrote:<br></div>'
    '<blockquote type="cite">old</blockquote>'
)
APPLE = (
    "<div>Yes</div><div><br><blockquote type=cite>"
    "<div>On 5 May 2025, at 10:12, Ana &lt;a@b.example&gt; wrote:</div>"
    "<div>old</div></blockquote></div>"
)
OUTLOOK = (
    '<div class=WordSection1><p>Yes</p><div><div style="border-top:solid">'
    "<p><b>From:</b> Ana &lt;a@b.example&gt; <br>"
    "<b>Sent:</b> Monday<br><b>To:</b> Help<br><b>Subject:</b> RE: x</p></div></div><p>old</p></div>"
)
OUTLOOK_WEB = (
    '<div>Yes</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Von:</b> Ana<br>'
    "<b>Gesendet:</b> Montag<br><b>An:</b> Hilfe<br><b>Betreff:</b> AW: x</div><div>old</div>"
)
PLAIN_INTRO = "Yes<br><br>Am 05.05.2025 um 10:12 schrieb Ana:<br><blockquote>old</blockquote>"


@pytest.mark.parametrize("raw", [GMAIL, THUNDERBIRD, APPLE, OUTLOOK, OUTLOOK_WEB, PLAIN_INTRO])
def test_replies_of_mail_programs(raw: str) -> None:
    folded, has_quoted = _folded(raw)
    assert has_quoted
    assert "Yes" in folded
    assert not [word for word in ("old", "wrote", "schrieb", "Subject", "Betreff", "Sent") if word in folded]


def test_answers_between_quotes_stay() -> None:
    folded, _ = _folded(
        "<p>Hi</p><p>On 5 May 2025, at 10:12, Ana wrote:</p><blockquote>size?</blockquote><p>L</p>"
        "<blockquote>colour?</blockquote><p>Blue</p>"
    )
    assert folded == "<p>Hi</p><p>L</p><p>Blue</p>"


def test_only_the_introduction_goes_not_the_text_before_it() -> None:
    folded, _ = _folded(
        "<p>Call me at 10:12:</p><p>On 5 May 2025, at 10:12, Ana wrote:</p><blockquote>q</blockquote>"
    )
    assert folded == "<p>Call me at 10:12:</p>"


GMAIL_FORWARD = (
    '<div>See</div><div class="gmail_quote"><div class="gmail_attr">'
    "---------- Forwarded message ---------<br>From: Ana</div>old</div>"
)


@pytest.mark.parametrize(
    "raw",
    [
        GMAIL_FORWARD,
        "<p>See</p><div>Begin forwarded message:</div><br><blockquote type=cite><div>old</div></blockquote>",
    ],
)
def test_a_forward_stays(raw: str) -> None:
    assert not _folded(raw)[1]


def test_an_outlook_forward_is_known_by_its_subject() -> None:
    assert "old" in _folded(OUTLOOK, "FW: x")[0]


def test_a_mail_of_nothing_but_quotes_stays() -> None:
    assert not _folded("<blockquote>old</blockquote>")[1]
    assert not _folded("<p><b>From:</b> A<br><b>Sent:</b> B<br><b>To:</b> C<br><b>Subject:</b> D</p>old")[1]


def test_mail_without_quotes_is_left_alone() -> None:
    assert _folded("<p>Hello</p><p>Date: tomorrow</p>") == ("<p>Hello</p><p>Date: tomorrow</p>", False)


def test_space_beside_a_quote_is_nothing_written() -> None:
    raw = '<div>&nbsp;<br> \u00a0</div><blockquote type="cite">q</blockquote><p>&nbsp;</p>'
    clean = sanitise(raw).html
    assert clean is not None
    assert fold_quotes(clean) == (clean, False)
    assert fold_quotes(clean.replace("<br>", "<br>&amp;"))[1]
