from __future__ import annotations

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.vault.errors import SealBroken
from anxin.desk.foundation.vault.sealing import blind_index, seal, unseal


@pytest.mark.parametrize("subject", [None, "user:7"])
def test_a_value_opens_only_where_it_belongs(organisation: Organisation, subject: str | None) -> None:
    sealed = seal(organisation.id, "13800001234", about="party.phone:1", at=NIGHT, subject=subject)
    assert b"13800001234" not in sealed
    assert unseal(organisation.id, sealed, about="party.phone:1") == "13800001234"
    with pytest.raises(SealBroken):
        unseal(organisation.id, sealed, about="party.phone:2")


def test_organisations_share_no_token(organisation: Organisation, other_organisation: Organisation) -> None:
    tokens = {blind_index(each.id, "phone", "13800001234", at=NIGHT) for each in (organisation, other_organisation)}
    assert len(tokens) == 2
