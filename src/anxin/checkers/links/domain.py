"""Where a host's registrable domain begins, by the public-suffix snapshot of tldextract."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tldextract import TLDExtract


class Domain(msgspec.Struct, frozen=True):
    """A host split by the public-suffix list.

    `registrable` follows the registries alone (pages.dev); `site` also the places that lend sub-domains to the public
    (shop.pages.dev, taobao.cn.com). `label` is the site's own label, `before` the labels in front of it. Both domains
    are empty when the host is itself a suffix. A last label that is no known suffix counts as one (`is_known` False).
    """

    host: str
    before: str
    label: str
    suffix: str
    site: str
    registrable: str
    is_known: bool = True

    @property
    def is_lent(self) -> bool:
        """Say whether the site stands on a place that lends sub-domains."""
        return self.site != self.registrable


@lru_cache(maxsize=8192)
def split_domain(host: str) -> Domain:
    """Return the parts of an ASCII host."""
    found = _extract().extract_str(host, include_psl_private_domains=True)
    site = f"{found.domain}.{found.suffix}" if found.domain and found.suffix else ""
    registrable = site
    if found.is_private:
        plain = _extract().extract_str(host, include_psl_private_domains=False)
        registrable = f"{plain.domain}.{plain.suffix}" if plain.domain and plain.suffix else ""
    if not found.suffix:
        return _unlisted(host)
    return Domain(host, found.subdomain, found.domain, found.suffix, site, registrable)


def _unlisted(host: str) -> Domain:
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in host:
        return Domain(host, "", "", "", "", "", is_known=False)
    site = ".".join(labels[-2:])
    return Domain(host, ".".join(labels[:-2]), labels[-2], labels[-1], site, site, is_known=False)


@cache
def _extract() -> TLDExtract:
    # Imported late: it draws in an HTTP client that this product never uses, and costs 0.1 s.
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)
