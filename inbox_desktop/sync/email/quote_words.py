"""How mail programs introduce quotes, forwards and signatures, in the languages that customers write."""

import re
from typing import Final

from inbox_desktop.sync.email.patterns import any_of

# “… wrote”: the verb in lines such as “On 5 May 2024 at 10:12, Ana <a@b> wrote:” (or its last word).
_WROTE: Final = frozenset(
    """
    wrote writes said schrieb schrieben schreibt geschrieben écrit ecrit écrivait escribió escribio escrito
    escriure escrit escreveu escreveste scritto scrive schreef geschreven napisał napisała napisał(a) pisze
    написал написала написал(а) пишет писал писала писал(а) написав пише пишуть skrev skrivit kirjoitti
    kirjutas napsal napsala napsal(a) napísal napísala napísal(a) napisao napisala napisao/la írta scris yazdı
    tarihinde έγραψε viết menulis rašė rakstīja כתב כתבה كتب
    """.split()
)
_WROTE_PARTS: Final = ("写道", "寫道", "写了", "編寫", "書きました", "のメール", "님이 작성", "작성")
_WORD = re.compile(r"[^\W\d_]+(?:[(/][^\W\d_]+\)?)?")


def says_wrote(text: str) -> bool:
    """Whether a line contains a verb of writing in one of the known languages."""
    lowered = text.lower()
    return not _WROTE.isdisjoint(_WORD.findall(lowered)) or (
        not text.isascii() and any(part in lowered for part in _WROTE_PARTS)
    )


# The labels of a quoted header block, by kind.
_HEADER_LABELS: Final = {
    "from": """
        from von de da van från fra od отправитель от від lähettäjä feladó odesílatel odosielateľ expéditeur
        remitente mittente afzender nadawca kimden gönderen saatja avsändare afsender avsender pošiljatelj
        šalje expeditor expeditorul 差出人 送信元 送信者 发件人 寄件者 寄件人 보낸사람 από מאת
        reply-to
        """,
    "date": """
        date sent datum gesendet envoyé fecha enviado enviada data inviato verzonden skickat sendt dato дата
        отправлено отправлен надіслано lähetetty päivämäärä päiväys elküldve dátum odesláno odoslané wysłano
        wysłane tarih gönderildi gönderme kuupäev saadetud poslano trimis dată expediat 日付 日時 送信日時
        发送时间 傳送時間 日期 寄件日期 보낸날짜 날짜 ημερομηνία תאריך التاريخ
        """,
    "to": """
        to an à para a aan till til do komu кому vastaanottaja címzett adresát destinataire destinatario
        destinatário ontvanger kime alıcı kellele saaja prima primatelj către catre za 宛先 送信先 收件人
        받는사람 προς אל إلى
        """,
    "subject": """
        subject betreff objet asunto assunto oggetto onderwerp temat ämne emne тема aihe tárgy předmět predmet
        konu teema subiect naslov 件名 主题 主旨 主題 제목 θέμα נושא الموضوع
        """,
    "cc": "cc bcc kopie copie copia kopia kópia másolat kopi копия копія kopio bilgi kk",
}
LABEL_KIND: Final = {label: kind for kind, labels in _HEADER_LABELS.items() for label in labels.split()}

# The line over a forwarded mail. Everything below it is the message.
_FORWARDED: Final = any_of(
    r"""
    forwarded message|begin forwarded message|forwarded by|fwd\.msg
    weitergeleitete nachricht|anfang der weitergeleiteten (?:nachricht|e-mail)
    message transféré|message transfere|début du message (?:réexpédié|transféré)|message réexpédié
    courriel transféré
    mensaje reenviado|inicio del mensaje reenviado
    mensagem (?:encaminhada|reencaminhada)|início da mensagem (?:encaminhada|reencaminhada)
    messaggio inoltrato|inizio messaggio inoltrato
    doorgestuurd bericht|begin doorgestuurd bericht
    wiadomość przesłana dalej|przekazana wiadomość|przesłana wiadomość
    początek przekazywanej wiadomości|treść przekazanej wiadomości
    пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение
    начало переадресованного сообщения
    переслане повідомлення|пересланий лист|початок листа, що пересилається|пересилається повідомлення
    vidarebefordrat (?:meddelande|mail)|vidarebefordrade brevet|startar vidarebefordrat
    videresendt (?:meddelelse|melding|e-mail|e-post|besked)|videresendte (?:besked|melding)
    välitetty viesti|edelleenlähetetty|välitetyn viestin alku
    přeposlaná zpráva|začátek přeposlané zprávy|preposlaná správa|začiatok preposlanej správy
    továbbított (?:üzenet|levél)|továbbított levél kezdete
    mesaj redirecționat|mesaj redirecţionat|începutul mesajului redirecționat
    proslijeđena poruka|proslijedena poruka
    yönlendirilmiş (?:mesaj|ileti|e-posta)|iletilen (?:mesaj|ileti)|iletilmiş
    edastatud kiri|edastatud sõnum
    メッセージを転送|転送されたメッセージ|転送メッセージ
    转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|전달된 메시지|전달된 메일
    """
)
FORWARD_LINE: Final = re.compile(rf"^[\s>*_\-=–—]*{_FORWARDED}[\s*_\-=–—:：/.\w]{{0,60}}$", re.IGNORECASE)
FORWARD_IN_LINE: Final = re.compile(rf"^\s*[-_]{{4,}}\s*{_FORWARDED}\s*[-_]{{4,}}", re.IGNORECASE)

