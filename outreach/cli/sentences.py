"""What went wrong, as one sentence; the details of the unforeseen go to a file."""

import errno
import traceback

from outreach.domain.errors import OutreachError
from outreach.i18n import translate
from outreach.services.troubles import database_trouble
from outreach.settings import Settings

LOG_FILE = "errors.log"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT}) if hasattr(errno, "EDQUOT") else frozenset({errno.ENOSPC})
NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def sentence_of(error: Exception, settings: Settings) -> str:
    """The sentence a person reads about `error`."""
    named = error if isinstance(error, OutreachError) else database_trouble(error)
    if named is not None:
        return translate(named.message, **named.values)
    if isinstance(error, BrokenPipeError):
        return translate("Chương trình nhận kết quả đã đóng trước khi in xong.")
    if isinstance(error, OSError):
        return _of_system(error, settings)
    return _unexpected(error, settings)


def _of_system(error: OSError, settings: Settings) -> str:
    where = error.filename or settings.instance
    if error.errno in NO_SPACE:
        return translate("Ổ đĩa đã đầy. Xin giải phóng dung lượng rồi chạy lại.")
    if error.errno in NO_RIGHT:
        return translate("Không có quyền đọc hoặc ghi {path}.", path=where)
    return translate("Không dùng được {path}: {why}", path=where, why=error.strerror or error)


def _unexpected(error: Exception, settings: Settings) -> str:
    path = settings.instance_folder / LOG_FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return translate("Có lỗi ngoài dự kiến: {error}", error=repr(error))
    return translate("Có lỗi ngoài dự kiến: {error}. Chi tiết ở {path}", error=repr(error), path=path)
