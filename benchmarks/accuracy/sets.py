"""The labelled sets: where their rows are, what the model reads, how they are split, what must be reached."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from anxin.engine.arrival import Arrival
from anxin.history.arrivals import mapped_arrivals
from anxin.history.mapping import FileMapping, read_mapping
from anxin.history.training import FitSettings

FOLDER = Path(__file__).parent
DAY_MS = 86_400_000


@dataclass(frozen=True)
class LabelledSet:
    """One data set. `split_by` names the event field whose values are kept whole on one side; empty splits by time.

    `fields` are event fields that the model reads beside the features; `plain` are the inputs of the plain baseline,
    `raw` the data's own columns for a second one. A set that names `raw` is walked forward, too, where the verdict of
    a row is known `label_delay_ms` later. Rows of the first `warm_up_ms` are counted, not learnt. `target` is the least
    value of the figure `goal`, `card` the baseline that the data's own card states.
    """

    name: str
    folder: str
    event_type: str
    fields: tuple[str, ...]
    plain: tuple[str, ...]
    goal: str
    target: float
    card: float
    split_by: str = ""
    warm_up_ms: int = 0
    raw: tuple[str, ...] = ()
    label_delay_ms: int = 0
    settings: FitSettings = field(default_factory=FitSettings)

    @property
    def policy(self) -> Path:
        """Return the folder of its feature policy."""
        return FOLDER / self.folder / "policy"

    @property
    def mapping(self) -> FileMapping:
        """Return its mapping."""
        return read_mapping(FOLDER / self.folder / "mapping.toml")


HANDBOOK = LabelledSet(
    name="fraud_handbook_sim",
    folder="handbook",
    event_type="payment.attempted",
    fields=("amount",),
    plain=(
        *("amount", "paid_hour"),
        *(f"payments_user_{span}" for span in ("1d", "7d", "30d")),
        *(f"average_user_{span}" for span in ("1d", "7d", "30d")),
        *(f"payments_terminal_{span}" for span in ("1d", "7d", "30d")),
        *(f"risk_terminal_{span}" for span in ("1d", "7d", "30d")),
    ),
    goal="pr_auc",
    target=0.78,
    card=0.752,
    warm_up_ms=14 * DAY_MS,
    settings=FitSettings(rounds=400, leaves=15, ordinary_per_fraud=30),
)
SHOP = LabelledSet(
    name="ecommerce_fraud_51k",
    folder="shop",
    event_type="payment.attempted",
    fields=("since_signup_s", "channel"),
    plain=("amount", "since_signup_s", "buyer_age", "channel", "browser", "sex", "purchases_device"),
    goal="f1",
    target=0.74,
    card=0.722,
    split_by="device_id",
    settings=FitSettings(rounds=100, leaves=4, least_rows_per_leaf=200, ordinary_per_fraud=None),
)
TRANSFERS = LabelledSet(
    name="s_ffsd",
    folder="transfers",
    event_type="transfer.made",
    fields=("amount",),
    plain=("amount", *(f"{party}_transfers_ever" for party in ("source", "target", "place", "kind"))),
    goal="best_f1",
    target=0.76,
    card=0.761,
    raw=("amount", "actor_id", "payee_id", "place", "transfer_kind"),
    label_delay_ms=DAY_MS,
    settings=FitSettings(
        rounds=200, leaves=31, least_rows_per_leaf=60, input_share=0.5, ridge=20.0, ordinary_per_fraud=None
    ),
)
SETS = (HANDBOOK, SHOP, TRANSFERS)


class _Timed(msgspec.Struct):
    occurred_at: int


_timed = msgspec.json.Decoder(_Timed)


def files_of(name: str, data: Path) -> list[Path]:
    """Return the files of a set anywhere under a folder, by name."""
    return sorted(path for path in data.rglob(f"{name}*") if path.name.endswith((".csv", ".csv.gz", ".parquet")))


def arrivals_of(name: str, mapping: FileMapping, data: Path) -> Iterator[Arrival]:
    """Return the arrivals of all files of a set, merged by time."""
    streams = [mapped_arrivals(path, mapping) for path in files_of(name, data)]
    return streams[0] if len(streams) == 1 else heapq.merge(*streams, key=_occurred_at)


def _occurred_at(arrival: Arrival) -> int:
    return _timed.decode(arrival.raw).occurred_at
