"""The server settings that large mail providers publish, by the domain of the address.

The pages named at the entries are where the providers publish them; Mozilla's collection of such settings,
https://github.com/thunderbird/autoconfig/tree/master/ispdb, has most of them, too.
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


_MICROSOFT = (
    "Microsoft has ended sign-in by password for most mailboxes. Where an administrator still allows it, or "
    "an app password can be made in the account's security settings, use that one."
)

_PROVIDERS = (
    # https://support.google.com/mail/answer/7126229
    Provider("Gmail", "gmail.com googlemail.com", "imap.gmail.com", "smtp.gmail.com", _APP_PASSWORD),
    # https://support.microsoft.com/office/d088b986-291d-42b8-9564-9c414e2aa040
    Provider(
        "Outlook.com",
        "outlook.com hotmail.com live.com msn.com windowslive.com outlook.de outlook.fr outlook.es "
        "outlook.it outlook.at outlook.be outlook.dk outlook.ie outlook.pt outlook.com.br outlook.com.au "
        "hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.be hotmail.nl hotmail.se hotmail.co.uk "
        "live.de live.fr live.it live.nl live.be live.dk live.se live.co.uk live.com.mx",
        "outlook.office365.com",
        "smtp-mail.outlook.com",
        _MICROSOFT,
        submission=True,
    ),
    # https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/pop3-and-imap4
    Provider(
        "Microsoft 365",
        "onmicrosoft.com office365.com",
        "outlook.office365.com",
        "smtp.office365.com",
        _MICROSOFT,
        submission=True,
    ),
    # https://help.yahoo.com/kb/SLN4075.html
    Provider(
        "Yahoo",
        "yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.uk "
        "yahoo.ie yahoo.ca yahoo.in yahoo.co.in yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.au",
        "imap.mail.yahoo.com",
        "smtp.mail.yahoo.com",
        _APP_PASSWORD,
    ),
    # https://help.aol.com/articles/how-do-i-use-other-email-applications-to-send-and-receive-my-aol-mail
    Provider("AOL", "aol.com aim.com aol.de verizon.net", "imap.aol.com", "smtp.aol.com", _APP_PASSWORD),
    # https://support.apple.com/102525
    Provider(
        "iCloud",
        "icloud.com me.com mac.com",
        "imap.mail.me.com",
        "smtp.mail.me.com",
        _APP_PASSWORD,
        submission=True,
    ),
    # https://hilfe.gmx.net/pop-imap/imap/imap-serverdaten.html
    Provider(
        "GMX",
        "gmx.de gmx.net gmx.at gmx.ch gmx.eu gmx.org gmx.info",
        "imap.gmx.net",
        "mail.gmx.net",
        _SWITCHED_ON,
    ),
    # https://support.gmx.com/pop-imap/imap/server.html
    Provider("GMX", "gmx.com gmx.us gmx.co.uk gmx.fr gmx.es", "imap.gmx.com", "mail.gmx.com", _SWITCHED_ON),
    # https://support.mail.com/premium/imap/server.html
    Provider("mail.com", "mail.com email.com", "imap.mail.com", "smtp.mail.com", _SWITCHED_ON),
    # https://hilfe.web.de/pop-imap/imap/imap-serverdaten.html
    Provider("WEB.DE", "web.de", "imap.web.de", "smtp.web.de", _SWITCHED_ON, local_user=True),
    # https://www.telekom.de/hilfe/apps-dienste/e-mail/e-mail-server
    Provider(
        "Telekom",
        "t-online.de magenta.de",
        "secureimap.t-online.de",
        "securesmtp.t-online.de",
        "{name} has a password of its own for mail programs: set one in the e-mail settings of the account.",
    ),
    Provider("freenet", "freenet.de", "mx.freenet.de", "mx.freenet.de"),
    Provider(
        "Vodafone", "vodafone.de vodafonemail.de arcor.de", "imap.vodafonemail.de", "smtp.vodafonemail.de"
    ),
    # https://www.ionos.com/help/email/general-topics/settings-for-your-email-programs-imap-pop3
    Provider("IONOS", "ionos.de online.de 1und1.de", "imap.ionos.de", "smtp.ionos.de"),
    Provider("IONOS", "ionos.com ionos.co.uk ionos.ca ionos.us", "imap.ionos.com", "smtp.ionos.com"),
    Provider("IONOS", "ionos.fr", "imap.ionos.fr", "smtp.ionos.fr"),
    Provider("IONOS", "ionos.es", "imap.ionos.es", "smtp.ionos.es"),
    Provider("IONOS", "ionos.it", "imap.ionos.it", "smtp.ionos.it"),
    # https://www.strato.de/faq/mail/
    Provider("STRATO", "strato.de rzone.de", "imap.strato.de", "smtp.strato.de"),
    # https://docs.hetzner.com/konsoleh/account-management/email/setting-up-an-email-account/
    Provider("Hetzner", "your-server.de", "mail.your-server.de", "mail.your-server.de"),
    # https://kb.mailbox.org/en/private/e-mail-article/setup-with-e-mail-clients/
    Provider("mailbox.org", "mailbox.org", "imap.mailbox.org", "smtp.mailbox.org"),
    # https://posteo.de/en/help/how-do-i-set-up-posteo-in-an-email-client-pop3-imap-and-smtp
    Provider("Posteo", "posteo.de posteo.net posteo.org posteo.eu", "posteo.de", "posteo.de"),
    # https://www.fastmail.help/hc/en-us/articles/1500000278342
    Provider(
        "Fastmail",
        "fastmail.com fastmail.fm sent.com",
        "imap.fastmail.com",
        "smtp.fastmail.com",
        _APP_PASSWORD,
    ),
    # https://www.zoho.com/mail/help/imap-access.html
    Provider("Zoho", "zoho.com zohomail.com", "imap.zoho.com", "smtp.zoho.com", _SWITCHED_ON),
    Provider("Zoho", "zoho.eu zohomail.eu", "imap.zoho.eu", "smtp.zoho.eu", _SWITCHED_ON),
    Provider("Zoho", "zoho.in zohomail.in", "imap.zoho.in", "smtp.zoho.in", _SWITCHED_ON),
    # https://help.mail.ru/mail/mailer/popsmtp
    Provider(
        "Mail.ru", "mail.ru inbox.ru list.ru bk.ru internet.ru", "imap.mail.ru", "smtp.mail.ru", _APP_PASSWORD
    ),
    # https://yandex.com/support/yandex-360/customers/mail/en/mail-clients/others
    Provider(
        "Yandex", "yandex.ru ya.ru yandex.by yandex.kz", "imap.yandex.ru", "smtp.yandex.ru", _APP_PASSWORD
    ),
    Provider("Yandex", "yandex.com yandex.com.tr", "imap.yandex.com", "smtp.yandex.com", _APP_PASSWORD),
    # https://help.ovhcloud.com/csm/en-mx-plan-email-configuration
    Provider("OVHcloud", "ovh.net ovh.com ovh.fr", "ssl0.ovh.net", "ssl0.ovh.net"),
    # https://assistance.orange.fr/ (Paramétrer un logiciel de messagerie)
    Provider("Orange", "orange.fr wanadoo.fr", "imap.orange.fr", "smtp.orange.fr"),
    # https://assistance.free.fr/articles/configurer-de-maniere-avancee-mon-logiciel-de-messagerie-609
    Provider("Free", "free.fr", "imap.free.fr", "smtp.free.fr", local_user=True),
    Provider("SFR", "sfr.fr neuf.fr", "imap.sfr.fr", "smtp.sfr.fr"),
    Provider("La Poste", "laposte.net", "imap.laposte.net", "smtp.laposte.net"),
    # https://aiuto.libero.it/articolo/mail/programmi-mail/
    Provider("Libero", "libero.it inwind.it iol.it blu.it giallo.it", "imapmail.libero.it", "smtp.libero.it"),
    Provider("Virgilio", "virgilio.it", "in.virgilio.it", "out.virgilio.it"),
    # https://guide.hosting.aruba.it/email/
    Provider("Aruba", "aruba.it", "imaps.aruba.it", "smtps.aruba.it"),
    # https://napoveda.seznam.cz/cz/email/imap-pop3-smtp/
    Provider(
        "Seznam", "seznam.cz email.cz post.cz spoluzaci.cz", "imap.seznam.cz", "smtp.seznam.cz", _SWITCHED_ON
    ),
    # https://pomoc.wp.pl/jak-skonfigurowac-program-pocztowy
    Provider("WP", "wp.pl", "imap.wp.pl", "smtp.wp.pl", _SWITCHED_ON),
    Provider("o2", "o2.pl tlen.pl", "poczta.o2.pl", "poczta.o2.pl", _SWITCHED_ON),
    # https://pomoc.onet.pl/
    Provider(
        "Onet",
        "onet.pl op.pl poczta.onet.pl vp.pl",
        "imap.poczta.onet.pl",
        "smtp.poczta.onet.pl",
        _SWITCHED_ON,
    ),
    Provider(
        "Interia", "interia.pl interia.eu poczta.fm", "poczta.interia.pl", "poczta.interia.pl", _SWITCHED_ON
    ),
    # https://sac.uol.com.br/ (IMAP)
    Provider(
        "UOL",
        "uol.com.br",
        "imap.uol.com.br",
        "smtps.uol.com.br",
        _SWITCHED_ON,
        submission=True,
        local_user=True,
    ),
    Provider("Terra", "terra.com.br", "imap.terra.com.br", "smtp.terra.com.br", submission=True),
    # https://help.naver.com/
    Provider(
        "Naver",
        "naver.com",
        "imap.naver.com",
        "smtp.naver.com",
        _SWITCHED_ON,
        submission=True,
        local_user=True,
    ),
    # https://service.mail.qq.com/
    Provider("QQ", "qq.com foxmail.com", "imap.qq.com", "smtp.qq.com", _APP_PASSWORD),
)

_PROTON = frozenset({"proton.me", "protonmail.com", "protonmail.ch", "pm.me"})
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
        # https://proton.me/support/bridge
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
