"""HTML to text, for sanitised HTML and for HTML that was given up."""

import time

import pytest

from inbox_desktop.sync.email.html import sanitise
from inbox_desktop.sync.email.html_text import html_to_text, unsafe_html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("a\n  b&nbsp;&amp; <b>c</b>", "a b & c"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<blockquote>q<blockquote>r</blockquote></blockquote>after", "> q\n>\n> > r\n\nafter"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("one<br><br>two", "one\n\ntwo"),
        ("&lt;b&gt;", "<b>"),
        ("", ""),
    ],
)
def test_text_of_sanitised_html(html: str, text: str) -> None:
    clean = sanitise(html).html
    assert clean is not None
    assert html_to_text(clean) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<p>Two", "One\n\nTwo".replace("\n\n", "\n")),
        ("<style>x{}</style><script>if (a<b) x</script>Hi", "Hi"),
        ("a < b &amp; c", "a < b & c"),
        ("<!-- x -->Hi", "Hi"),
        ("<div " * 3, ""),
    ],
)
def test_text_of_html_that_was_given_up(html: str, text: str) -> None:
    assert unsafe_html_to_text(html) == text


def test_giving_up_is_linear() -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        unsafe_html_to_text("<script><div><!--" * count)
        return time.process_time() - started

    small, large = min(seconds(5_000) for _ in range(3)), min(seconds(50_000) for _ in range(3))
    assert large < max(small, 0.001) * 60  # 10 times the input; quadratic would be 100 times
