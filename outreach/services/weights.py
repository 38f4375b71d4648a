"""What the planner weighs against what, in words and in minutes of driving."""

from dataclasses import dataclass

from outreach.i18n import duration, translate
from outreach.routing.objective import NEAR_DAYS, Prices, price_of_share

WAITED_DAYS = 30  # of waiting, so that its price is more than a few seconds
HOUR_S = 3_600

# of the plans made here; measured on the demonstration, see docs/routing.md
PRICES = Prices(balance_vehicles=2, balance_weeks=1, balance_days=5, group_s=900)


@dataclass(frozen=True, slots=True)
class Weight:
    """One price: what is weighed, and how much driving it is worth."""

    what: str
    worth: str


def weights_of(prices: Prices) -> tuple[Weight, ...]:
    """Every price, the dearest first."""
    lines = (
        (translate("Bỏ một buổi ở mức ưu tiên thấp nhất"), prices.missed_visit_s),
        (translate("Bỏ một buổi cao hơn một mức ưu tiên"), prices.missed_visit_s + prices.priority_s),
        (translate("Nơi bị bỏ ở xã vùng xa, biên giới, hải đảo, dân tộc thiểu số: thêm"), prices.remote_s),
        (
            translate("Nơi bị bỏ đã chờ thêm {days} ngày (tính tới một năm): thêm", days=WAITED_DAYS),
            prices.waiting_s * WAITED_DAYS,
        ),
        (translate("Cho một xe rời cơ sở thêm một ngày"), prices.tour_s),
        (translate("Buổi rơi ngoài những tuần nơi đó mong"), prices.wrong_week_s),
        (translate("Một đêm của tổ phục vụ ở xa nhà"), prices.night_s),
        (translate("Buổi lệch nhịp đều mà nơi đó mong"), prices.off_beat_s),
        (translate("Dời một buổi đã báo sang ngày khác, khi còn hơn một tháng"), prices.of_moving(NEAR_DAYS)),
        (translate("Dời một buổi đã báo cho ngày mai"), prices.of_moving(1)),
        (translate("Buổi đã dời rơi xa ngày đã báo thêm một tuần: thêm"), prices.of_distance(7)),
        (translate("Đổi xe của một buổi đã báo, vẫn đúng ngày"), prices.other_vehicle_s),
        (translate("Mỗi giờ từ lúc xe rời cơ sở tới lúc về"), prices.work_percent * 36),
        (
            translate("Xe làm hơn phần đều của mình hai giờ mỗi ngày: cứ mỗi ngày xe ấy chạy được"),
            _hours_over(prices.balance_vehicles, 2),
        ),
        (
            translate("Tuần làm hơn phần đều hai giờ mỗi ngày xe: cứ mỗi ngày xe trong tuần"),
            _hours_over(prices.balance_weeks, 2),
        ),
        (
            translate("Ngày làm việc dài hơn {length} thêm hai giờ", length=duration(prices.long_day_s)),
            _hours_over(prices.balance_days, 2),
        ),
        (translate("Các điểm cùng xã phải thêm một ngày xe mới tới hết"), prices.group_s),
    )
    return tuple(Weight(what, duration(seconds)) for what, seconds in sorted(lines, key=lambda line: -line[1]))


def _hours_over(percent: int, hours: int) -> float:
    """What so many hours above a share cost on one day; twice the hours cost four times that."""
    return price_of_share(percent, hours * HOUR_S)
