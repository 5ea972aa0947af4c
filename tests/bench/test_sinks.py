"""Both sinks say the same; the one in Python refuses, stalls and drops when it is told to."""

import smtplib
from pathlib import Path

import pytest

from bench.sending.relay import Relay, fast_sink

BODY = b"Subject: x\r\n\r\n..\r\nEnd.\r\n"
NOTHING_RULED = ("rcpt:1000000000:550 never",)  # a rule, so the sink in Python


def talk(relay: Relay) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", relay.port, timeout=10)


@pytest.mark.parametrize("rules", [(), NOTHING_RULED], ids=["compiled", "python"])
def test_a_sink_counts_and_writes_down_whom_it_was_given(tmp_path: Path, rules: tuple[str, ...]):
    if not rules and not fast_sink()[0]:
        pytest.skip("no C compiler")
    with Relay(record=tmp_path / "taken", rules=rules) as relay:
        with talk(relay) as client:
            client.sendmail("a@exemple.fr", ["un@exemple.fr"], BODY)
            client.sendmail("a@exemple.fr", ["deux@exemple.fr"], BODY)
            assert client.has_extn("pipelining")
        assert relay.stats()["messages"] == 2
        assert [to for _, to in relay.recipients()] == ["un@exemple.fr", "deux@exemple.fr"]
        relay.reset()
        assert relay.stats()["messages"] == 0


@pytest.mark.parametrize("rules", [(), NOTHING_RULED], ids=["compiled", "python"])
def test_pipelined_commands_are_answered_in_order(rules: tuple[str, ...]):
    with Relay(rules=rules) as relay, talk(relay) as client:
        client.ehlo()
        one = b"MAIL FROM:<a@b.fr>\r\nRCPT TO:<c@d.fr>\r\nDATA\r\n"
        client.sock.sendall(one + BODY + b".\r\n" + one + BODY + b".\r\n")
        codes = [client.getreply()[0] for _ in range(8)]
        assert codes == [250, 250, 354, 250] * 2
        assert relay.stats()["messages"] == 2


def test_a_rule_met_once_lets_the_second_try_pass():
    with Relay(rules=("rcpt:1:451 4.7.1 Later:once",)) as relay, talk(relay) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@exemple.fr", ["un@exemple.fr"], BODY)
        client.sendmail("a@exemple.fr", ["un@exemple.fr"], BODY)
        assert relay.stats()["messages"] == 1


def test_a_relay_can_take_a_message_and_cut_without_a_word(tmp_path: Path):
    with Relay(record=tmp_path / "taken", rules=("dot:1:after",)) as relay:
        client = talk(relay)
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            client.sendmail("a@exemple.fr", ["un@exemple.fr"], BODY)
        client.close()
        assert [to for _, to in relay.recipients()] == ["un@exemple.fr"]


def test_a_relay_can_close_after_some_messages():
    with Relay(close_after=1) as relay:
        client = talk(relay)
        client.sendmail("a@exemple.fr", ["un@exemple.fr"], BODY)
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            client.sendmail("a@exemple.fr", ["deux@exemple.fr"], BODY)
        client.close()
        assert relay.stats()["messages"] == 1
