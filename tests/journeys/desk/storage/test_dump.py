"""What a thief of the disk would read: every byte of databases, log, snapshots and journals, searched for people.

Known phones, e-mails, ID numbers, names, addresses, card numbers and words typed by staff go through gateway, projector
and desk; none of them may be found again, in any spelling in which such values usually lie about.
"""

from __future__ import annotations

import base64

from tests.journeys.desk.storage.conftest import Restored, Worked
from tests.journeys.desk.storage.theft import NAME, PHONE, search, sightings, spellings


def test_no_person_can_be_read_from_what_lies_on_disk(worked: Worked, restored: Restored) -> None:
    # One's gateway was killed, the other's had time to put down what it knew.
    found = search(worked.source.data) + search(restored.installation.data)
    assert sorted(set(worked.sightings + found)) == []


def test_the_search_finds_what_it_should() -> None:
    for form, hidden in spellings(NAME).items():
        assert (("x", NAME, form)) in sightings("x", b"..." + hidden + b"...", (NAME,))
    packed = base64.b64encode(b"some words before " + PHONE.encode() + b" and after")
    assert sightings("x", packed, (PHONE,))
