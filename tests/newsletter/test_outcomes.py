import pytest

from newsletter.engine.outcomes import Step, Verdict, backoff, from_reply, from_silence


@pytest.mark.parametrize(
    ("step", "code", "text", "verdict", "is_hard", "is_lost"),
    [
        (Step.BODY, 250, "2.0.0 Ok", Verdict.SENT, False, False),
        (Step.RECIPIENT, 550, "5.1.1 User unknown", Verdict.FAILED, True, False),
        (Step.RECIPIENT, 550, "5.1.10 Null MX", Verdict.FAILED, True, False),
        (Step.BODY, 550, "5.1.1 User unknown", Verdict.FAILED, True, False),
        (Step.RECIPIENT, 550, "no such user", Verdict.FAILED, False, False),
        (Step.RECIPIENT, 552, "5.2.2 Mailbox full", Verdict.FAILED, False, False),
        (Step.RECIPIENT, 550, "5.7.1 Policy", Verdict.PAUSE, False, False),
        (Step.BODY, 550, "5.7.515 Access denied", Verdict.PAUSE, False, False),
        (Step.SENDER, 553, "5.1.8 Bad sender", Verdict.PAUSE, False, False),
        (Step.RECIPIENT, 550, "5.1.8 Bad sender", Verdict.PAUSE, False, False),
        (Step.SENDER, 550, "no", Verdict.PAUSE, False, False),
        (Step.BODY, 552, "5.3.4 Message too big", Verdict.PAUSE, False, False),
        (Step.BODY, 554, "5.6.0 Malformed", Verdict.PAUSE, False, False),
        (Step.CONNECT, 535, "5.7.8 Authentication failed", Verdict.PAUSE, False, True),
        (Step.RECIPIENT, 451, "4.7.1 Greylisted", Verdict.RETRY, False, False),
        (Step.BODY, 452, "4.3.1 Full", Verdict.RETRY, False, False),
        (Step.RECIPIENT, 421, "4.3.2 Closing", Verdict.RETRY, False, True),
        (Step.BODY, 421, "4.3.2 Closing", Verdict.RETRY, False, True),
        (Step.DATA, 250, "what?", Verdict.RETRY, False, False),
        (Step.RECIPIENT, 999, "", Verdict.RETRY, False, False),
        (Step.BODY, -1, "", Verdict.UNCERTAIN, False, True),
        (Step.BODY, 354, "Go on", Verdict.UNCERTAIN, False, True),
        (Step.RECIPIENT, 554, "Relay access denied", Verdict.PAUSE, False, False),
        (Step.RECIPIENT, 550, "relaying not permitted", Verdict.PAUSE, False, False),
        (Step.RECIPIENT, 550, "no such user here", Verdict.FAILED, False, False),
    ],
)
def test_a_reply_is_judged_by_its_step_and_its_enhanced_code(
    step: Step, code: int, text: str, verdict: Verdict, is_hard: bool, is_lost: bool
):
    outcome = from_reply(step, code, text, tries=1, max_tries=5)
    assert (outcome.verdict, outcome.is_hard, outcome.is_lost) == (verdict, is_hard, is_lost)
    assert outcome.code == (code if code > 0 else None)  # the column holds no negative


def test_an_accepted_message_leaves_no_error():
    assert from_reply(Step.BODY, 250, "Ok", tries=1, max_tries=5).error == ""


def test_tries_are_bounded():
    retried = from_reply(Step.RECIPIENT, 451, "4.7.1 Later", tries=4, max_tries=5)
    given_up = from_reply(Step.RECIPIENT, 451, "4.7.1 Later", tries=5, max_tries=5)
    assert (retried.verdict, given_up.verdict) == (Verdict.RETRY, Verdict.FAILED)
    assert not given_up.is_hard


def test_one_reader_refused_by_policy_again_and_again_does_not_stop_the_mailing_for_ever():
    outcome = from_reply(Step.RECIPIENT, 550, "5.7.1 No", tries=5, max_tries=5)
    assert (outcome.verdict, outcome.is_hard) == (Verdict.FAILED, False)


@pytest.mark.parametrize("step", [Step.CONNECT, Step.SENDER, Step.RECIPIENT, Step.DATA])
def test_silence_before_the_body_means_not_sent(step: Step):
    outcome = from_silence(step, "timed out", tries=1, max_tries=5)
    assert (outcome.verdict, outcome.is_lost) == (Verdict.RETRY, True)


@pytest.mark.parametrize("tries", [1, 5, 9])
def test_silence_after_the_body_is_never_tried_again(tries: int):
    assert from_silence(Step.BODY, "reset", tries=tries, max_tries=5).verdict is Verdict.UNCERTAIN


def test_silence_is_bounded_too():
    assert from_silence(Step.DATA, "x", tries=5, max_tries=5).verdict is Verdict.FAILED


def test_a_long_or_broken_reply_is_kept_short_and_on_one_line():
    outcome = from_reply(Step.RECIPIENT, 550, "5.1.1 a\r\nb" + "x" * 500, tries=1, max_tries=5)
    assert len(outcome.error) == 300
    assert outcome.error.startswith("550 5.1.1 a b")


def test_waiting_grows_to_an_hour():
    assert [backoff(n) for n in (0, 1, 2, 3, 4, 50)] == [60, 60, 300, 900, 3600, 3600]
