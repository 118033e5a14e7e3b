"""The same conversations as people's own mail programs write them: long heads, simple bodies, about 8 KB.

`mails.py` writes every mail like a newsletter: tables, styles, a tracker. Customers answer with webmail,
phones and office programs. What these mails weigh is mostly their heads: those of real mails that came
through Google are about 5 KB long, through Exchange Online 5 to 15 KB.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from tests.bench.mails import SUPPORT, Conversation, Writer, part

_WEBMAIL, _PHONE, _OFFICE = "webmail", "phone", "office"
_PROGRAMS = (_WEBMAIL,) * 5 + (_PHONE,) * 2 + (_OFFICE,) * 3
_OFFICE_STYLE = (
    "@font-face\r\n\t{font-family:Calibri;\r\n\tpanose-1:2 15 5 2 2 2 4 3 2 4;}\r\n"
    "p.MsoNormal, li.MsoNormal, div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n"
    '\tfont-family:"Calibri",sans-serif;\r\n\tmso-fareast-language:EN-US;}\r\n'
    "a:link, span.MsoHyperlink\r\n\t{mso-style-priority:99;\r\n\tcolor:#0563C1;\r\n"
    "\ttext-decoration:underline;}\r\n"
    'span.EmailStyle17\r\n\t{mso-style-type:personal-compose;\r\n\tfont-family:"Calibri",sans-serif;}\r\n'
    "@page WordSection1\r\n\t{size:612.0pt 792.0pt;\r\n\tmargin:70.85pt 70.85pt 2.0cm 70.85pt;}\r\n"
    "div.WordSection1\r\n\t{page:WordSection1;}"
)


def personal_mails(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` mails, oldest first, with CRLF lines."""
    writer = _PersonalWriter(seed, count)
    for number in range(count):
        yield writer.mail(number)


