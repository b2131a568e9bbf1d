"""Whether a strange host borrows a protected brand's name, how, and which brand."""

from __future__ import annotations

import re
from typing import NamedTuple

from anxin.checkers.links.address import Address
from anxin.checkers.links.brands import MIN_EDIT_LABEL, Brand, BrandBook, Mention
from anxin.checkers.links.domain import Domain, split_domain
from anxin.checkers.links.rulebook import Places
from anxin.checkers.links.skeleton import edit_distance, folded, skeleton

_BETWEEN = re.compile(r"[.\-_]+")
_TAIL_TOKEN = re.compile(r"[a-z0-9]+")
_MAX_TAIL = 2048
_SHORT_TOKEN = 3
# Names that honest pages carry in their paths, as buttons to share and follow; only a login word makes them a claim.
_OFTEN_LINKED = frozenset(
    {"Facebook", "Instagram", "X (Twitter)", "LinkedIn", "Google", "WhatsApp", "Telegram", "TikTok", "WeChat", "Weibo"}
)


class Borrowed(NamedTuple):
    """One way in which a name is borrowed: the cue's code and the brand."""

    code: str
    brand: Brand


def borrowed_names(
    address: Address, domain: Domain, book: BrandBook, places: Places, *, is_public: bool = False
) -> list[Borrowed]:
    """Return every borrowed name of a host that is not the brand's own, in no special order.

    Where anybody can put a page (`is_public`), a name in the path counts even for brands that pages often link to.
    """
    if domain.site in places.honest_neighbours:
        return []
    found = _label_borrowings(address, domain, book, places)
    found += _name_borrowings(domain, _shown_label(address, domain), book, places)
    found += _prefix_borrowings(domain, book, places)
    if address.userinfo:
        found += _user_borrowings(address.userinfo.lower()[:255], book)
    if not found:
        found = _tail_borrowings(address, book, places, is_public=is_public)
    return found


def _user_borrowings(userinfo: str, book: BrandBook) -> list[Borrowed]:
    brand = book.official_brand(split_domain(userinfo.partition(":")[0]))
    brands = [one.brand for one in book.mentions(userinfo)] if brand is None else [brand]
    return [Borrowed("link.brand.userinfo", one) for one in brands]


def _label_borrowings(address: Address, domain: Domain, book: BrandBook, places: Places) -> list[Borrowed]:
    label = domain.label
    brand = book.labels.get(label)
    if brand is not None:
        is_cheap = domain.suffix in places.cheap_suffixes
        is_told = is_cheap or (len(label) > _SHORT_TOKEN and label not in book.common)
        return [Borrowed("link.brand.suffix", brand)] if is_told else []
    shown = _shown_label(address, domain)
    pieces = [shown, *(_BETWEEN.split(shown) if "-" in shown else ())]
    found = [one for piece in pieces if (one := _shape_borrowing(piece, book))]
    return found or _edit_borrowing(folded(shown), book)


def _shape_borrowing(piece: str, book: BrandBook) -> Borrowed | None:
    label = book.skeletons.get(skeleton(piece))
    if label is None or label == piece or len(label) < MIN_EDIT_LABEL - 1:
        return None
    if label in book.common and piece.isascii() and not any(map(str.isdigit, piece)):
        return None
    has_digit = piece.isascii() and any(map(str.isdigit, piece)) and len(piece) == len(label)
    return Borrowed("link.brand.digit_swap" if has_digit else "link.brand.skeleton", book.labels[label])


def _edit_borrowing(spelled: str, book: BrandBook) -> list[Borrowed]:
    if len(spelled) < MIN_EDIT_LABEL:
        return []
    for label in book.near_labels(spelled):
        if label in book.common or label.isdigit() or edit_distance(label, spelled) != 1:
            continue
        if len(label) == MIN_EDIT_LABEL and (
            spelled[0] != label[0] or (spelled.isalpha() and len(spelled) != len(label))
        ):
            continue
        is_count = _is_letter_count(label, spelled)
        return [Borrowed("link.brand.letter_count" if is_count else "link.brand.edit", book.labels[label])]
    return []


