"""A getter for a server that is not ours: no redirects, a limited answer, and an end to the waiting."""

import json
import time
from http.client import HTTPException
from ssl import SSLContext
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

LARGEST = 512 * 1024  # bytes; five places are a few thousand
PIECE = 16 * 1024


class CarefulAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """The way in which geopy asks; its errors are geopy's own."""

    def __init__(self, *, proxies: dict[str, str] | None, ssl_context: SSLContext | None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        # urllib's usual opener would follow redirects, and read files; this one has no handlers for either
        self._opener = OpenerDirector()
        for handler in (
            ProxyHandler(proxies),
            HTTPHandler(),
            HTTPSHandler(context=ssl_context),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
        """The answer read as JSON."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("the answer is no JSON") from error

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The answer as text; `timeout` seconds for all of it, not only for each piece."""
        ends = time.monotonic() + timeout
        try:
            asked = Request(url, headers=headers)  # noqa: S310 - the opener knows http and https alone
            with self._opener.open(asked, timeout=timeout) as page:
                return self._read(page, ends).decode("utf-8")
        except HTTPError as error:
            with error:
                named = {name.lower(): value for name, value in error.headers.items()}
                raise AdapterHTTPError(str(error), status_code=error.code, headers=named, text=None) from error
        except URLError as error:
            kind = GeocoderTimedOut if isinstance(error.reason, TimeoutError) else GeocoderUnavailable
            raise kind(str(error.reason)) from error
        except TimeoutError as error:
            raise GeocoderTimedOut("no answer in time") from error
        except UnicodeDecodeError as error:
            raise GeocoderParseError("the answer is no UTF-8") from error
        except (OSError, HTTPException) as error:
            raise GeocoderServiceError(str(error)) from error

    @staticmethod
    def _read(page: Any, ends: float) -> bytes:  # noqa: ANN401 - urllib's answers have no common type
        read = b""
        while piece := page.read1(PIECE):
            read += piece
            if len(read) > LARGEST:
                raise GeocoderServiceError("the answer is too large")
            if time.monotonic() > ends:
                raise TimeoutError
        return read
