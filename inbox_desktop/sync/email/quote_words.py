"""How mail programs introduce quotes, forwards and signatures, in the languages that customers write."""

import re
from typing import Final

# “… wrote”: the verb in lines such as “On 5 May 2024 at 10:12, Ana <a@b> wrote:”.
_WROTE: Final = (
    r"wrote|writes|said",
    r"schrieb(?:en)?|schreibt|geschrieben",
    r"a écrit|à écrit|ecrit|écrit|écrivait",
    r"escribió|escribio|ha escrito|va escriure|ha escrit",
    r"escreveu|escreveste|escrevi",
    r"ha scritto|scrive|scritto",
    r"schreef|geschreven",
    r"napisał\(a\)|napisała?|pisze",
    r"написала?|написал\(а\)|пишет|писал\(а\)|писала?",
    r"написав|написала|пише|пишуть",
    r"skrev|har skrivit",
    r"kirjoitti|kirjutas",
    r"napsal\(a\)|napsala?|napísal\(a\)|napísala?|je napisao/la|je napisao|je napisala|napisal",
    r"írta|ezt írta|következőt írta",
    r"a scris",
    r"şunu yazdı|şunları yazdı|yazdı|tarihinde",
    r"έγραψε",
    r"đã viết|menulis|rašė|rakstīja",
    r"כתב(?:ה)?|‏כתב|كتب",
    r"写道|寫道|写了|編寫",
    r"書きました|さんは書きました|のメール|님이 작성|작성",
)
WROTE: Final = re.compile(r"(?:(?<!\w)(?:" + "|".join(_WROTE[:-2]) + r")(?!\w)|" + "|".join(_WROTE[-2:]) + ")", re.IGNORECASE)

# The four labels of a quoted header block, by kind.
HEADER_LABELS: Final = {
    "from": """from von de da van från fra od od: od\u00a0 отправитель от кому\u00a0от від lähettäjä lähde feladó odesílatel odosielateľ
        expéditeur remitente mittente afzender nadawca kimden gönderen gonderen saatja avsändare afsender avsender
        pošiljatelj šalje expeditor expeditorul 差出人 送信元 送信者 发件人 寄件者 寄件人 보낸사람 από מאת من reply-to""",
    "date": """date sent datum gesendet envoyé envoyée fecha enviado enviada data inviato verzonden data: skickat sendt dato
        дата отправлено отправлен надіслано lähetetty päivämäärä elküldve dátum date: odesláno odoslané dátum: päiväys
        wysłano wysłane tarih gönderildi gönderme kuupäev saadetud poslano trimis trimis: dată expediat
        日付 日時 送信日時 发送时间 傳送時間 日期 寄件日期 보낸날짜 날짜 ημερομηνία תאריך التاريخ""",
    "to": """to an à para a aan till til do komu кому vastaanottaja címzett adresát destinataire destinatario destinatário
        ontvanger kime alıcı kellele saaja prima primatelj către catre pentru za 宛先 送信先 收件人 받는사람 προς אל إلى""",
    "subject": """subject betreff objet asunto assunto oggetto onderwerp temat ämne emne тема aihe tárgy předmět predmet konu
        teema subiect naslov 件名 主题 主旨 主題 제목 θέμα נושא الموضوع""",
    "cc": """cc bcc kopie copie copia kopia kópia másolat kopi копия копія kopio bilgi kk cc: másolatot""",
}
LABEL_KIND: Final = {
    label.strip(": \u00a0"): kind for kind, labels in HEADER_LABELS.items() for label in labels.split()
}

# The line over a forwarded mail. Everything below it is the message.
_FORWARDED: Final = (
    r"forwarded message|begin forwarded message|forwarded by|fwd\.msg",
    r"weitergeleitete nachricht|anfang der weitergeleiteten (?:nachricht|e-mail)",
    r"message transféré|message transfere|début du message (?:réexpédié|transféré)|message réexpédié|courriel transféré",
    r"mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada",
    r"início da mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|inizio messaggio inoltrato",
    r"doorgestuurd bericht|begin doorgestuurd bericht|wiadomość przesłana dalej|przekazana wiadomość",
    r"początek przekazywanej wiadomości|przesłana wiadomość|treść przekazanej wiadomości",
    r"пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения",
    r"переслане повідомлення|пересланий лист|початок листа, що пересилається|пересилається повідомлення",
    r"vidarebefordrat (?:meddelande|mail)|vidarebefordrade brevet|startar vidarebefordrat",
    r"videresendt (?:meddelelse|melding|e-mail|e-post)|videresendt besked|videresendte (?:besked|melding)",
    r"välitetty viesti|edelleenlähetetty|välitetyn viestin alku|přeposlaná zpráva|začátek přeposlané zprávy",
    r"preposlaná správa|začiatok preposlanej správy|továbbított (?:üzenet|levél)|továbbított levél kezdete",
    r"mesaj redirecționat|mesaj redirecţionat|începutul mesajului redirecționat|proslijeđena poruka|proslijedena poruka",
    r"yönlendirilmiş (?:mesaj|ileti|e-posta)|iletilen (?:mesaj|ileti)|iletilmiş|edastatud kiri|edastatud sõnum",
    r"メッセージを転送|転送されたメッセージ|転送メッセージ|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|전달된 메시지|전달된 메일",
)
FORWARD_LINE: Final = re.compile(
    r"^[\s>*_\-=–—]*(?:" + "|".join(_FORWARDED) + r")[\s*_\-=–—:：/.\w]{0,60}$", re.IGNORECASE
)
FORWARD_IN_LINE: Final = re.compile(r"^\s*[-_]{4,}\s*(?:" + "|".join(_FORWARDED) + r")\s*[-_]{4,}", re.IGNORECASE)