class _PersonalWriter(Writer):
    """Every customer has one program."""

    def _program(self, thread: Conversation) -> str:
        return _PROGRAMS[int(thread.person.address[len("customer") :].split("@")[0]) % len(_PROGRAMS)]

    def _head(self, thread: Conversation, message_id: str, at: datetime) -> bytes:
        traces = {_WEBMAIL: self._webmail_traces, _PHONE: self._phone_traces, _OFFICE: self._office_traces}
        lines = traces[self._program(thread)](thread.person.address.split("@")[1], format_datetime(at))
        return "".join(f"{line}\r\n" for line in lines).encode("ascii") + super()._head(
            thread, message_id, at
        )

    def _html(self, thread: Conversation, paragraphs: tuple[str, ...]) -> str:
        language, person = thread.person.language, thread.person
        lines = (language.greeting, *paragraphs, language.farewell, person.name)
        if self._program(thread) == _OFFICE:
            return self._office_html(thread, lines)
        body = "<div><br></div>".join(f"<div>{line}</div>" for line in lines)
        quote = ""
        if thread.last:
            quoted = "".join(f"<div>{line}</div><div><br></div>" for line in thread.last)
            quote = (
                '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
                f"{self._wrote(thread)}<br></div>\r\n"
                '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
                f'rgb(204,204,204);padding-left:1ex">{quoted}</blockquote></div>'
            )
        return f'<div dir="ltr">{body}</div>{quote}\r\n'

    def _office_html(self, thread: Conversation, lines: tuple[str, ...]) -> str:
        normal = '<p class="MsoNormal">'
        body = f"{normal}&nbsp;</p>\r\n".join(f"{normal}{line}</p>\r\n" for line in lines)
        quote = ""
        if thread.last:
            quoted = "".join(f"{normal}{line}</p>\r\n" for line in thread.last)
            quote = (
                '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\r\n'
                f"{normal}<b>From:</b> Shop &lt;{SUPPORT}&gt;<br>"
                f"<b>Sent:</b> {thread.last_at:%A, %d %B %Y %H:%M}<br><b>To:</b> {thread.person.name}<br>"
                f"<b>Subject:</b> Re: {thread.subject}</p></div>\r\n{quoted}"
            )
        return (
            '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">\r\n'
            '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style><!--\r\n'
            f'{_OFFICE_STYLE}\r\n--></style></head>\r\n<body lang="EN-GB" link="#0563C1" vlink="#954F72">\r\n'
            f'<div class="WordSection1">\r\n{body}{quote}</div></body></html>\r\n'
        )

    def _body(self, number: int, thread: Conversation, text: str, html: str, charset: str) -> bytes:
        if self._program(thread) == _PHONE:
            return part("plain", text, charset)
        return super()._body(number, thread, text, html, charset)

    def _webmail_traces(self, domain: str, date: str) -> list[str]:
        source = f"mail-{self._word(6)}.{domain}"
        results = [
            " mx.shop.example;",
            f"\tdkim=pass header.i=@{domain} header.s=20230601 header.b={self._word(8)};",
            f"\tspf=pass (mx.shop.example: domain of someone@{domain} designates 192.0.2.41",
            f"\tas permitted sender) smtp.mailfrom=someone@{domain};",
            f"\tdmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from={domain}",
        ]
        fields = "\th=to:subject:message-id:date:from:in-reply-to:references:mime-version"
        return [
            f"X-Received: by 2001:db8::{self._word(4)}:0:0 with SMTP id {self._word(24)};",
            f"\t{date}",
            "ARC-Seal: i=1; a=rsa-sha256; t=1732000000; cv=none; d=mx.shop.example; s=arc-20240605;",
            *self._signed(5),
            "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=mx.shop.example; s=arc-20240605;",
            f"{fields}:dkim-signature;",
            *self._signed(6),
            *("ARC-Authentication-Results: i=1;" + results[0], *results[1:]),
            f"Received: from {source} ({source} [192.0.2.41])",
            f"\tby mx.shop.example with ESMTPS id {self._word(38)}",
            f"\tfor <{SUPPORT}> (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);",
            f"\t{date}",
            f"Received-SPF: pass (mx.shop.example: domain of someone@{domain} designates 192.0.2.41)",
            "\tclient-ip=192.0.2.41;",
            *("Authentication-Results:" + results[0], *results[1:]),
            f"X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=20230601;",
            f"{fields}:x-gm-message-state:from:to:cc;",
            *self._signed(6),
            f"X-Gm-Message-State: {self._word(60)}",
            f"\t{self._word(60)}",
            f"X-Gm-Gg: {self._word(70)}",
            f"\t{self._word(70)}",
            f"X-Google-Smtp-Source: {self._word(76)}",
        ]

    def _phone_traces(self, domain: str, date: str) -> list[str]:
        relay = f"out{self._word(3)}.{domain}"
        return [
            f"Received: from {relay} ({relay} [192.0.2.77])",
            f"\tby mx.shop.example (Postfix) with ESMTPS id {self._word(12)} for <{SUPPORT}>; {date}",
            f"Authentication-Results: mx.shop.example; dkim=pass header.d={domain};",
            f"\tspf=pass smtp.mailfrom={domain}",
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=1a1hai;",
            "\th=from:to:subject:date:message-id:content-type:mime-version:in-reply-to;",
            *self._signed(5),
            f"X-Proofpoint-GUID: {self._word(32)}",
            f"X-Proofpoint-ORIG-GUID: {self._word(32)}",
            "X-Proofpoint-Virus-Version: vendor=fsecure engine=1.1.170 definitions=17.11.64 signatures=0",
            "X-Mailer: iPhone Mail (22B83)",
        ]

    def _office_traces(self, domain: str, date: str) -> list[str]:
        relay = f"PR3P{self._word(4)}MB.eurprd00.prod.{domain}"
        blob = [f"\t{self._word(74)}" for _ in range(16)]
        return [
            f"Received: from {relay} (2001:db8:102:{self._word(3)}::9) by {relay}",
            "\t(2001:db8:600:4b::19) with Microsoft SMTP Server (version=TLS1_2,",
            f"\tcipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.8158.23; {date}",
            "ARC-Seal: i=1; a=rsa-sha256; s=arcselector10001; d=mail.example; cv=none;",
            *self._signed(5),
            "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example;",
            "\ts=arcselector10001;",
            "\th=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck;",
            *self._signed(5),
            f"ARC-Authentication-Results: i=1; mx.mail.example 1; spf=pass smtp.mailfrom={domain};",
            f"\tdmarc=pass action=none header.from={domain}; dkim=pass header.d={domain}; arc=none",
            "Thread-Topic: (the subject)",
            f"Thread-Index: {self._word(36)}",
            "Accept-Language: en-GB, en-US",
            "X-MS-Has-Attach: no",
            "x-ms-publictraffictype: Email",
            f"x-ms-office365-filtering-correlation-id: {self._word(36)}",
            "x-ms-exchange-senderadcheck: 1",
            "x-microsoft-antispam: BCL:0;ARA:13230040|1800799024|366016|376014|38070700018;",
            *("x-microsoft-antispam-message-info:", *blob),
            "x-forefront-antispam-report: CIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;SFV:NSPM;",
            *("x-ms-exchange-antispam-messagedata-0:", *blob[:10]),
        ]

    def _signed(self, lines: int) -> list[str]:
        """A signature's last tag, folded."""
        return [
            f"\tbh={self._word(43)};",
            f"\tb={self._word(70)}",
            *(f"\t {self._word(70)}" for _ in range(lines - 2)),
        ]

    def _word(self, length: int) -> str:
        """Letters and digits without a meaning."""
        return base64.b32encode(self._random.randbytes(length)).decode()[:length]
