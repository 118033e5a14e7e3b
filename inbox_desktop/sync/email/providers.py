"""The server settings of large mail providers, by the domain of the address.

Every entry was compared with a stored copy, not always the newest, of Mozilla's collection of such settings
(https://github.com/thunderbird/autoconfig, folder ispdb; the comment at an entry names the file read): hosts,
ports, security, form of the user name, and each domain. Where the collection had nothing, the comment names
the other source read. No server was contacted, and nothing here rests on a provider's own help page.

The advice about switching IMAP on or app passwords was found in those sources for GMX (gmx.net), WEB.DE,
Telekom, freenet, Fastmail, Zoho, Yandex (IMAP only), o2, UOL and QQ; elsewhere it is general knowledge.
"""

from dataclasses import dataclass
from functools import cache

from inbox_desktop.models.kinds import Security
from inbox_desktop.models.mail_settings import MailSettings, Server

_APP_PASSWORD = (
    "{name} wants an app password here, not the usual one: make one in the account's security settings."
)
_SWITCHED_ON = "Access by IMAP has to be switched on once, in the mailbox's settings at {name}."


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: its domains, its servers (TLS on 993 and 465 unless said otherwise), and what to know.

    `submission` is set where the SMTP server is reached by STARTTLS on port 587. `local_user` says that one
    signs in with the part of the address before the @.
    """

    name: str
    domains: str
    imap: str
    smtp: str
    note: str = ""
    submission: bool = False
    local_user: bool = False

    def settings(self, address: str) -> MailSettings:
        """The settings for an address of this provider."""
        smtp = (
            Server(self.smtp, 587, Security.STARTTLS)
            if self.submission
            else Server(self.smtp, 465, Security.TLS)
        )
        user = address.rpartition("@")[0] if self.local_user else address
        return MailSettings(Server(self.imap, 993, Security.TLS), smtp, user)

    @property
    def advice(self) -> str:
        """The note for people, with the provider's name."""
        return self.note.format(name=self.name)


_OUTLOOK = (
    "Microsoft lets mail programs into these mailboxes only by its own web sign-in (OAuth), which this "
    "program does not offer: a password will most likely be refused. If it is, use a mailbox elsewhere."
)
_MICROSOFT = (
    "Microsoft has ended sign-in by password for most mailboxes. Where an administrator still allows it, or "
    "an app password can be made in the account's security settings, use that one."
)