def _is_letter_count(label: str, spelled: str) -> bool:
    if len(spelled) == len(label) - 1:
        return True
    if len(spelled) != len(label) + 1:
        return False
    at = next((at for at, (one, other) in enumerate(zip(label, spelled, strict=False)) if one != other), len(label))
    return at > 0 and spelled[at] == spelled[at - 1]


def _name_borrowings(domain: Domain, shown: str, book: BrandBook, places: Places) -> list[Borrowed]:
    parts = _BETWEEN.split(shown)
    found = []
    for one in book.mentions(shown):
        rest = [part for part in _BETWEEN.split(f"{shown[: one.start]}-{shown[one.end :]}") if part]
        if not rest:
            continue
        is_plain = one.word in book.common
        if any(_is_service(part, places) for part in rest):
            found.append(Borrowed("link.brand.service_word", one.brand))
        elif not is_plain:
            found.append(Borrowed("link.brand.in_name", one.brand))
    if len(parts) > 1:
        found += _token_borrowings(parts, book, places)
    return found


def _token_borrowings(parts: list[str], book: BrandBook, places: Places) -> list[Borrowed]:
    has_service = any(part in places.service_words for part in parts)
    return [
        Borrowed("link.brand.service_word" if has_service else "link.brand.in_name", book.tokens[part])
        for part in parts
        if part in book.tokens and (has_service or (len(part) > _SHORT_TOKEN and part not in book.common))
    ]


def _is_service(part: str, places: Places) -> bool:
    plain = part.rstrip("0123456789")
    if not plain.isascii():
        return any(word in plain for word in places.service_words if not word.isascii())
    return plain in places.service_words or (plain.endswith("s") and plain[:-1] in places.service_words)


def _prefix_borrowings(domain: Domain, book: BrandBook, places: Places) -> list[Borrowed]:
    before = domain.before
    if not before or before == "www":
        return []
    found = _suffix_borrowings(before, book)
    parts = _BETWEEN.split(before)
    is_dressed = domain.label.startswith(("com-", "cn-", "net-", "org-")) or any(
        part in places.service_words for part in parts
    )
    for one in book.mentions(before):
        is_whole = is_dressed or _is_official_inside(before, one, book) or domain.is_lent
        found.append(Borrowed("link.brand.subdomain" if is_whole else "link.brand.in_name", one.brand))
    for at, part in enumerate(parts):
        brand = book.tokens.get(part)
        if brand is None:
            continue
        is_domain = ".".join(parts[at : at + 2]) in brand.domains or ".".join(parts[at : at + 3]) in brand.domains
        if is_domain or (is_dressed and part not in book.common):
            found.append(Borrowed("link.brand.subdomain", brand))
    return found


def _suffix_borrowings(before: str, book: BrandBook) -> list[Borrowed]:
    spelled = f".{before}."
    return [
        Borrowed("link.brand.subdomain", brand)
        for brand in book.brands
        for suffix in brand.suffixes
        if f".{suffix}." in spelled
    ]


def _is_official_inside(before: str, one: Mention, book: BrandBook) -> bool:
    spelled = before[one.start :].replace("-", ".")
    return any(spelled.startswith(f"{domain}") for domain in one.brand.domains)


def _tail_borrowings(address: Address, book: BrandBook, places: Places, *, is_public: bool) -> list[Borrowed]:
    tail = address.decoded[:_MAX_TAIL].lower()
    if len(tail) < 2:
        return []
    tokens = set(_TAIL_TOKEN.findall(tail))
    claims = is_public or bool(tokens & places.login_words)
    found = [
        one.brand
        for one in book.mentions(tail)
        if (one.word not in book.common) and (claims or one.brand.name not in _OFTEN_LINKED)
    ]
    found += [
        book.tokens[token]
        for token in tokens
        if token in book.tokens and len(token) >= _SHORT_TOKEN and token not in book.common
    ]
    return [Borrowed("link.brand.path", brand) for brand in found]


def _shown_label(address: Address, domain: Domain) -> str:
    if address.host == address.shown_host:
        return domain.label
    labels = address.shown_host.split(".")
    place = len(address.host.split(".")) - len(domain.suffix.split(".")) - 1
    return labels[place] if domain.suffix and 0 <= place < len(labels) else domain.label
