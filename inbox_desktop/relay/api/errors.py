"""How a request is refused: {"error": code, "message": words}; never HTTP 500 for what a client sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from inbox_desktop.relay.database import UncertainCommitError

log = logging.getLogger(__name__)

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


class ApiError(Exception):
    """A refusal. `extra` stands beside code and words in the answer; `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.extra = dict(extra or {})

    def response(self) -> JSONResponse:
        """As an HTTP answer."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        content = {"error": self.code, "message": self.message, **self.extra}
        return JSONResponse(content, self.status, headers)


def bad_request(message: str) -> ApiError:
    """The request can't be understood."""
    return ApiError(400, "bad_request", message)


def not_found(what: str = "What you ask for") -> ApiError:
    """It is not there, or not yours: both answers are the same."""
    return ApiError(404, "not_found", f"{what} is not here.")


def unauthorized() -> ApiError:
    """The token is missing, wrong, or no longer valid."""
    return ApiError(401, "unauthorized", "The token is missing, wrong, or was revoked.")


def unavailable(error: Exception) -> ApiError:
    """The database does not answer now. Most requests may be repeated whatever became of the first."""
    if isinstance(error, UncertainCommitError):
        return perhaps_stored("Trying again is harmless.")
    message = "The relay's database does not answer now. Nothing was stored; try again."
    return ApiError(503, "unavailable", message, retry_after=5)


def perhaps_stored(advice: str) -> ApiError:
    """The database was lost before it could confirm; `advice` says what to do, as a sentence."""
    message = (
        f"The relay's database was lost before it confirmed. This may or may not have been stored. {advice}"
    )
    return ApiError(503, "unavailable", message, retry_after=5)


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _refuse_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "refused")
    refusal = JSONResponse({"error": code, "message": error.detail}, error.status_code)
    refusal.headers.update(error.headers or {})
    return refusal


async def _database_down(_request: Request, error: Exception) -> Response:
    if not isinstance(error, (OperationalError, PoolTimeoutError)):  # our own bug: not to be waited out
        raise error
    log.warning("the database could not be used: %s", type(getattr(error, "orig", error)).__name__)
    return unavailable(error).response()


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it any more


HANDLERS: dict[Any, Any] = {
    ApiError: _refuse,
    HTTPException: _refuse_http,
    DBAPIError: _database_down,
    PoolTimeoutError: _database_down,
    ClientDisconnect: _gone,
}
