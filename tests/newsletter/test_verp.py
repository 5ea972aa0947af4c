import pytest

from newsletter.engine.headers import is_address
from newsletter.engine.verp import bounce_sender, read_bounce_token

SECRET = "une clé"
KEYS = [0, 1, 35, 36, 12345, 2**31, 2**63 - 1]


@pytest.mark.parametrize("key", KEYS)
def test_a_return_names_its_delivery(key: int):
    address = bounce_sender("rebonds@exemple.fr", key, SECRET)
    local, _, domain = address.rpartition("@")
    assert local.startswith("rebonds+")
    assert domain == "exemple.fr"
    assert len(local) <= 64  # RFC 5321 §4.5.3.1.1
    assert is_address(address)
    for form in (address, local, address.upper(), f"  {address}\n", f"<{address}>"[1:-1]):
        assert read_bounce_token(form, SECRET) == key


def test_the_address_is_stable_and_each_delivery_has_its_own():
    made = [bounce_sender("rebonds@exemple.fr", key, SECRET) for key in KEYS]
    assert made == [bounce_sender("rebonds@exemple.fr", key, SECRET) for key in KEYS]
    assert len(set(made)) == len(KEYS)
    assert bounce_sender("rebonds@exemple.fr", 1, "autre") != made[1]


def test_a_sub_address_of_its_own_is_kept():
    address = bounce_sender("rebonds+lettre@exemple.fr", 7, SECRET)
    assert address.startswith("rebonds+lettre+")
    assert read_bounce_token(address, SECRET) == 7


def test_without_a_mailbox_there_is_no_return_address():
    assert bounce_sender("", 7, SECRET) == ""


def forged() -> list[str]:
    good = bounce_sender("rebonds@exemple.fr", 7, SECRET)
    other = bounce_sender("rebonds@exemple.fr", 8, SECRET)
    last = "0" if good[-12] != "0" else "1"
    return [
        *("", "@", "rebonds@exemple.fr", "rebonds+@exemple.fr", "rebonds+7@exemple.fr"),
        good.replace("+7-", "+8-"),
        good.replace("+7-", "+07-"),
        good.replace(good.split("-")[1][:20], other.split("-")[1][:20]),
        good[:-12] + last + good[-11:],
        good.replace("@", "0@"),
        bounce_sender("rebonds@exemple.fr", 7, "autre"),
        "rebonds+" + "z" * 5000 + "@exemple.fr",
        "rebonds+zzzzzzzzzzzzz-" + "0" * 20 + "@exemple.fr",
        "rebonds+7-" + "é" * 20,
        "rebonds+٧-" + "0" * 20,
    ]


@pytest.mark.parametrize("text", forged())
def test_a_forged_return_names_nobody(text: str):
    assert read_bounce_token(text, SECRET) is None
