"""Provinces and foreign cities of the simulated world, with the address blocks of their connections.

All addresses come from documentation, private, shared or benchmark ranges, all network numbers from private use.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """One province with its main city; `code` follows GB/T 2260, None abroad."""

    index: int
    code: str | None
    city: str
    country: str
    legal_region: str
    lat_e4: int
    lon_e4: int
    weight: int
    currency: str


@dataclass(frozen=True, slots=True)
class Connection:
    """One way into the network: address, network number and kind (residential mobile campus hosting proxy office)."""

    ip: str
    asn: int
    kind: str


_PROVINCES = """
110000 Beijing 399042 1164074 5|120000 Tianjin 391256 1171909 3|130000 Shijiazhuang 380428 1145149 5
140000 Taiyuan 378706 1125489 3|150000 Hohhot 408426 1117490 2|210000 Shenyang 418057 1234315 4
220000 Changchun 438171 1253235 2|230000 Harbin 458038 1265350 3|310000 Shanghai 312304 1214737 6
320000 Nanjing 320603 1187969 8|330000 Hangzhou 302741 1201551 8|340000 Hefei 318206 1172272 4
350000 Fuzhou 260745 1192965 4|360000 Nanchang 286829 1158582 3|370000 Jinan 366512 1171201 7
410000 Zhengzhou 347466 1136254 6|420000 Wuhan 305928 1143055 5|430000 Changsha 282282 1129388 4
440000 Guangzhou 231291 1132644 11|450000 Nanning 228170 1083665 3|460000 Haikou 200444 1101999 1
500000 Chongqing 295630 1065516 3|510000 Chengdu 305728 1040668 6|520000 Guiyang 266470 1066302 2
530000 Kunming 248801 1028329 3|540000 Lhasa 296520 911721 1|610000 Xian 343416 1089398 3
620000 Lanzhou 360611 1038343 2|630000 Xining 366171 1017782 1|640000 Yinchuan 384872 1062309 1
650000 Urumqi 438256 876168 2
"""
_ABROAD = "DE Berlin 525200 134050 3|FR Paris 488566 23522 2|NL Amsterdam 523676 49041 1"


def _provinces() -> tuple[Place, ...]:
    rows = [row.split() for row in _PROVINCES.replace("\n", "|").split("|") if row]
    return tuple(
        Place(i, code, city, "CN", "CN", int(lat), int(lon), int(weight), "CNY")
        for i, (code, city, lat, lon, weight) in enumerate(rows)
    )


def _abroad(first: int) -> tuple[Place, ...]:
    rows = [row.split() for row in _ABROAD.split("|")]
    return tuple(
        Place(first + i, None, city, country, "EU", int(lat), int(lon), int(weight), "EUR")
        for i, (country, city, lat, lon, weight) in enumerate(rows)
    )


PROVINCES = _provinces()
ABROAD = _abroad(len(PROVINCES))


def far_place(place: Place, rng: Random) -> Place:
    """Return a province whose main city is more than about 1 800 km from `place`."""
    far = [p for p in PROVINCES if abs(p.lat_e4 - place.lat_e4) + abs(p.lon_e4 - place.lon_e4) > 220_000]
    return rng.choice(far)


def other_places(place: Place, count: int, rng: Random) -> list[Place]:
    """Return `count` different provinces, none of them `place`."""
    return rng.sample([p for p in PROVINCES if p.index != place.index], count)


def residential(place: Place, rng: Random) -> Connection:
    """Draw a home connection in `place`."""
    if place.country != "CN":
        return Connection(f"198.51.100.{rng.randrange(1, 255)}", 65000 + place.index, "residential")
    second = place.index * 8 + rng.randrange(8)
    return Connection(f"10.{second}.{rng.randrange(256)}.{rng.randrange(1, 255)}", 64512 + place.index, "residential")


def mobile(place: Place, rng: Random) -> Connection:
    """Draw one of the few exits that a carrier's many phones in `place` share."""
    return Connection(f"100.{64 + place.index}.0.{rng.randrange(1, 7)}", 64600 + place.index, "mobile")


def campus(place: Place, number: int) -> Connection:
    """Return the shared exit of campus `number` in `place`."""
    return Connection(f"172.{16 + place.index % 16}.{number % 256}.{1 + place.index}", 64700 + place.index, "campus")


def hosting(rng: Random) -> Connection:
    """Draw a server in a data centre."""
    ip = f"198.{18 + rng.randrange(2)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    return Connection(ip, 64800 + rng.randrange(6), "hosting")


def proxy(rng: Random) -> Connection:
    """Draw an exit of an anonymising proxy."""
    return Connection(f"203.0.113.{rng.randrange(1, 255)}", 64900 + rng.randrange(4), "proxy")


def office(number: int) -> Connection:
    """Return the exit of the platform's own office `number`."""
    return Connection(f"192.0.2.{1 + number % 254}", 64990, "office")
