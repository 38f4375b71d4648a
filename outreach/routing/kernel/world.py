"""What the kernel works on: one record of tables, handed over as a single pointer.

numba hands an array over as seven words and counts its users at each call. With thirty arrays that took ten times
the work of the small functions called, so here a table is an address in the record `WORLD`, and `need(w, u)` is row
`u` of it, to read and to write. Nothing is checked: only the kernel uses it, and `World` keeps the arrays alive.

Whole numbers everywhere, so that the same seed gives the same plan byte for byte. Times are seconds of a day,
prices are hundredths of a second of driving.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba.core import types
from numba.extending import intrinsic

UNIT = 100  # prices: hundredths of a second of driving
FAR = 1 << 28  # seconds: later than any day, and where no road leads
NEVER = 1 << 60  # a price nobody pays
NOWHERE = -1

NEED = np.dtype(
    [
        ("place", "i4"),
        ("first", "i4"),  # its visit nodes are first .. first + count - 1
        ("count", "i4"),  # visits asked for
        ("service", "i4"),
        ("set_up", "i4"),  # added to the vehicle's
        ("load", "i4"),
        ("least", "i4"),  # days between two visits, at least
        ("most", "i4"),  # and at most; 0: no such rule
        ("pattern", "i4"),  # rows of `patterns` from here ..
        ("pattern_end", "i4"),  # .. to here; equal: days are free
        ("kept_on", "i4"),  # the visit of this day keeps its place in the order and is never taken out; NOWHERE
        ("turn", "i4"),  # there: 1 first, 2 last, 0 neither
        ("follows", "i4"),  # there: the need served right before, NOWHERE if any
        ("rank", "i4"),  # the higher, the earlier put back when the order goes by need
        ("placed", "i4"),  # visits in tours
        ("absent_at", "i4"),  # where in `absent`, NOWHERE if nothing is missing
        ("absent_since", "i8"),  # the round in which it lost its last visit
        ("missing", "i8"),  # price of each visit left out
        ("form", "i4"),  # in which its next visit is looked for and put in: itself, or one of its halves
        ("halves", "i4"),  # its form in the morning, the next one is that in the afternoon; NOWHERE without a beat
        ("beat", "i4"),  # rows of `beat` for mornings from here ..
        ("beat_noon", "i4"),  # .. for afternoons from here ..
        ("beat_end", "i4"),  # .. to here; equal: it has no beat
        ("off", "i8"),  # price of each visit off its beat, NEVER if there may be none
        ("group", "i4"),  # its row in `bunch`, NOWHERE if its site is in no group
        ("site", "i4"),  # needs of one site may share a stop
    ],
    align=True,
)
RULE = np.dtype(
    [
        ("day", "i4"),
        ("column", "i4"),  # of `day_price`: its day, or itself where visits cost more by some vehicles
        ("pool", "i4"),  # crews are counted by pool: a depot on a day
        ("leave", "i4"),
        ("back", "i4"),
        ("shift", "i4"),
        ("drive", "i4"),
        ("stops", "i4"),
        ("capacity", "i4"),
        ("set_up", "i4"),
        ("pack_up", "i4"),
        ("price", "i8"),  # of going out at all
        ("base", "i4"),  # the place it starts from and ends at where no night is spent away
        ("before", "i4"),  # the same bus's tour of the day before, that may spend the night between away; NOWHERE
        ("after", "i4"),  # and of the day after
        ("stay", "i4"),  # nights are counted by month: its row in `stay`
        ("fixed", "i4"),  # 1: its nights stay as they are
        ("bus", "i4"),  # the rows in `share` of its vehicle and its week, NOWHERE where that has no price
        ("week", "i4"),
    ],
    align=True,
)
NODE = np.dtype(
    [
        ("next", "i4"),
        ("prev", "i4"),
        ("tour", "i4"),  # NOWHERE while it is in no tour
        ("need", "i4"),  # of a tour's own node: NOWHERE
        ("place", "i4"),  # where the bus is when it leaves the node
        ("into", "i4"),  # where it is when it comes to the node: other than `place` only for a tour's own node
        ("ahead", "i4"),  # driving to the next node; 0 in an empty tour
        ("depart0", "i4"),  # earliest departure, lunch still to come
        ("depart1", "i4"),  # and with lunch had or not owed
        ("late0", "i4"),  # latest arrival from which the rest of the tour can be done, lunch still to come
        ("late1", "i4"),
        ("form", "i4"),  # of the need, as it was put in
        ("row", "i4"),  # of `window`, in its tour
        ("unused", "i4", 3),  # a node is a line of the processor's cache
    ],
    align=True,
)
TOUR = np.dtype(
    [
        ("size", "i4"),
        ("drive", "i4"),
        ("handling", "i4"),  # set-ups, services and pack-ups
        ("load", "i4"),
        ("over", "i4"),  # load above the capacity
        ("night", "i4"),  # where the night after it is spent; NOWHERE: at home
        ("work", "i4"),  # from leaving to returning, as it was priced last
        ("joints", "i4"),  # visits in the same stop as the one before them
        ("saved", "i8"),  # the round of the search in which it was last saved
        ("cost", "i8"),
    ],
    align=True,
)
TABLES = {
    # what is to be planned
    "need": NEED,
    "rule": RULE,
    "leg": np.dtype([("seconds", "i4")]),  # [from, to]
    "leg_back": np.dtype([("seconds", "i4")]),  # [to, from]: whoever looks for a place reads two rows and no column
    "form": np.dtype([("need", "i4")]),  # needs, then each half-day of those with a beat
    "hour": np.dtype([("row", "i4")]),  # [form, tour] row of `window`, NOWHERE where the need may not be in the tour
    "window": np.dtype([("opens", "i4"), ("closes", "i4")]),  # [row, window], ended by an opening at FAR
    "day": np.dtype([("date", "i4")]),  # ordinals
    "day_price": np.dtype([("price", "i8")]),  # [need, column]
    "pattern": np.dtype([("holds", "i4")]),  # [pattern, day]
    "beat": np.dtype([("day", "i4")]),  # open days of one beat after the other, each ended by NOWHERE
    "near": np.dtype([("need", "i4")]),  # [need, neighbour] the needs nearest to each
    "bed": np.dtype([("place", "i4")]),  # [need, bed] the lodgings nearest to each
    "lodging": np.dtype([("place", "i4")]),  # all of them
    # the plan in the making
    "node": NODE,  # visit nodes, then one node for each tour
    "tour": TOUR,
    "crew": np.dtype([("left", "i4"), ("nights", "i4")]),  # [pool] for tours, and for nights away after them
    "stay": np.dtype([("left", "i4")]),  # [base and month] nights away
    "share": np.dtype([("work", "i8"), ("fair", "i8"), ("days", "i8"), ("percent", "i8")], align=True),  # [share]
    "bunch": np.dtype([("tours", "i4")]),  # [group] tours that visit it
    "gathered": np.dtype([("visits", "i4")]),  # [group, tour]
    "absent": np.dtype([("need", "i4")]),  # needs with a visit missing, in no order
    # this round's journal
    "saved_tour": np.dtype([("tour", "i4"), ("was", TOUR)], align=True),
    "saved_node": np.dtype([("node", "i4"), ("was", NODE)], align=True),
    "saved_absent": np.dtype([("need", "i4")]),
    # scratch
    "found": np.dtype([("cost", "i8"), ("after", "i4"), ("tour", "i4"), ("form", "i4")], align=True),
    # [day or 1] cheapest places; with beats [free or half, day]
    "stop": np.dtype([("need", "i4"), ("node", "i4"), ("row", "i4")]),  # one tour in order
    "turn": np.dtype([("key", "i8"), ("need", "i4")], align=True),  # what is put back, in order
    "chain": np.dtype([("cost", "i8"), ("before", "i4")], align=True),  # [visits, day] days chosen together
}
NUMBERS = (
    "needs",
    "tours",
    "places",
    "forms",
    "visits",  # visit nodes; tour k has node visits + k
    "days",
    "columns",  # of prices by day
    "window_columns",
    "neighbours",
    "removed",  # needs that a round takes out in the mean, and half a tour more
    "beds",  # of a need
    "lodgings",
    "trip_days",  # at most
    "night_price",
    "priced",  # 1: a visit costs more on some days
    "soft",  # 1: tours may be overloaded on the way, for a price
    "over_price",  # of a unit of load above a tour's capacity, adapted to the search
    "over_rounds",  # rounds that ended overloaded since it was adapted
    "over",  # load above capacities in the plan as it is
    "current_over",  # and in the plan this round began with
    "ordered",  # 1: some visits keep their place in the order
    "joining",  # 1: visits at one site right after each other share set-up and pack-up
    "timed",  # 1: windows or lunch matter; else a tour's length is its driving and handling
    "step",  # services start at full steps
    "lunch",
    "lunch_from",
    "lunch_to",
    "work_price",  # for each second between leaving and returning
    "shared",  # 1: vehicles or weeks have shares of the work
    "grouped",  # 1: some sites belong together
    "group_price",  # of each tour beyond the first that visits a group
    "day_percent",  # of the square of the hours by which a day is longer than a usual one
    "long_day",  # seconds of a usual day
    "chance",  # state of the random numbers
    "cost",  # of the plan as it is
    "current",  # of the plan this round began with
    "best",
    "absent_count",
    "busy",  # tours with visits
    "placed",  # visits in tours
    "round",
    "saved_tours",
    "saved_nodes",
    "saved_absents",
    "saved_busy",
    "saved_placed",
    "found_from",  # where in `found` days begin
)
WORLD = np.dtype([(name, "i8") for name in (*TABLES, *NUMBERS)], align=True)

Array = npt.NDArray[Any]


def _table(name: str) -> Any:
    """`name(w, row)`: that row of the table, as a record in place."""
    dtype = TABLES[name]

    @intrinsic
    def row(typing_context: Any, world: Any, index: Any) -> Any:  # noqa: ARG001
        kind = numba.from_dtype(dtype)

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word = context.get_value_type(types.int64)
            field = builder.add(
                builder.ptrtoint(arguments[0], word), context.get_constant(types.int64, world.offset(name))
            )
            table = builder.load(builder.inttoptr(field, word.as_pointer()))
            at = context.cast(builder, arguments[1], signature.args[1], types.int64)
            offset = builder.mul(at, context.get_constant(types.int64, dtype.itemsize))
            return builder.inttoptr(builder.add(table, offset), context.get_value_type(kind))

        return kind(world, index), code

    return row


need = _table("need")
rule = _table("rule")
form = _table("form")
leg = _table("leg")
leg_back = _table("leg_back")
hour = _table("hour")
window = _table("window")
day = _table("day")
day_price = _table("day_price")
pattern = _table("pattern")
beat = _table("beat")
near = _table("near")
bed = _table("bed")
lodging = _table("lodging")
node = _table("node")
tour = _table("tour")
crew = _table("crew")
stay = _table("stay")
share = _table("share")
bunch = _table("bunch")
gathered = _table("gathered")
absent = _table("absent")
saved_tour = _table("saved_tour")
saved_node = _table("saved_node")
saved_absent = _table("saved_absent")
found = _table("found")
stop = _table("stop")
turn = _table("turn")
chain = _table("chain")


class World:
    """The tables and numbers of one plan in the making; `record` is what the kernel's functions take."""

    def __init__(self, tables: dict[str, Array], numbers: dict[str, int]) -> None:
        self.tables = {name: np.ascontiguousarray(tables[name].view(dtype)) for name, dtype in TABLES.items()}
        self._world = np.zeros(1, dtype=WORLD)
        for name, table in self.tables.items():
            self._world[name] = table.ctypes.data
        for name, number in numbers.items():
            self._world[name] = number

    @property
    def record(self) -> Any:
        """The record itself, in place."""
        return self._world[0]

    def __getitem__(self, name: str) -> Array:
        """A table by its name."""
        return self.tables[name]

    def number(self, name: str) -> int:
        """A number by its name."""
        return int(self._world[name][0])
