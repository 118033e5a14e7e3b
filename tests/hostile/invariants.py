"""What holds for every mail that was read, however hostile; checked by other means than the program's."""

import re
from datetime import UTC
from html.parser import HTMLParser
from urllib.parse import urlsplit

from inbox_desktop.sync.email.parsed import ParsedMail

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
VOID = {"br", "hr", "img", "col", "wbr"}
FORBIDDEN_TAGS = {
    *(
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "link",
        "meta",
        "base",
        "svg",
    ),
    *("math", "video", "audio", "frame", "frameset", "applet", "textarea", "select", "template", "noscript"),
}
URL_ATTRIBUTES = {"href", "src", "action", "background", "data", "cite", "longdesc", "poster", "srcset"}


def check(mail: ParsedMail) -> None:
    """Raise AssertionError where a read mail breaks a promise."""
    _check_header_texts(mail)
    _check_attachments(mail)
    for text in (mail.text, mail.visible_text):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text)
        assert all(len(line) <= 20_000 for line in text.split("\n"))
    assert mail.visible_text.strip() or not mail.text.strip()
    assert len(mail.warnings) <= 50
    assert len(mail.blocked) <= 200
    assert all(len(entry) < 300 and not CONTROLS.search(entry) for entry in (*mail.blocked, *mail.warnings))
    for html in (mail.html, mail.visible_html):
        if html is not None:
            HtmlCheck().run(html)


def _check_header_texts(mail: ParsedMail) -> None:
    people = [*mail.to, *mail.cc, *mail.reply_to, *([mail.sender] if mail.sender else [])]
    texts = [mail.subject, *mail.delivered_to]
    texts += [text for person in people for text in (person.name, person.address)]
    texts += [value for value in (mail.message_id, mail.in_reply_to, *mail.references) if value]
    assert not [text for text in texts if CONTROLS.search(text)]
    assert len(mail.subject) <= 998
    assert max(len(mail.to), len(mail.cc), len(mail.reply_to)) <= 1_000
    assert all(person.address.count("@") >= 1 and " " not in person.address for person in people)
    assert not any(HIDDEN.search(person.name) for person in people)
    assert mail.date is None or mail.date.tzinfo is UTC
    assert mail.sender is not None or not mail.from_verified
    ids = [value for value in (mail.message_id, *mail.references) if value]
    assert all(value.startswith("<") and value.endswith(">") for value in ids)


def _check_attachments(mail: ParsedMail) -> None:
    for attachment in mail.attachments:
        name = attachment.filename
        assert name
        assert len(name) <= 121
        assert not CONTROLS.search(name)
        assert not HIDDEN.search(name)
        assert not set(name) & set('/\\:*?"<>|')
        assert not name.startswith(".")
        assert name.split(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
        assert attachment.size == len(attachment.content)


class HtmlCheck(HTMLParser):
    """Walks sanitised HTML with the standard library's parser: safe tags, links and styles, not too deep."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def run(self, html: str) -> None:
        """Check a whole document."""
        assert "<!" not in html
        assert "<?" not in html
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check one tag."""
        assert tag not in FORBIDDEN_TAGS
        if tag not in VOID:
            self.open.append(tag)
            assert len(self.open) <= 100
            assert self.open.count("table") <= 8
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """No line longer than Qt can lay out."""
        assert len(data) <= 20_000

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        assert not name.startswith("on")
        assert name not in {"srcdoc", "srcset", "ping", "background", "action", "formaction", "poster"}
        assert not CONTROLS.search(value)
        if name in URL_ATTRIBUTES:
            scheme = urlsplit(value.strip()).scheme.lower()
            allowed = {"cid", "data"} if tag == "img" else {"http", "https", "mailto", "tel"}
            assert scheme in allowed, value
            assert scheme != "data" or re.match(
                r"data:image/(png|jpe?g|gif|webp);base64,", value, re.IGNORECASE
            )
        if name == "style":
            lowered = value.lower()
            words = (
                "url",
                "expression",
                "!important",
                "@",
                "\\",
                "position",
                "display",
                "behavior",
                "var(",
                "image",
            )
            assert not [word for word in words if word in lowered]
