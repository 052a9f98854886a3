"""What a line of the table is made of."""
import dataclasses
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Target:
    """`yishi OP limit`; with of_peer the limit counts in units of the best peer's figure of this run."""
    op: str
    limit: float
    of_peer: bool = False

    def met(self, ours, best_peer):
        limit = self.limit if not self.of_peer else self.limit * best_peer if best_peer is not None else None
        return None if limit is None else ours <= limit if self.op == "≤" else ours >= limit

    def __str__(self):
        return f"{self.op} {self.limit:g}{' × the best peer' if self.of_peer else ''}"


@dataclasses.dataclass(frozen=True)
class Row:
    key: str
    words: str
    digits: int = 2
    target: Target | None = None
    more_is_better: bool = False
    minor: bool = False     # printed and in the JSON, not in the Markdown


@dataclasses.dataclass(frozen=True)
class Scenario:
    word: str               # for ONLY=
    run: Callable           # run(gateway class, count) → {key: figure}
    counts: dict            # gateway name → how many
    rows: tuple
    quick: int = 3          # how many in a quick run
    waits: bool = False     # it mostly waits: run beside others of its kind at the end