# The line over a quoted mail: “-----Original Message-----”.
_ORIGINAL: Final = any_of(
    r"""
    original (?:message|e-?mail|text)|reply message
    ursprüngliche (?:nachricht|e-?mail)|original ?nachricht
    message d['’]origine|message original|message initial
    mensaje original|missatge original|mensagem original|messaggio originale
    oorspronkelijk bericht|originele bericht
    oryginalna wiadomość|wiadomość oryginalna
    исходное сообщение|оригинальное сообщение|оригінальне повідомлення|вихідне повідомлення
    ursprungligt meddelande|originalmeddelande|oprindelig (?:meddelelse|besked)|opprinnelig melding
    alkuperäinen viesti|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|mesajul original
    izvorna poruka|originalna poruka|orijinal (?:mesaj|ileti)|özgün ileti|algne kiri
    元のメッセージ|原始邮件|原始郵件|원본 (?:메일|메시지)
    """
)
ORIGINAL_LINE: Final = re.compile(rf"^\s*[-_=*]{{2,}}\s*{_ORIGINAL}\s*[-_=*]*\s*$", re.IGNORECASE)

# “Fwd:” before a subject. “VS” is left out: it means “Re” in Finnish.
FORWARD_SUBJECT: Final = re.compile(
    r"^\s*(?:fw|fwd|wg|tr|rv|enc|doorst|fs|vl|vb|pd|i|továbbítás|ilt|redir\.?|転送|转发|轉寄|전달|переслать)\s*[:：]",
    re.IGNORECASE,
)

# Lines that mail programs put below a mail: “Sent from my iPhone”. Without “from my” a device or a program
# must be named, for “Sent by parcel service” is a sentence.
_DEVICE: Final = any_of(
    r"""
    iphone|ipad|ipod|ios|android|samsung|galaxy|huawei|xiaomi|redmi|oneplus|nokia|pixel|motorola|blackberry
    htc|lg|sony|xperia|windows|mac|outlook|yahoo|gmail|gmx|web\.de|aol|hotmail|t-online|orange|proton ?mail
    airmail|mailbox|spark|mail|mail\.ru|e-?mail[- ]?app|k-9|bluemail|thunderbird|fairemail
    mobil\w*|phone|smartphone|handy|telefon\w*|téléphone|teléfono|telemóvel|celular|cellulare|telefoon
    tablet|tablette|device|dispositivo|смартфон\w*|телефон\w*|устройств\w*|яндекс\S*|почт\w*|пристро\w*
    """
)
_MINE: Final = any_of(
    """
    my|meinem|meiner|mon|ma|mi|meu|minha|mio|mia|mijn|mojego|mojej|моего|моей|мого|моєї
    min|mitt|minu|mého|mé|môjho|meul|mea|mog
    """
)
_SENT_FROM: Final = any_of(
    """
    sent from|gesendet von|envoyé depuis|envoyé de|envoyé à partir de|enviado desde|enviado do|enviado de
    enviado a partir do|inviato da|inviato dal|verzonden vanaf|verstuurd vanaf|wysłano z|wysłane z|wysłane ze
    отправлено с|отправлено со|отправлено из|надіслано з|надіслано із|skickat från|sendt fra
    odesláno z|odoslané z|trimis de pe|poslano s|poslano iz
    """
)
_SENT_BY: Final = any_of(
    """
    sent via|sent by|sent with|sent using|send from|written on|gesendet mit|gesendet aus|gesendet über
    versendet mit|envoyé avec|envoyé par|envoyé via|provenance|enviado pelo|enviado por|enviado con
    enviado com|inviato dall['’]|inviato con|inviato tramite|verzonden met|verzonden via|verzonden vanuit
    verstuurd met|отправлено от|lähetetty|elküldve|saadetud
    """
)
_MOBILE: Final = any_of(
    rf"""
    [(<\s]*{_SENT_FROM} {_MINE} .{{1,80}}
    [(<\s]*(?:{_SENT_FROM}|{_SENT_BY})\b.{{0,30}}(?<!\w){_DEVICE}\b.{{0,80}}
    (?:from|von) {_MINE} (?:\w+ ){{0,2}}{_DEVICE}\b.{{0,30}}
    \(?sent from (?:a|the) \S.{{0,60}}
    \S{{1,30}} from mobile
    get (?:outlook|\[outlook).{{0,80}}|download outlook.{{0,60}}
    outlook (?:für|pour|para|per|voor|for) (?:ios|android).{{0,60}}
    (?:télécharge[rz]|obtenez|obtener|obter|obtenha|scarica|ottieni|pobierz|hämta|hent) outlook.{{0,60}}
    von mein(?:em|er) .{{1,60}} (?:gesendet|versendet|geschickt)
    diese (?:nachricht|e-?mail|mail) wurde .{{0,20}}(?<!\w){_DEVICE}.{{0,80}} (?:gesendet|versendet)
    .{{0,40}}(?:iphone|ipad|android).{{0,20}}(?:gönderildi|から送信|발송|보냄|에서 보냄)
    (?:發自|发自|傳送自|從)我的 ?.{{1,40}}|.{{0,20}}iphone 傳送|スマートフォン.{{0,10}}から送信
    """
)
MOBILE_LINE: Final = re.compile(rf"^\s*{_MOBILE}[\s.!]*$", re.IGNORECASE)
SIGNATURE_LINE: Final = re.compile(r"^(?:--|—|––|— )\s*$")
