"""A sheet to fill in: the headings of a register, one example row, and what is expected as comments."""

from collections.abc import Iterator

from outreach.exchange.writing import write_xlsx
from outreach.i18n import translate
from outreach.services.registers.examples import EXAMPLES
from outreach.services.registers.fields import Field, Widget
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register

OPTIONS_MOST = 20  # choices told in a comment


def sample_sheet(register: Register, looks: Lookups) -> bytes:
    """The workbook in the reader's language."""
    example = example_row(register, looks)
    notes = {(0, column): text for column, field in enumerate(register.fields) if (text := advice(field, looks))}
    return write_xlsx(
        [translate(field.heading) for field in register.fields],
        [[example.get(field.name, "") for field in register.fields]],
        title=translate(register.title),
        notes=notes,
    )


def example_row(register: Register, looks: Lookups) -> dict[str, str]:
    """The cells of the example, in the reader's words."""
    return {
        name: _in_words(register.field(name), text, looks) for name, text in EXAMPLES.get(register.name, {}).items()
    }


def _in_words(field: Field, text: str, looks: Lookups) -> str:
    if field.widget in (Widget.CHOICE, Widget.YES_NO) and field.options is not None:
        return field.text_of(field.value_of(text, looks), looks)
    return text


def advice(field: Field, looks: Lookups) -> str:
    """What to write in a cell of this field: required or not, the hint, the choices."""
    return " ".join(_advice(field, looks))


def _advice(field: Field, looks: Lookups) -> Iterator[str]:
    yield translate("Bắt buộc.") if field.required else translate("Không bắt buộc.")
    if field.hint:
        yield translate(field.hint)
    if field.options is not None:
        options = [text for _, text in field.options(looks)][:OPTIONS_MOST]
        if options:
            yield translate("Ghi một trong: {options}.", options=", ".join(options))
    elif field.widget is Widget.YES_NO:
        yield translate("Ghi “có” hoặc “không”.")
    elif field.widget is Widget.DAY:
        yield translate("Ghi ngày/tháng/năm, ví dụ 05/03/2027.")
