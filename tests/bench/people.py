"""The invented people, subjects and sentences that the generated mails are made of."""

from __future__ import annotations

from typing import NamedTuple


class Language(NamedTuple):
    """What one language gives to a mail. `charset` is what its older mailers write."""

    code: str
    charset: str
    greeting: str
    farewell: str
    wrote: str
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


FIRST_NAMES = tuple(
    "Ana Bo Chidi Dana Elif Farid Greta Hugo Inés Jonas Keiko Lena Marek Nadia Olga Pedro Quinn Rosa Søren "
    "Tomás Uma Vera Wanda Xavier Yuki Zoë Łukasz François Jürgen Mélanie".split()
)
LAST_NAMES = tuple(
    "Abara Bianchi Costa Dubois Eriksen Fischer García Haddad Ivanova Jansen Kowalska Lindqvist Müller "
    "Nair Okafor Petrov Quintero Ribeiro Souza Tanaka Ueda "
    "Varga Weiß Xu Yılmaz Zieliński Sørensen Nowak Almeida Brandt".split()
)
DOMAINS = ("example.com", "example.org", "example.net", "mail.example", "post.example", "firm.example")

LANGUAGES = (
    Language(
        "en",
        "windows-1252",
        "Hello,",
        "Kind regards",
        "On {date}, {name} wrote:",
        (
            "Where is my order?",
            "The jacket has the wrong size",
            "Invoice for last month",
            "Cannot sign in any more",
            "Return of two items",
            "Question about delivery to an island",
            "Thank you for the quick answer",
            "Broken zip",
            "Change of address",
            "Discount code doesn’t work",
        ),
        (
            "The parcel should have come on Friday, but the tracking page has not moved since Tuesday.",
            "I ordered the blue one in medium and received a green one in large instead.",
            "Could you please send me the invoice with our VAT number on it?",
            "The person on the phone was very kind, but could not find my order.",
            "I have attached a picture so that you can see what I mean.",
            "We leave for our holidays on the 14th, so it would have to arrive before that.",
            "If it is easier for you, I can also pick it up at the shop near the station.",
            "My neighbour took it in, so please ignore my mail of this morning.",
            "It worked well for about three weeks and then simply stopped.",
            "Is there a way to pay for both orders together?",
            "I tried again with another card, and the page still says that something went wrong.",
            "Please don’t send another one before we have spoken.",
        ),
    ),
    Language(
        "de",
        "iso-8859-1",
        "Guten Tag,",
        "Mit freundlichen Grüßen",
        "Am {date} schrieb {name}:",
        ("Wo bleibt meine Bestellung?", "Rückgabe der Schuhe", "Falsche Größe erhalten", "Rechnung fehlt"),
        (
            "Das Paket sollte am Freitag ankommen, die Verfolgung zeigt aber seit Dienstag nichts Neues.",
            "Können Sie mir bitte die Rechnung mit unserer Umsatzsteuernummer schicken?",
            "Ich hätte die Jacke gern eine Nummer größer, falls sie noch verfügbar ist.",
            "Vielen Dank für die schnelle Antwort, damit ist mir schon sehr geholfen.",
            "Im Anhang finden Sie ein Bild der beschädigten Stelle.",
            "Wäre eine Lieferung an eine Packstation möglich?",
        ),
    ),
    Language(
        "pt",
        "utf-8",
        "Olá,",
        "Obrigada",
        "Em {date}, {name} escreveu:",
        ("Meu pedido ainda não chegou", "Troca de tamanho", "Não consigo entrar na conta"),
        (
            "O pedido deveria ter chegado na sexta-feira e até agora não tenho nenhuma notícia.",
            "Gostaria de trocar a camisa por um tamanho maior, se ainda houver.",
            "Vocês poderiam me enviar a nota fiscal outra vez, por favor?",
            "Já tentei redefinir a senha três vezes e o e-mail não chega.",
            "Muito obrigada pela atenção, a loja é ótima.",
        ),
    ),
    Language(
        "fr",
        "iso-8859-1",
        "Bonjour,",
        "Cordialement",
        "Le {date}, {name} a écrit :",
        ("Où est ma commande ?", "Remboursement", "Facture introuvable", "Colis abîmé"),
        (
            "Le colis devait arriver vendredi, mais le suivi n’a pas bougé depuis mardi.".replace("’", "'"),
            "Pourriez-vous m'envoyer la facture avec notre numéro de TVA ?",
            "J'ai reçu un modèle différent de celui que j'avais commandé.",
            "Merci beaucoup pour votre réponse rapide.",
            "Vous trouverez une photo en pièce jointe.",
        ),
    ),
    Language(
        "ja",
        "iso-2022-jp",
        "お世話になっております。",
        "よろしくお願いいたします",
        "{date} {name} のメッセージ:",
        ("注文の配送状況について", "返品のお願い", "請求書の再発行", "ログインできません"),
        (
            "金曜日に届く予定でしたが、まだ届いておりません。",
            "追跡ページは火曜日から更新されていません。",
            "サイズを一つ大きいものに交換していただけますか。",
            "お手数ですが、請求書をもう一度お送りください。",
            "迅速なご対応をありがとうございます。",
        ),
    ),
    Language(
        "pl",
        "iso-8859-2",
        "Dzień dobry,",
        "Pozdrawiam",
        "W dniu {date} {name} napisał(a):",
        ("Gdzie jest moje zamówienie?", "Zwrot towaru", "Zły rozmiar", "Prośba o fakturę"),
        (
            "Paczka miała przyjść w piątek, ale śledzenie nie zmieniło się od wtorku.",
            "Proszę o przesłanie faktury z naszym numerem NIP.",
            "Czy mogę wymienić kurtkę na większy rozmiar?",
            "Dziękuję za szybką odpowiedź, to bardzo pomogło.",
            "W załączniku przesyłam zdjęcie uszkodzenia.",
        ),
    ),
)
