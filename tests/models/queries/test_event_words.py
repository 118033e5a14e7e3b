"""Events as sentences."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inbox_desktop.models.queries.event_words import Telling

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
TELLING = Telling({"j": "Julia", "t": "Tom"}, NOW, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("name", "detail", "actor", "sentence"),
    [
        ("assigned", {"to": "t", "before": None}, "Julia", "Julia assigned the ticket to Tom"),
        ("assigned", {"to": "j", "before": "t"}, "Julia", "Julia took the ticket"),
        ("assigned", {"to": None, "before": "t"}, "Julia", "Julia unassigned the ticket"),
        (
            "assigned",
            {"to": "gone", "before": "t"},
            "Julia",
            "Julia assigned the ticket to somebody who has left",
        ),
        ("closed", {}, "Julia", "Julia closed the ticket"),
        ("closed", {}, "", "The inbox closed the ticket"),
        ("reopened", {}, "Tom", "Tom reopened the ticket"),
        ("reopened_by_message", {"message": "m"}, "", "Reopened by a reply"),
        ("woke_by_message", {"message": "m"}, "", "Back from snooze by a reply"),
        ("woke", {}, "", "Back from snooze"),
        (
            "consent_changed",
            {"state": "revoked", "kinds": ["marketing", "transactional"], "source": "keyword"},
            "",
            "The customer opted out of texts",
        ),
        (
            "consent_changed",
            {"state": "granted", "kinds": ["marketing"], "source": "keyword"},
            "",
            "The customer agreed to texts",
        ),
        (
            "consent_changed",
            {"state": "granted", "kinds": ["marketing", "transactional"], "source": "agent"},
            "Julia",
            "Julia noted that the customer agrees to marketing and transactional texts",
        ),
        (
            "consent_changed",
            {"state": "revoked", "kinds": ["marketing"], "source": "provider"},
            "",
            "The provider says that the customer opted out of texts",
        ),
        (
            "consent_changed",
            {"state": "granted", "kinds": ["marketing"], "source": "import"},
            "",
            "Consent to texts was imported: given",
        ),
        ("profiles_joined", {"profile": "Bo"}, "Julia", "Julia joined the profile Bo with this one"),
        ("profiles_parted", {"profile": "Bo"}, "Julia", "Julia parted this profile from Bo again"),
        (
            "snoozed",
            {"until": "2025-11-24T08:00:00Z"},
            "Julia",
            "Julia snoozed the ticket until 24 Nov 09:00",
        ),
        (
            "snoozed",
            {"until": "2026-01-02T23:30:00Z"},
            "Tom",
            "Tom snoozed the ticket until 3 Jan 2026 00:30",
        ),
        ("restored", {"status": "open"}, "Julia", "Julia took that back: open again"),
        ("restored", {"status": "closed"}, "Julia", "Julia took that back: closed again"),
        ("tagged", {"tag": "VIP"}, "Julia", "Julia added the tag VIP"),
        ("untagged", {"tag": "VIP"}, "Julia", "Julia removed the tag VIP"),
        ("send_cancelled", {"message": "m"}, "Julia", "Julia took a reply back before it was sent"),
        ("replied", {"message": "m"}, "Julia", None),
        ("noted", {"message": "m"}, "Julia", None),
        ("opened", {}, "", None),
        ("delivery_sent", {"message": "m", "detail": ""}, "", None),
        ("something new", {}, "", None),
    ],
)
def test_what_happened_in_words(name: str, detail: dict[str, Any], actor: str, sentence: str | None) -> None:
    assert TELLING.sentence(name, detail, actor) == sentence
