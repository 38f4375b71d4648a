"""Characters that no text has: refused at the door, because not every database can keep them."""

from flask import Flask, request

from outreach.domain.errors import InvalidValue

NUL = "\0"


def _refuse_nul() -> None:
    sent = [request.path, *request.args.values(), *request.form.values()]
    if any(NUL in text for text in sent):
        raise InvalidValue("Nội dung gửi lên có ký tự không in được. Xin gõ lại.", field="")


def install(app: Flask) -> None:
    """Refuse NUL in the address and in every field of a form."""
    app.before_request(_refuse_nul)
