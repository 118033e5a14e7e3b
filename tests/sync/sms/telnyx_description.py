"""The part of Telnyx's interface that we use, described from its public reference pages.

Sources, at developers.telnyx.com/api-reference: messages/send-a-message, messages/retrieve-a-message,
detail-records/search-detail-records, number-settings/list-phone-numbers-with-messaging-settings.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
_MOMENT = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}

_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "title"],
                "properties": {"code": _TEXT, "title": _TEXT, "detail": _TEXT, "meta": {"type": "object"}},
            },
        }
    },
}

_PARTY = {
    "type": "object",
    "properties": {
        "phone_number": _TEXT,
        "carrier": _TEXT,
        "line_type": _TEXT,
        "status": {
            "type": "string",
            "enum": [
                "queued",
                "sending",
                "sent",
                "expired",
                "sending_failed",
                "delivery_unconfirmed",
                "delivered",
                "delivery_failed",
                "webhook_delivered",
            ],
        },
    },
}

_MESSAGE = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "properties": {
                "record_type": {"type": "string", "enum": ["message"]},
                "direction": {"type": "string", "enum": ["inbound", "outbound"]},
                "id": _UUID,
                "type": {"type": "string", "enum": ["SMS", "MMS"]},
                "messaging_profile_id": _TEXT,
                "organization_id": _TEXT,
                "from": _PARTY,
                "to": {"type": "array", "items": _PARTY},
                "cc": {"type": "array", "items": _PARTY},
                "text": _TEXT,
                "subject": {"type": "string", "nullable": True},
                "media": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "url": {"type": "string", "format": "uri"},
                            "content_type": {"type": "string", "nullable": True},
                            "sha256": {"type": "string", "nullable": True},
                            "size": {"type": "integer", "nullable": True},
                        },
                    },
                },
                "encoding": _TEXT,
                "parts": {"type": "integer", "minimum": 1, "maximum": 10},
                "tags": {"type": "array", "items": _TEXT},
                "received_at": _MOMENT,
                "sent_at": {**_MOMENT, "nullable": True},
                "completed_at": {**_MOMENT, "nullable": True},
                "errors": _ERRORS["properties"]["errors"],  # type: ignore[index]
            },
        }
    },
}

_NEW_MESSAGE = {
    "type": "object",
    "required": ["to"],
    "properties": {
        "from": {"type": "string", "pattern": r"^\+[1-9]\d{6,14}$"},
        "to": _TEXT,
        "text": {"type": "string", "minLength": 1},
        "media_urls": {"type": "array", "items": {"type": "string", "format": "uri"}},
        "messaging_profile_id": _TEXT,
        "subject": _TEXT,
        "type": {"type": "string", "enum": ["SMS", "MMS"]},
        "use_profile_webhooks": {"type": "boolean"},
        "webhook_url": _TEXT,
        "webhook_failover_url": _TEXT,
        "auto_detect": {"type": "boolean"},
        "send_at": _MOMENT,
    },
}

_META = {
    "type": "object",
    "required": ["total_pages", "page_number"],
    "properties": {
        "total_pages": _WHOLE,
        "total_results": _WHOLE,
        "page_number": _WHOLE,
        "page_size": _WHOLE,
    },
}

_DETAIL_RECORD = {
    "type": "object",
    "required": ["record_type"],
    "properties": {
        "record_type": {"type": "string", "enum": ["message_detail_record"]},
        "uuid": _TEXT,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "completed_at": _MOMENT,
        "sent_at": _MOMENT,
        "cli": _TEXT,
        "cld": _TEXT,
        "direction": {"type": "string", "enum": ["inbound", "outbound"]},
        "message_type": {"type": "string", "enum": ["SMS", "MMS", "RCS"]},
        "parts": _WHOLE,
        "profile_id": _TEXT,
        "errors": {"type": "array", "items": _TEXT},
        "status": {
            "type": "string",
            "enum": [
                "gw_timeout",
                "delivered",
                "dlr_unconfirmed",
                "dlr_timeout",
                "received",
                "gw_reject",
                "failed",
            ],
        },
    },
}

_FEATURE = {
    "type": "object",
    "nullable": True,
    "properties": {
        "domestic_two_way": {"type": "boolean"},
        "international_inbound": {"type": "boolean"},
        "international_outbound": {"type": "boolean"},
    },
}

_NUMBER = {
    "type": "object",
    "properties": {
        "record_type": {"type": "string", "enum": ["messaging_settings", "messaging_phone_number"]},
        "id": _TEXT,
        "phone_number": _TEXT,
        "messaging_profile_id": {"type": "string", "nullable": True},
        "country_code": _TEXT,
        "type": {"type": "string", "enum": ["long-code", "toll-free", "short-code", "longcode", "tollfree"]},
        "features": {"type": "object", "properties": {"sms": _FEATURE, "mms": _FEATURE}},
    },
}

_DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}


def _query(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


_PAGE = [
    _query("page[number]", {"type": "integer", "minimum": 1}),
    _query("page[size]", {"type": "integer", "minimum": 1, "maximum": 50}),
]


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    def json(inside: dict[str, Any]) -> dict[str, Any]:
        return {"description": "", "content": {"application/json": {"schema": inside}}}

    return {"200": json(schema), "4XX": json(_ERRORS)}


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    properties = {"data": {"type": "array", "items": item}, "meta": _META}
    return {"type": "object", "required": ["data", "meta"], "properties": properties}


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Telnyx", "version": "2"},
    "servers": [{"url": "https://api.telnyx.com/v2"}],
    "security": [{"bearerAuth": []}],
    "components": {"securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/messages": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": _NEW_MESSAGE}},
                },
                "responses": _answers(_MESSAGE),
            }
        },
        "/messages/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": _UUID}],
                "responses": _answers(_MESSAGE),
            }
        },
        "/detail_records": {
            "get": {
                "parameters": [
                    _query("filter[record_type]", {"type": "string", "enum": ["messaging"]}, required=True),
                    _query("filter[direction]", {"type": "string", "enum": ["inbound", "outbound"]}),
                    _query("filter[created_at][gte]", _DAY),
                    _query("filter[created_at][lt]", _DAY),
                    _query("filter[cld][contains]", _TEXT),
                    _query("filter[cli][contains]", _TEXT),
                    _query("sort", {"type": "string", "enum": ["created_at", "-created_at"]}),
                    *_PAGE,
                ],
                "responses": _answers(_list_of(_DETAIL_RECORD)),
            }
        },
        "/phone_numbers/messaging": {
            "get": {
                "parameters": [_query("filter[phone_number]", _TEXT), *_PAGE],
                "responses": _answers(_list_of(_NUMBER)),
            }
        },
    },
}