# The line over a quoted mail: “-----Original Message-----”.
_ORIGINAL: Final = (
    r"original (?:message|e-?mail|text)|reply message|ursprüngliche (?:nachricht|e-?mail)|original ?nachricht",
    r"message d['’]origine|message original|message initial|mensaje original|missatge original|mensagem original",
    r"messaggio originale|oorspronkelijk bericht|originele bericht|oryginalna wiadomość|wiadomość oryginalna",
    r"исходное сообщение|оригинальное сообщение|оригінальне повідомлення|вихідне повідомлення",
    r"ursprungligt meddelande|originalmeddelande|oprindelig (?:meddelelse|besked)|opprinnelig melding",
    r"alkuperäinen viesti|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|mesajul original",
    r"izvorna poruka|originalna poruka|orijinal (?:mesaj|ileti)|özgün ileti|algne kiri|元のメッセージ|原始邮件|原始郵件|원본 (?:메일|메시지)",
)
ORIGINAL_LINE: Final = re.compile(r"^\s*[-_=*]{2,}\s*(?:" + "|".join(_ORIGINAL) + r")\s*[-_=*]*\s*$", re.IGNORECASE)

# “Fwd:” before a subject. “VS” is left out: it means “Re” in Finnish.
FORWARD_SUBJECT: Final = re.compile(
    r"^\s*(?:fw|fwd|wg|tr|rv|enc|doorst|fs|vl|vb|pd|i|továbbítás|ilt|redir\.?|転送|转发|轉寄|전달|переслать)\s*[:：]", re.IGNORECASE
)

# Lines that mail programs put below a mail: “Sent from my iPhone”. Without “my” a device or program must be
# named, for “Sent by parcel service” is a sentence.
_DEVICE: Final = (
    r"(?:iphone|ipad|ipod|ios|android|samsung|galaxy|huawei|xiaomi|redmi|oneplus|nokia|pixel|motorola|blackberry|htc|"
    r"lg|sony|xperia|windows|mac|outlook|yahoo|gmail|gmx|web\.de|aol|hotmail|t-online|orange|proton ?mail|protonmail|"
    r"airmail|mailbox|spark|mail\b|mail\.ru|e-?mail[- ]?app|k-9|bluemail|thunderbird|fairemail|alto|smartphone|handy|"
    r"mobil\w*|mobile|phone|telefon\w*|téléphone|teléfono|telemóvel|celular|cellulare|telefoon|tablet|tablette|"
    r"device|dispositivo|смартфон\w*|телефон\w*|устройств\w*|яндекс\S*|почт\w*|пристро\w*)"
)
_MINE: Final = (
    r"(?:my|meinem|meiner|mon|ma|mi|meu|minha|mio|mia|mijn|mojego|mojej|moich|моего|моей|мого|моєї|min|mitt|minu|"
    r"mého|mé|môjho|mojego|meul|mea|mog|moje)"
)
_SENT: Final = (
    r"sent from|sent via|sent by|sent with|sent using|send from|gesendet von|gesendet mit|gesendet aus|gesendet über|"
    r"versendet mit|von|envoyé depuis|envoyé de|envoyé à partir de|envoyé avec|envoyé par|envoyé via|provenance|"
    r"enviado desde|enviado do|enviado de|enviado a partir do|enviado pelo|enviado por|enviado con|enviado com|"
    r"inviato da|inviato dal|inviato dall['’]|inviato con|inviato tramite|verzonden vanaf|verzonden met|verzonden via|"
    r"verzonden vanuit|verstuurd vanaf|verstuurd met|wysłano z|wysłane z|wysłane ze|отправлено с|отправлено со|"
    r"отправлено из|отправлено от|надіслано з|надіслано із|skickat från|sendt fra|lähetetty|odesláno z|odoslané z|"
    r"elküldve|trimis de pe|poslano s|poslano iz|saadetud|from|written on|written from"
)
_MOBILE: Final = (
    rf"[(<\s]*(?:{_SENT})\s?(?:a |the |an |o |el |la |il |un |une |l['’]|d['’])?{_MINE} .{{1,80}}",
    rf"[(<\s]*(?:{_SENT})\b.{{0,30}}(?<!\w){_DEVICE}\b.{{0,80}}",
    r"get (?:outlook|\[outlook).{0,80}|download outlook.{0,60}|outlook (?:für|pour|para|per|voor|for) (?:ios|android).{0,60}",
    r"(?:télécharge[rz]|obtenez|obtener|obter|obtenha|scarica|ottieni|pobierz|hämta|hent|holen sie sich) outlook.{0,60}",
    rf"von mein(?:em|er) .{{1,60}} (?:gesendet|versendet|geschickt)",
    rf"diese (?:nachricht|e-?mail|mail) wurde .{{0,20}}(?<!\w){_DEVICE}.{{0,80}} (?:gesendet|versendet)",
    rf"\S{{1,30}} from mobile",
    r".{0,40}(?:iphone|ipad|android).{0,20}(?:gönderildi|から送信|발송|보냄|에서 보냄)",
    r"(?:發自|发自|傳送自|從)我的 ?.{1,40}|.{0,20}iphone 傳送|スマートフォン.{0,10}から送信",
)
MOBILE_LINE: Final = re.compile(r"^\s*(?:" + "|".join(_MOBILE) + r")[\s.!]*$", re.IGNORECASE)
SIGNATURE_LINE: Final = re.compile(r"^(?:--|—|––|— )\s*$")
