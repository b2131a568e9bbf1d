"""Check one link: what it imitates, how it is written, where it leads, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from anxin.checkers.links.address import Address, parse_address
from anxin.checkers.links.brands import Brand, BrandBook, shipped_brands
from anxin.checkers.links.domain import Domain, split_domain
from anxin.checkers.links.feeds import DAY_MS, FeedUnavailable, LinkFeed
from anxin.checkers.links.find import FoundLink, find_links
from anxin.checkers.links.lexical import lexical_features
from anxin.checkers.links.lists import FINAL, LinkLists, Listed
from anxin.checkers.links.model import LinkModel
from anxin.checkers.links.resemblance import borrowed_names
from anxin.checkers.links.rulebook import Places, Weights, shipped_places, shipped_weights
from anxin.checkers.links.signals import is_freely_hosted, place_signals, redirect_target, written_signals
from anxin.checkers.result import Checked, Cue, level_of, total_weight

NO_LISTS = LinkLists()
_MAX_CUES_OF_ONE = 8
_MAX_LINK = 65_536
_FIRST_HAN = 0x2E80
_NO_PLACES = frozenset({"mailto", "tel", "sms"})


class LinkCheck(msgspec.Struct, frozen=True):
    """Everything a check reads besides the link: brands, lists, feeds, a model or none, and the time (ms UTC).

    Without `at` the age of a domain is not judged.
    """

    brands: BrandBook
    lists: LinkLists
    feeds: Sequence[LinkFeed]
    model: LinkModel | None
    at: int | None
    weights: Weights
    places: Places


def check_link(
    text: str,
    *,
    brands: BrandBook | None = None,
    lists: LinkLists = NO_LISTS,
    feeds: Sequence[LinkFeed] = (),
    model: LinkModel | None = None,
    at: int | None = None,
) -> Checked:
    """Return what is known of the one link in a text (the first, when it is a text with several)."""
    check = LinkCheck(brands or shipped_brands(), lists, feeds, model, at, shipped_weights(), shipped_places())
    address = _only_address(text)
    if address is None:
        found = next(iter(find_links(text, limit=1)), None)
        address = None if found is None else found.address
    if address is None:
        cue = check.weights.cue("link.none")
        return Checked("link", "no_known_risk", 0.0, (cue,), facts={"found": "0"})
    return _checked(address, check, is_target=False)


def check_links(
    text: str,
    *,
    brands: BrandBook | None = None,
    lists: LinkLists = NO_LISTS,
    feeds: Sequence[LinkFeed] = (),
    model: LinkModel | None = None,
    at: int | None = None,
    limit: int = 1000,
) -> list[tuple[FoundLink, Checked]]:
    """Return every link of a text (the first `limit`) with its place, each written alike checked once."""
    check = LinkCheck(brands or shipped_brands(), lists, feeds, model, at, shipped_weights(), shipped_places())
    known: dict[Address, Checked] = {}
    answers = []
    for found in find_links(text, limit=limit):
        if found.address not in known:
            known[found.address] = _checked(found.address, check, is_target=False)
        answers.append((found, known[found.address]))
    return answers


def _only_address(text: str) -> Address | None:
    """Return the parts of a text that is one link and nothing else; None for a text with a link in it."""
    stripped = text.strip()
    if not stripped or len(stripped) > _MAX_LINK or any(map(str.isspace, stripped)):
        return None
    address = parse_address(stripped)
    if address is None or address.scheme in _NO_PLACES or _is_prose(address, stripped):
        return None
    return address


def _is_prose(address: Address, stripped: str) -> bool:
    """Say whether words are glued to a link, as in Chinese, or a plain mail address was given."""
    if address.is_scheme_written or not address.host or address.ip:
        return False
    if "@" in stripped and "/" not in stripped:
        return True
    has_glued_words = any(
        not label.isascii() and any(one.isascii() and one.isalnum() for one in label)
        for label in address.shown_host.split(".")
        if not _is_latin(label)
    )
    return has_glued_words or not (stripped.isascii() or split_domain(address.host).is_known)


def _is_latin(label: str) -> bool:
    return all(ord(one) < _FIRST_HAN for one in label)


def _checked(address: Address, check: LinkCheck, *, is_target: bool) -> Checked:
    domain = split_domain(address.host)
    facts = _facts(address, domain)
    cues = _plain_cues(address, domain, check)
    official = check.brands.official_brand(domain)
    is_public = _is_public(address, domain, check)
    if official is not None and not is_public:
        facts["official"] = official.name
    elif address.host:
        cues += _brand_cues(address, domain, check, facts, owner=official)
    target = None if is_target else redirect_target(address, domain, check.places)
    cues += _known_cues(address, domain, check, facts, forwards=target is not None)
    if target is not None:
        cues += _redirect_cues(target, check, facts)
    elif official is not None and check.brands.is_listed(domain) and not is_public:
        cues.append(check.weights.cue("link.official", brand=official, source=f"brands.yaml:{official.name}"))
    if check.model is not None and address.host:
        cues += _model_cues(address, domain, check, facts)
    return _answer(cues, facts, check)


def _answer(cues: list[Cue], facts: dict[str, str], check: LinkCheck) -> Checked:
    counted = tuple(sorted(_heaviest_of_family(cues, check.weights), key=lambda cue: -abs(cue.weight)))
    # A black entry stands against everything; a white one may not hide it.
    is_black = any(cue.code == "link.list.black" for cue in counted)
    score = 100.0 if is_black else total_weight(counted)
    level = level_of(score)
    return Checked("link", level, score, counted, check.weights.advice[level], facts)


def _heaviest_of_family(cues: Iterable[Cue], weights: Weights) -> list[Cue]:
    kept: dict[str, Cue] = {}
    for cue in cues:
        family = weights.cues[cue.code].family
        key = family or f"{cue.code}:{cue.source}"
        if key not in kept or abs(cue.weight) > abs(kept[key].weight):
            kept[key] = cue
    return list(kept.values())


def _facts(address: Address, domain: Domain) -> dict[str, str]:
    facts = {"canonical": address.canonical, "defanged": address.defanged, "host": address.host}
    if address.host != address.shown_host:
        facts["host_unicode"] = address.shown_host
    if domain.registrable:
        facts["registrable_domain"] = domain.registrable
    if domain.is_lent:
        facts["site"] = domain.site
    if address.ip:
        facts["ip"], facts["ip_form"] = address.ip, address.ip_form
    if address.oddities:
        facts["oddities"] = ",".join(address.oddities)
    return facts


def _plain_cues(address: Address, domain: Domain, check: LinkCheck) -> list[Cue]:
    if not address.host:
        is_danger = address.scheme in {"javascript", "data", "vbscript"}
        return [check.weights.cue("link.script")] if is_danger else []
    codes = written_signals(address, domain) + place_signals(address, domain, check.places)
    return [check.weights.cue(code) for code in codes]


def _brand_cues(
    address: Address, domain: Domain, check: LinkCheck, facts: dict[str, str], *, owner: Brand | None
) -> list[Cue]:
    is_public = _is_public(address, domain, check)
    found = borrowed_names(address, domain, check.brands, check.places, is_public=is_public)
    borrowed = [one for one in found if owner is None or one.brand.name != owner.name]
    cues = [
        check.weights.cue(code, brand=brand, source=f"brands.yaml:{brand.name}")
        for code, brand in dict.fromkeys(borrowed)
    ][:_MAX_CUES_OF_ONE]
    if cues:
        heaviest = max(cues, key=lambda cue: cue.weight)
        facts["impersonates"] = heaviest.source.partition(":")[2]
        facts["impersonates_zh"] = _brand_named(facts["impersonates"], check.brands).zh
    return cues


def _brand_named(name: str, brands: BrandBook) -> Brand:
    return next(brand for brand in brands.brands if brand.name == name)


def _known_cues(
    address: Address, domain: Domain, check: LinkCheck, facts: dict[str, str], *, forwards: bool
) -> list[Cue]:
    cues = []
    black, white = check.lists.find_black(address, domain), check.lists.find_white(domain)
    if black is not None:
        cues.append(_black_cue(black, check.weights))
    # A trusted site that forwards to another one vouches for nothing.
    if white is not None and not forwards:
        cues.append(check.weights.cue("link.list.white", source=white.source))
    missing = []
    for feed in check.feeds:
        try:
            cues += _feed_cues(feed, address, domain, check)
        except FeedUnavailable:
            missing.append(feed.name)
    if missing:
        facts["feeds_unavailable"] = ",".join(missing)
    return cues


def _black_cue(listed: Listed, weights: Weights) -> Cue:
    """Return the cue of a black entry: a final one decides, any other accuses as a feed does."""
    is_final = listed.weight >= FINAL
    weight = None if is_final else min(listed.weight, weights.feed_limit)
    cue = weights.cue("link.list.black" if is_final else "link.feed", weight=weight, source=listed.source)
    return cue if listed.text is None else msgspec.structs.replace(cue, text=listed.text)


def _feed_cues(feed: LinkFeed, address: Address, domain: Domain, check: LinkCheck) -> list[Cue]:
    known = feed.look_up(address.ip or address.host, domain.site)
    if known is None:
        return []
    source = f"feed:{feed.name}"
    cues = []
    # A feed may accuse, within a limit, but never acquit: it may be wrong, or bought.
    weight = min(max(known.weight, 0.0), check.weights.feed_limit)
    if weight > 0:
        cue = check.weights.cue("link.feed", weight=weight, source=source)
        cues.append(cue if known.text is None else msgspec.structs.replace(cue, text=known.text))
    if known.registered_at is not None and check.at is not None:
        days = (check.at - known.registered_at) / DAY_MS
        if 0 <= days < 30:
            cues.append(check.weights.cue("link.age.week" if days < 7 else "link.age.month", source=source))
    return cues


def _redirect_cues(target: Address, check: LinkCheck, facts: dict[str, str]) -> list[Cue]:
    facts["redirects_to"] = target.defanged
    inner = _checked(target, check, is_target=True)
    cues = [check.weights.cue("link.redirect")]
    if inner.score > 0:
        cues.append(check.weights.cue("link.redirect.target", weight=inner.score, source=f"link:{inner.cues[0].code}"))
    if "impersonates" in inner.facts:
        facts.setdefault("impersonates", inner.facts["impersonates"])
        facts.setdefault("impersonates_zh", inner.facts["impersonates_zh"])
    return cues


def _is_public(address: Address, domain: Domain, check: LinkCheck) -> bool:
    is_short = domain.site in check.places.shorteners or domain.host in check.places.shorteners
    return is_short or is_freely_hosted(address.host, domain, check.places)


def _model_cues(address: Address, domain: Domain, check: LinkCheck, facts: dict[str, str]) -> list[Cue]:
    model = check.model
    if model is None:
        return []
    reading = model.read(lexical_features(address, domain))
    facts["model"], facts["model_probability"] = model.name, f"{reading.probability:.3f}"
    if reading.weight <= 0:
        return []
    return [check.weights.cue("link.model", weight=reading.weight, source=f"model:{model.name}")]
