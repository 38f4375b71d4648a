"""The one table from error to answer, page or problem: what happened, what is safe, and the next step."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from outreach.domain.errors import OutreachError
from outreach.i18n import translate
from outreach.services.troubles import database_trouble
from outreach.web.bearer import asks_api
from outreach.web.problems import problem

log = logging.getLogger("outreach.web")

NOTHING_CHANGED = "Chưa có gì thay đổi. Dữ liệu đã lưu còn nguyên."


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """How an error is shown: status, heading, what is safe, the next step.

    `said` is the sentence for programs where the error brings none; `api_status` is theirs where HTTP has a finer one.
    """

    status: int
    title: str
    safe: str
    step: str
    said: str = ""
    api_status: int = 0


# error code -> page; the sentence of the error itself says what happened
PAGES = {
    "invalid-value": ErrorPage(422, "Có chỗ chưa đúng", NOTHING_CHANGED, "Quay lại, sửa rồi gửi lại."),
    "not-found": ErrorPage(
        404, "Không tìm thấy trang này", NOTHING_CHANGED, "Kiểm tra lại địa chỉ, hoặc bắt đầu lại từ trang đầu.",
        said="API không có địa chỉ này; các địa chỉ nằm trong /api/v1/openapi.json.",
    ),
    "not-allowed": ErrorPage(
        403, "Bạn không có quyền làm việc này", NOTHING_CHANGED, "Hãy nhờ người quản trị, hoặc quay lại trang đầu."
    ),
    "sign-in-refused": ErrorPage(
        403, "Chưa đăng nhập được", NOTHING_CHANGED, "Kiểm tra tên và mật khẩu rồi thử lại."
    ),
    "stale-edit": ErrorPage(
        409,
        "Có người vừa lưu bản mới hơn",
        "Bản mới của họ còn nguyên, thay đổi của bạn chưa ghi đè lên.",
        "Mở lại trang để xem bản mới, rồi làm lại thay đổi của bạn.",
        api_status=412,
    ),
    "wrong-state": ErrorPage(409, "Lúc này chưa làm được", NOTHING_CHANGED, "Mở lại trang để xem trạng thái hiện tại."),
    "broken-plan": ErrorPage(
        409,
        "Kế hoạch chưa qua được bước kiểm",
        "Kế hoạch trước đó còn nguyên.",
        "Xem chỗ vi phạm, sửa rồi thử lại.",
    ),
    "unavailable": ErrorPage(
        503, "Máy chủ tạm thời chưa làm được", "Dữ liệu đã lưu còn nguyên.", "Đợi một phút rồi thử lại."
    ),
    "too-large": ErrorPage(
        413, "Tệp gửi lên quá lớn", NOTHING_CHANGED, "Chọn tệp nhỏ hơn rồi gửi lại.",
        said="Thân của yêu cầu lớn hơn 1 MB.",
    ),
    "bad-request": ErrorPage(
        400, "Yêu cầu không đọc được", NOTHING_CHANGED, "Mở lại trang rồi thử lại.", said="Yêu cầu sai cú pháp HTTP.",
    ),
    "method-not-allowed": ErrorPage(
        405, "Địa chỉ này không nhận cách gửi đó", NOTHING_CHANGED, "Mở lại trang rồi thử lại.",
        said="Địa chỉ này không nhận phương thức đó; tiêu đề Allow nêu các phương thức được nhận.",
    ),
    "unsupported-type": ErrorPage(
        415, "Kiểu nội dung không được nhận", NOTHING_CHANGED, "Mở lại trang rồi thử lại.",
        said="Gửi nội dung kiểu application/json.",
    ),
    "token-refused": ErrorPage(401, "Chưa biết bạn là ai", NOTHING_CHANGED, "Tạo mã mới ở trang Mã truy cập."),
    "too-many-tries": ErrorPage(429, "Quá nhiều lần thử", NOTHING_CHANGED, "Đợi một phút rồi thử lại."),
    "version-needed": ErrorPage(428, "Thiếu bản đang sửa", NOTHING_CHANGED, "Mở lại trang rồi thử lại."),
    "key-reused": ErrorPage(422, "Khóa đã dùng cho yêu cầu khác", NOTHING_CHANGED, "Gửi lại với khóa mới."),
    "form-expired": ErrorPage(
        400, "Trang này mở đã lâu", NOTHING_CHANGED, "Mở lại trang, điền lại rồi gửi. Trình duyệt cần cho phép cookie."
    ),
    "error": ErrorPage(
        500, "Hệ thống có lỗi", "Thay đổi đang làm dở chưa được lưu; dữ liệu đã lưu còn nguyên.",
        "Thử lại. Nếu vẫn lỗi, báo người quản trị kèm giờ xảy ra.",
        said="Máy chủ gặp lỗi ngoài dự kiến; không có gì được lưu.",
    ),
}  # fmt: skip
_BY_STATUS = {
    400: "bad-request", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed", 413: "too-large",
    415: "unsupported-type",
}  # fmt: skip


def _page_before() -> str | None:
    """The page of ours that the reader came from; None where that is unknown or the one that failed."""
    before, here = urlsplit(request.referrer or ""), urlsplit(request.url)
    if (before.scheme, before.netloc) != (here.scheme, here.netloc) or (
        before.path == here.path and request.method == "GET"
    ):
        return None
    return before.path + (f"?{before.query}" if before.query else "")


def error_answer(
    code: str, sentence: str = "", status: int | None = None, *, error: OutreachError | None = None
) -> Response:
    """The page (for htmx the fragment, for the API the problem) of an error; `sentence` is in the reader's language."""
    page = PAGES.get(code, PAGES["error"])
    if asks_api():
        return problem(
            code, status=status or page.api_status or page.status, title=translate(page.title),
            detail=sentence or translate(page.said) or translate(page.safe), error=error,
        )  # fmt: skip
    template = "errors/page.html"
    if request.headers.get("HX-Request"):
        template = "errors/fragment.html"
    elif request.headers.get("Sec-Fetch-Dest") == "iframe":  # a map's frame has no room for the whole page
        template = "errors/frame.html"
    response = make_response(
        render_template(template, page=page, sentence=sentence, status=status or page.status, before=_page_before()),
        status or page.status,
    )
    if page.status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _named(error: OutreachError) -> Response:
    return error_answer(error.code, translate(error.message, **error.values), error=error)


def _http(error: HTTPException) -> Response:
    cause = getattr(error, "original_exception", None)
    if cause is not None:  # raised while the request was being finished: the commit
        return _named(cause) if isinstance(cause, OutreachError) else _unforeseen(cause)
    status = error.code or 500
    if status < 400:  # a redirect raised by the router
        return make_response(error.get_response())
    answer = error_answer(_BY_STATUS.get(status, "error" if status >= 500 else "bad-request"), status=status)
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _unknown_host(_error: SecurityError) -> Response:
    """No page has an address under a host that is not ours: a plain line must do."""
    if asks_api():
        return error_answer("bad-request")
    return Response("400\n", 400, mimetype="text/plain")


def _form_expired(_error: CSRFError) -> Response:
    return error_answer("form-expired")


def _unforeseen(error: Exception) -> Response:
    named = database_trouble(error)
    if named is not None:  # a busy or full database, a row somebody else changed
        return _named(named)
    log.exception("unforeseen error at %s %s", request.method, request.path)
    if "actor" not in g.__dict__:
        g.actor = None
    return error_answer("error")


def install(app: Flask) -> None:
    """Answer every error of `app` with a page that helps."""
    app.register_error_handler(OutreachError, _named)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