_PROVIDERS = (
    # ispdb file googlemail.com.xml
    Provider("Gmail", "gmail.com googlemail.com", "imap.gmail.com", "smtp.gmail.com", _APP_PASSWORD),
    # ispdb file hotmail.com.xml, which lists OAuth2 as the only way to sign in
    Provider(
        "Outlook.com",
        "outlook.com hotmail.com live.com msn.com windowslive.com outlook.de outlook.fr outlook.es "
        "outlook.it outlook.at outlook.be outlook.dk outlook.ie outlook.pt outlook.com.br outlook.com.au "
        "hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.be hotmail.nl hotmail.se hotmail.co.uk "
        "live.de live.fr live.it live.nl live.be live.dk live.se live.co.uk live.com.mx",
        "outlook.office365.com",
        "smtp-mail.outlook.com",
        _OUTLOOK,
        submission=True,
    ),
    # ispdb file office365.com
    Provider(
        "Microsoft 365",
        "onmicrosoft.com office365.com",
        "outlook.office365.com",
        "smtp.office365.com",
        _MICROSOFT,
        submission=True,
    ),
    # ispdb file yahoo.com.xml
    Provider(
        "Yahoo",
        "yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.uk "
        "yahoo.co.in yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.au",
        "imap.mail.yahoo.com",
        "smtp.mail.yahoo.com",
        _APP_PASSWORD,
    ),
    # ispdb files aol.com.xml, verizon.net.xml
    Provider("AOL", "aol.com aim.com aol.de verizon.net", "imap.aol.com", "smtp.aol.com", _APP_PASSWORD),
    # ispdb file me.com.xml, which has the part before the @ for IMAP and the whole address for SMTP. There is
    # one user name for both here; SMTP decides.
    Provider(
        "iCloud",
        "icloud.com me.com mac.com",
        "imap.mail.me.com",
        "smtp.mail.me.com",
        _APP_PASSWORD,
        submission=True,
    ),
    # ispdb file gmx.net.xml
    Provider(
        "GMX",
        "gmx.de gmx.net gmx.at gmx.ch gmx.eu gmx.org gmx.info",
        "imap.gmx.net",
        "mail.gmx.net",
        _SWITCHED_ON,
    ),
    # ispdb file gmx.com.xml
    Provider("GMX", "gmx.com gmx.us gmx.co.uk gmx.fr gmx.es", "imap.gmx.com", "mail.gmx.com", _SWITCHED_ON),
    # ispdb file mail.com.xml
    Provider("mail.com", "mail.com email.com", "imap.mail.com", "smtp.mail.com", _SWITCHED_ON),
    # ispdb file web.de.xml
    Provider("WEB.DE", "web.de", "imap.web.de", "smtp.web.de", _SWITCHED_ON, local_user=True),
    # ispdb file t-online.de.xml
    Provider(
        "Telekom",
        "t-online.de magenta.de",
        "secureimap.t-online.de",
        "securesmtp.t-online.de",
        "{name} has a password of its own for mail programs: set one in the e-mail settings of the account.",
    ),
    # ispdb file freenet.de.xml
    Provider("freenet", "freenet.de", "mx.freenet.de", "mx.freenet.de", _SWITCHED_ON),
    # ispdb file vodafonemail.de.xml
    Provider(
        "Vodafone", "vodafone.de vodafonemail.de arcor.de", "imap.vodafonemail.de", "smtp.vodafonemail.de"
    ),
    # ispdb file 1und1.de.xml
    Provider("1&1", "online.de", "imap.1und1.de", "smtp.1und1.de"),
    # ispdb files ionos.de, ionos.com, ionos.co.uk, ionos.fr, ionos.es, ionos.it
    Provider("IONOS", "ionos.de", "imap.ionos.de", "smtp.ionos.de"),
    Provider("IONOS", "ionos.com", "imap.ionos.com", "smtp.ionos.com"),
    Provider("IONOS", "ionos.co.uk", "imap.ionos.co.uk", "smtp.ionos.co.uk"),
    Provider("IONOS", "ionos.fr", "imap.ionos.fr", "smtp.ionos.fr"),
    Provider("IONOS", "ionos.es", "imap.ionos.es", "smtp.ionos.es"),
    Provider("IONOS", "ionos.it", "imap.ionos.it", "smtp.ionos.it"),
    # ispdb file strato.de.xml
    Provider("STRATO", "strato.de rzone.de", "imap.strato.de", "smtp.strato.de"),
    # ispdb file hetzner.de.xml
    Provider("Hetzner", "your-server.de", "mail.your-server.de", "mail.your-server.de"),
    # ispdb file mailbox.org.xml
    Provider("mailbox.org", "mailbox.org", "imap.mailbox.org", "smtp.mailbox.org"),
    # ispdb file posteo.de.xml
    Provider("Posteo", "posteo.de posteo.net posteo.org posteo.eu", "posteo.de", "posteo.de"),
    # ispdb file messagingengine.com.xml; the domains: github.com/chatmail/provider-db, fastmail.md
    Provider(
        "Fastmail",
        "fastmail.com fastmail.fm sent.com",
        "imap.fastmail.com",
        "smtp.fastmail.com",
        _APP_PASSWORD,
    ),
    # ispdb file zoho.com.xml
    Provider("Zoho", "zoho.com zohomail.com", "imap.zoho.com", "smtp.zoho.com", _SWITCHED_ON),
    # github.com/chatmail/provider-db, zoho.md (checked there in 2021)
    Provider("Zoho", "zohomail.eu", "imap.zoho.eu", "smtp.zoho.eu", _SWITCHED_ON),
    # ispdb file mail.ru
    Provider("Mail.ru", "mail.ru inbox.ru list.ru bk.ru", "imap.mail.ru", "smtp.mail.ru", _APP_PASSWORD),
    # ispdb file yandex.ru.xml
    Provider(
        "Yandex",
        "yandex.ru ya.ru yandex.by yandex.kz yandex.com",
        "imap.yandex.com",
        "smtp.yandex.com",
        f"{_APP_PASSWORD} {_SWITCHED_ON}",
    ),
    # ispdb file orange.fr.xml
    Provider("Orange", "orange.fr wanadoo.fr", "imap.orange.fr", "smtp.orange.fr"),
    # ispdb file free.fr.xml
    Provider("Free", "free.fr", "imap.free.fr", "smtp.free.fr", local_user=True),
    # ispdb file libero.it
    Provider("Libero", "libero.it inwind.it iol.it blu.it giallo.it", "imapmail.libero.it", "smtp.libero.it"),
    # ispdb file virgilio.it.xml
    Provider("Virgilio", "virgilio.it", "in.virgilio.it", "out.virgilio.it"),
    # Not in the collection; a Czech network's guide for its customers, readgur.com/doc/144732
    Provider("Seznam", "seznam.cz", "imap.seznam.cz", "smtp.seznam.cz", _SWITCHED_ON),
    # ispdb file o2.pl.xml
    Provider("o2", "o2.pl tlen.pl", "poczta.o2.pl", "poczta.o2.pl", _SWITCHED_ON, local_user=True),
    # ispdb file uol.com.br.xml
    Provider(
        "UOL",
        "uol.com.br",
        "imap.uol.com.br",
        "smtps.uol.com.br",
        _SWITCHED_ON,
        submission=True,
        local_user=True,
    ),
    # ispdb file naver.com.xml
    Provider("Naver", "naver.com", "imap.naver.com", "smtp.naver.com", _SWITCHED_ON),
    # ispdb file qq.com.xml; foxmail.com: github.com/chatmail/provider-db, qq.md
    Provider("QQ", "qq.com foxmail.com", "imap.qq.com", "smtp.qq.com", f"{_APP_PASSWORD} {_SWITCHED_ON}"),
)

