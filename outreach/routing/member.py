"""One search of a team: `python -m outreach.routing.member`, started by team.py alone.

Reads a Quest and then lists of plans from stdin and answers in Words on stdout, all pickled; ends at once when stdin
closes, so that no member outlives its parent.
"""

import os
import pickle
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any

from outreach.routing.team import Quest, Schedule, Sign, Word

if TYPE_CHECKING:
    from outreach.routing.search import Search


def main() -> None:
    """Search until the time is over."""
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inbox,), daemon=True).start()
    try:
        _Member(inbox).search(inbox.get())
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    os._exit(0)  # the listener never ends


def _listen(inbox: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            inbox.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - our own parent
    finally:
        os._exit(1)


class _Member:
    def __init__(self, inbox: queue.SimpleQueue[Any]) -> None:
        self.inbox = inbox
        self.told = 0.0
        self.pipe = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # what a library prints must not fall between the words

    def search(self, quest: Quest) -> None:
        """Search on the quest, meeting the others at the end of each phase."""
        # heavy: by now somebody watches whether the parent lives
        from outreach.routing.expand import Horizon  # noqa: PLC0415
        from outreach.routing.kernel.compiled import is_cold  # noqa: PLC0415
        from outreach.routing.search import Search  # noqa: PLC0415
        from outreach.routing.solve import descend  # noqa: PLC0415

        if is_cold():
            self.say(Word(Sign.COMPILING))
        search = Search(Horizon(quest.problem), seed=quest.seed)
        search.load(quest.start)
        search.get_ready()
        self.told = search.best_price
        self.say(Word(Sign.READY))
        ending = descend(
            search,
            until=quest.until,
            recombine_s=quest.recombine_s,
            warm=quest.warm,
            look=self.look,
            meet=self.meet,
        )
        self.look(search)
        self.say(Word(Sign.DONE, ending=ending))

    def look(self, search: "Search") -> None:
        """Tell of a better plan."""
        if search.best_price < self.told:
            self.told = search.best_price
            self.say(_word(Sign.FOUND, search))

    def meet(self, search: "Search") -> None:
        """Hear of the others' plans and go on from the cheapest."""
        self.say(_word(Sign.RESTING, search))
        plans: list[Schedule] = self.inbox.get()
        search.learn(plans)

    def say(self, word: Word) -> None:
        """Send a word to the parent."""
        pickle.dump(word, self.pipe)
        self.pipe.flush()


def _word(sign: Sign, search: "Search") -> Word:
    return Word(sign, search.best_price, search.rounds_done, search.best())


if __name__ == "__main__":
    main()
