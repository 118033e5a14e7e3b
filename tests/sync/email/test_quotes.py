"""What was written and what is quoted, in plain text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_desktop.sync.email.quotes import is_intro, split_quoted, visible_text


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def test_replies_of_many_programs_are_trimmed_as_people_would(shared_data: Path) -> None:
    folder = shared_data / "reply-trimming"
    names = sorted(path.name for path in (folder / "emails").iterdir())
    differing = [
        name
        for name in names
        if _squeezed(visible_text((folder / "emails" / name).read_text(encoding="utf-8")))
        != _squeezed((folder / "trimmed" / name).read_text(encoding="utf-8"))
    ]
    # A forward stays visible on purpose; quotes without introduction are left out here and kept there.
    assert differing == ["embedded_email_16.txt", "forwarded_gmail.txt"]
    assert len(names) == 32


def test_forwards_stay_visible(shared_data: Path) -> None:
    for path in sorted((shared_data / "forwards").glob("*_body*.txt")):
        text = path.read_text(encoding="utf-8")
        if "enean quis" in text:
            assert "enean quis" in visible_text(text, "Fwd: x"), path.name


def test_a_forward_needs_no_subject_when_nothing_was_written_above(shared_data: Path) -> None:
    for path in sorted((shared_data / "forwards").glob("*_body.txt")):
        text = path.read_text(encoding="utf-8")
        if "enean quis" in text:
            assert "enean quis" in visible_text(text), path.name


@pytest.mark.parametrize(
    "intro",
    [
        "On Mon, 5 May 2025 at 10:12, Ana Souza <ana@example.com> wrote:",
        "On 5 May 2025, at 10:12, Ana Souza wrote:",
        "On 05/05/2025 10:12 AM, Ana Souza wrote:",
        "Am 05.05.2025 um 10:12 schrieb Ana Souza:",
        "Ana Souza <ana@example.com> schrieb am Mo., 5. Mai 2025 um 10:12 Uhr:",
        "Le 5 mai 2025 à 10:12, Ana Souza <ana@example.com> a écrit :",
        "Le lun. 5 mai 2025 à 10:12, Ana Souza <ana@example.com> a\u00a0écrit\u00a0:",
        "El lun, 5 may 2025 a las 10:12, Ana Souza (<ana@example.com>) escribió:",
        "Em seg., 5 de mai. de 2025 às 10:12, Ana Souza <ana@example.com> escreveu:",
        "Il giorno lun 5 mag 2025 alle ore 10:12 Ana Souza <ana@example.com> ha scritto:",
        "Op ma 5 mei 2025 om 10:12 schreef Ana Souza <ana@example.com>:",
        "pon., 5 maj 2025 o 10:12 Ana Souza <ana@example.com> napisał(a):",
        "W dniu 5.05.2025 o 10:12, Ana Souza pisze:",
        "5 мая 2025 г., в 10:12, Ana Souza <ana@example.com> написал(а):",
        "пн, 5 мая 2025 г. в 10:12, Ana Souza <ana@example.com>:",
        "Den mån 5 maj 2025 kl 10:12 skrev Ana Souza <ana@example.com>:",
        "man. 5. mai 2025 kl. 10:12 skrev Ana Souza <ana@example.com>:",
        "ma 5. toukok. 2025 klo 10.12 Ana Souza (ana@example.com) kirjoitti:",
        "po 5. 5. 2025 v 10:12 odesílatel Ana Souza <ana@example.com> napsal:",
        "5 Mayıs 2025 Pzt 10:12 tarihinde Ana Souza <ana@example.com> şunu yazdı:",
        "2025年5月5日(月) 10:12 Ana Souza <ana@example.com>:",
        "2025/05/05 10:12、Ana Souza <ana@example.com>のメール:",
        "在 2025年5月5日，上午10:12，Ana Souza <ana@example.com> 写道：",
        "2025년 5월 5일 (월) 오전 10:12, Ana Souza <ana@example.com>님이 작성:",
        "---- On Mon, 05 May 2025 10:12:00 +0200 Ana Souza <ana@example.com> wrote ----",
    ],
)
def test_introductions_in_many_languages(intro: str) -> None:
    assert is_intro(intro)
    assert visible_text(f"Thanks!\n\n{intro}\n\n> old\n> words\n") == "Thanks!"
    assert visible_text(f"Thanks!\n\n{intro}\n\nold words, not marked\n") == "Thanks!"


@pytest.mark.parametrize(
    "sentence",
    [
        "My wife wrote:",
        "As you said in your last message:",
        "The order number is 2025-05-05-1012:",
        "On Monday I ordered 2 shirts and wrote to you:",
        "I wrote on 5 May 2025 at 10:12 and nobody answered.",
        "Please send it to ana@example.com, as I said.",
        "Here is what the label said: fragile",
    ],
)
def test_sentences_that_only_look_like_introductions_stay(sentence: str) -> None:
    text = f"Hello,\n\n{sentence}\n\nthe parcel is broken."
    assert visible_text(text) == text


def test_an_introduction_may_be_wrapped_anywhere() -> None:
    intro = "On Mon, 5 May 2025 at 10:12, Ana Souza\nfrom the office <\nana@example.com> wrote:"
    text = f"Yes, 2 of them.\n{intro}\n> how many?"
    assert visible_text(text) == "Yes, 2 of them."


def test_an_introduction_may_take_six_lines_and_no_more() -> None:
    words = ["On 5 May", "2024", "at 10:12,", "Ana", "<ana@shop.example>", "wrote:"]
    assert visible_text("\n".join(["Thanks", "", *words, "", "old"])) == "Thanks"
    longer = ["On 5 May", "2024", "at", "10:12,", "Ana", "<ana@shop.example>", "wrote:"]
    assert "On 5 May" in visible_text("\n".join(["Thanks", "", *longer, "", "> old"]))


def test_an_introduction_goes_over_an_empty_line_before_an_address_only() -> None:
    intro = "On 5 May 2024 at 10:12, Ana\n\n{}ana@shop.example> wrote:"
    assert visible_text("Thanks\n\n" + intro.format("<") + "\n\nold") == "Thanks"
    assert "On 5 May" in visible_text("Thanks\n\n" + intro.format("of <") + "\n\nold")


def test_answers_between_quotes_stay_visible_and_the_quotes_are_told_apart() -> None:
    text = "Am 05.05.2025 um 10:12 schrieb Ana:\n> Which size?\n\nL\n\n> Which colour?\n\nBlue\n-- \nBo\n"
    assert visible_text(text) == "L\n\nBlue"
    segments = split_quoted(text)
    assert "".join(segment.text for segment in segments) == text
    assert [(segment.quoted, segment.signature) for segment in segments] == [
        (True, False),
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "block",
    [
        "From: Ana <a@b.example>\nSent: Monday, 5 May 2025 10:12\nTo: Help\nSubject: RE: Order",
        "*From:* Ana <a@b.example>\n*Date:* Monday\n*To:* Help; \n Bo <bo@b.example>\n*Subject:* Order",
        "Von: Ana\nGesendet: Montag, 5. Mai 2025 10:12\nAn: Hilfe\nBetreff: AW: Bestellung",
        "De : Ana\nEnvoyé : lundi 5 mai 2025 10:12\nÀ : Aide\nObjet : RE: Commande",
        "De: Ana\nEnviado: lunes\nPara: Ayuda\nAsunto: RE: Pedido",
        "Da: Ana\nInviato: lunedì\nA: Aiuto\nOggetto: R: Ordine",
        "Van: Ana\nVerzonden: maandag\nAan: Hulp\nOnderwerp: RE: Bestelling",
        "Od: Ana\nWysłano: poniedziałek\nDo: Pomoc\nTemat: ODP: Zamówienie",
        "От: Ana\nОтправлено: понедельник\nКому: Помощь\nТема: RE: Заказ",
        "差出人: Ana\n送信日時: 2025年5月5日\n宛先: Help\n件名: RE: 注文",
        "发件人: Ana\n发送时间: 2025年5月5日\n收件人: Help\n主题: 回复",
        "-----Original Message-----\nFrom: Ana\nSent: Monday\nTo: Help\nSubject: Order",
        "-----Ursprüngliche Nachricht-----",
        "________________________________\nFrom: Ana\nSent: Monday\nTo: Help\nSubject: Order",
    ],
)
def test_header_blocks_of_replies_and_forwards(block: str) -> None:
    assert visible_text(f"Yes please.\n\n{block}\n\nold words\n", "Re: Order") == "Yes please."
    assert "old words" in visible_text(f"Please see below.\n\n{block}\n\nold words\n", "FW: Order")
    assert "old words" in visible_text(f"{block}\n\nold words\n")


def test_a_letter_with_labels_is_no_header_block() -> None:
    text = "Hello\n\nName: Ana\nDate: 5 May\nOrder: 17\nSubject matter: shoes\n\nThanks"
    assert visible_text(text) == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAna Souza\nAcme Ltd\n+44 20 7946 0000",
        "--\nAna",
        "—\nAna",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Skickat från min iPhone",
        "iPhoneから送信",
        "发自我的 iPhone",
        "Get Outlook for Android",
        "Sent from Yahoo Mail on Android",
    ],
)
def test_signatures_are_left_out(signature: str) -> None:
    assert (
        visible_text(f"Hello,\nit works.\n\nBest,\nAna\n\n{signature}\n") == "Hello,\nit works.\n\nBest,\nAna"
    )


@pytest.mark.parametrize(
    "last",
    [
        "Sent by parcel service yesterday.",
        "From my side everything is fine.",
        "Von meinem Mann bestellt.",
        "Sent via courier, number 12.",
        "Enviado por correios ontem.",
        "Send it to my mother.",
    ],
)
def test_a_last_sentence_is_no_signature(last: str) -> None:
    text = f"Hello\n\n{last}"
    assert visible_text(text) == text


def test_dashes_within_a_long_text_are_no_signature() -> None:
    text = "Intro\n--\n" + "\n".join(f"line {number}" for number in range(30))
    assert visible_text(text) == text


@pytest.mark.parametrize(
    "text", ["> only a quote", "-- \nAna", "Sent from my iPhone", "On 5 May 2025, at 10:12, A wrote:"]
)
def test_never_nothing_when_there_is_something(text: str) -> None:
    assert visible_text(text) == text


_LINES = st.sampled_from(
    [
        "Hello",
        "",
        "> quoted",
        ">> deeper",
        "-- ",
        "On 5 May 2025, at 10:12, Ana wrote:",
        "From: Ana",
        "Sent: Monday",
        "To: Help",
        "Subject: x",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "Sent from my iPhone",
        "_____________",
    ]
)


@settings(max_examples=300)
@given(
    st.lists(st.one_of(_LINES, st.text(max_size=40)), max_size=25), st.sampled_from(["", "Re: x", "Fwd: x"])
)
def test_no_text_is_lost_and_something_is_always_visible(lines: list[str], subject: str) -> None:
    text = "\n".join(lines)
    assert "".join(segment.text for segment in split_quoted(text, subject)) == text
    assert bool(visible_text(text, subject)) is bool(text.strip())