# github.com/chatmail/provider-db, protonmail.md, which does not list proton.me (unconfirmed).
_PROTON = frozenset({"proton.me", "protonmail.com", "protonmail.ch", "pm.me"})
# github.com/chatmail/provider-db, tutanota.md, which does not list tuta.com (unconfirmed).
_NO_IMAP = {
    "tuta.com": "Tuta",
    "tuta.io": "Tuta",
    "tutanota.com": "Tuta",
    "tutanota.de": "Tuta",
    "tutamail.com": "Tuta",
}


@cache
def _by_domain() -> dict[str, Provider]:
    return {domain: provider for provider in _PROVIDERS for domain in provider.domains.split()}


def find_provider(domain: str) -> Provider | None:
    """The provider of a domain (lower case) or, for names that providers hand out, of its parent."""
    table = _by_domain()
    return table.get(domain) or (
        table.get("onmicrosoft.com") if domain.endswith(".onmicrosoft.com") else None
    )


def special_case(domain: str, address: str) -> tuple[MailSettings | None, str] | None:
    """Settings and words for providers whose mailboxes are not simply reached by IMAP; None for others."""
    if domain in _PROTON:
        # Bridge's defaults: github.com/ProtonMail/proton-bridge, internal/vault/types_settings.go
        settings = MailSettings(
            Server("127.0.0.1", 1143, Security.STARTTLS),
            Server("127.0.0.1", 1025, Security.STARTTLS),
            address,
        )
        return settings, (
            "Proton needs its program Bridge on this computer. Sign in with the password that Bridge shows, "
            "and let this computer trust its certificate (in Bridge: Advanced, Export TLS certificates)."
        )
    if name := _NO_IMAP.get(domain):
        return (
            None,
            f"{name} does not let other programs read a mailbox: it has no IMAP. Use another address.",
        )
    return None
