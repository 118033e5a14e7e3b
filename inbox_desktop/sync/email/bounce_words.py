"""How servers and programs call themselves and what they write when a mail did not arrive."""

import re
from typing import Final

from inbox_desktop.sync.email.patterns import any_of

# Local parts of addresses that only servers use.
DAEMON: Final = re.compile(
    any_of(
        """
        mailer-?daemon|mail-?daemon|maildaemon|mdaemon|post_?master|microsoftexchange[0-9a-f]+
        """
    )
    + r"(?:[+=._-].*)?",
    re.IGNORECASE,
)
# Local parts of addresses that servers use, and shops for their notices, too.
NO_PERSON: Final = re.compile(
    any_of(
        """
        mailer-?daemon|mail-?daemon|maildaemon|mdaemon|post_?master|microsoftexchange[0-9a-f]+
        mailadm|mail-?delivery(?:-?(?:sub)?system)?|bounces?|double-?bounce|delivery-?failure|nobody
        mailsender|mta|dsn|ndr|smtp|email-?bounces|no-?reply|do-?not-?reply
        """
    )
    + r"(?:[+=._-].*)?",
    re.IGNORECASE,
)
DAEMON_NAME: Final = re.compile(
    any_of(
        """
        mail(?:er)?[ -]?deliver\\w* (?:sub)?system|mailer-daemon|mail delivery|internet mail delivery
        system ?administrator|administrateur système|postmaster|mail server
        """
    ),
    re.IGNORECASE,
)

SUBJECT: Final = re.compile(
    any_of(
        r"""
        undeliver|deliver\w* (?:failed|failure)|failed deliver|not delivered|non-?deliverable
        delivery (?:status )?(?:notification|report|fail|problem|error|delay)
        failure (?:notice|delivery|notification)|(?:could|can) ?not be (?:sent|delivered)
        returned (?:mail|e-?mail|message|to sender)|return(?:ed)? to sender
        mail (?:system error|delivery|undeliver|could not|failure|error)
        message (?:delivery|undeliver|could not|status|delayed|you sent|rejected)
        non[- ]?(?:delivery|remis|recapitabile)|warning: (?:could not send|message|e-?mail)
        bounce|rejected (?:message|mail|posting)|email delivery|problems? (?:with|sending|delivering)
        error sending|transient (?:failure|delivery)
        unzustellbar|nicht zustellbar|zustell(?:ung|ungs)?\w*fehl|fehler (?:bei der|beim) (?:zustell|versand)
        échec (?:de|d['’])|non recapitato|mancata consegna
        no se (?:ha podido|pudo) entregar|error de entrega|no entregado
        não (?:entregue|foi possível)|falha na entrega|onbestelbaar|niet (?:bezorgd|afgeleverd)
        niedostarczon|nie dostarczono|недоставлен|не доставлен|не удалось доставить|kunde inte levereras
        メールエラー|配信(?:エラー|不能|できません)|送信(?:エラー|できません)|退信|无法投递|未送达|반송
        """
    ),
    re.IGNORECASE,
)
BODY: Final = re.compile(
    any_of(
        r"""
        (?:could|can) ?not be (?:delivered|sent|reached|processed)|undeliver
        (?:un|not )able to (?:be )?deliver
        (?:was|were|wasn't|has|have) not (?:been )?(?:be )?(?:delivered|accepted|sent)
        delivery (?:has|to the following|fail|status|problem|error|attempt|temporarily|was)
        (?:permanent|fatal|delivery|transient) (?:fatal )?(?:error|failure|delivery)
        following (?:address|recipient|destination|user)
        (?:user|recipient|mailbox|account|address|host|domain)s? (?:is |was |\w+ )?(?:unknown|not found|full)
        (?:user|recipient|mailbox|account|address|host)s? (?:is |was |\w+ )?(?:unavailable|rejected|disabled)
        (?:user|recipient|mailbox|account|address|host|domain)s? (?:does not|doesn't|not) exist
        (?:unknown|invalid) (?:user|recipient|address|local|host)
        no such (?:user|recipient|address|person|mailbox)
        mailbox (?:is )?(?:full|quota|unavailable)|over quota|quota exceeded
        your (?:message|mail|e-?mail) (?:to|was|could|has|did|cannot|can not|wasn't)
        (?:message|e?-?mail) (?:could not|was not|has been|wasn't|was) (?:rejected|returned|blocked|delivered)
        returned mail|mail (?:delivery|system)|failed to deliver|did not reach|rejected (?:by|your)
        (?:address|delivery) not found|blocked by
        (?:^|\W)[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}|\w)|<<< ?[45]\d\d
        nicht zugestellt|nicht zustellbar|unzustellbar|unbekannt|n['’]a pas pu être|impossible de
        non è stato possibile|no (?:se )?(?:pudo|ha podido|puede)|não (?:pôde|foi possível)
        не (?:удалось|доставлен|может быть)
        送信できません|届けられません|配信できません|届きません|宛先|無法|无法|退回
        """
    ),
    re.IGNORECASE | re.MULTILINE,
)
# The mail that did not arrive, quoted below.
COPY: Final = re.compile(
    any_of(
        r"""
        below this line is a copy|original message (?:follows|header)
        copy of (?:the|your) (?:message|mail|original)
        (?:-{2,}|={2,}) ?(?:original message|returned message|message header|the header|unsent message)
        (?:-{2,}|={2,}) ?(?:transcript|start of|forwarded)|(?:message|mail) headers? follow
        headers? of (?:the )?(?:original|message)|text of (?:the )?message
        ^(?:> ?)?received: (?:from|by) .{3,}|^(?:> ?)?message-id: ?<
        """
    ),
    re.IGNORECASE | re.MULTILINE,
)
AUTO_SUBJECT: Final = re.compile(
    r"^\s*"
    + any_of(
        r"""
        auto(?:matic(?:ally)?|mated)?[ -]?(?:reply|response|antwort|generated|svar)|auto ?:
        out[ -]of[ -](?:the )?office|automatische (?:antwort|beantwoording|reactie)|abwesenheit
        réponse automatique|respuesta automática|resposta automática|risposta automatica
        autosvar|automatiskt? svar|automaattinen vastaus|odpowiedź automatyczna|autoodpowiedź
        автоответ|автоматический ответ|automatická odpověď|自動返信|自动回复|자동 ?회신
        """
    ),
    re.IGNORECASE,
)
