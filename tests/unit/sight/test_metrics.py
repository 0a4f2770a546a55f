"""The metrics page, read back by Prometheus's own parser."""

from prometheus_client.parser import text_string_to_metric_families

from bot.sight.metrics import Sight


def samples(sight):
    page = sight.exposition().decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_a_call_is_current_until_it_ends_and_then_counted_with_its_end():
    sight = Sight()
    sight.call_began("browser")
    assert samples(sight)["hotline_current_calls", ("channel", "browser")] == 1
    sight.call_ended("browser", "caller", 42.0)
    after = samples(sight)
    assert after["hotline_current_calls", ("channel", "browser")] == 0
    assert after["hotline_calls_total", ("channel", "browser"), ("ended_by", "caller")] == 1
    assert after["hotline_call_seconds_sum", ("channel", "browser")] == 42.0


def test_what_happens_in_a_call_is_counted():
    sight = Sight()
    sight.turn("speech")
    sight.no_input()
    sight.no_match()
    sight.key_pressed()
    sight.key_pressed()
    sight.barge_in(real=True)
    sight.barge_in(real=False)
    sight.handed_off("asked")
    sight.login_ended("locked")
    sight.failed("dialogue", "dialogue_away")
    sight.call_refused("audiosocket")
    after = samples(sight)
    assert after["hotline_turns_total", ("by", "speech")] == 1
    assert after["hotline_no_input_total",] == after["hotline_no_match_total",] == 1
    assert after["hotline_keys_total",] == 2
    assert (
        after["hotline_barge_ins_total", ("real", "true")] == after["hotline_barge_ins_total", ("real", "false")] == 1
    )
    assert after["hotline_hand_offs_total", ("reason", "asked")] == 1
    assert after["hotline_logins_total", ("outcome", "locked")] == 1
    assert after["hotline_failures_total", ("code", "dialogue_away"), ("part", "dialogue")] == 1
    assert after["hotline_refused_calls_total", ("channel", "audiosocket")] == 1


def test_the_time_to_an_answer_is_split_in_its_parts_at_the_bounds_promised():
    sight = Sight()
    sight.answered(wait=0.5, recogniser=0.04, dialogue=0.1, speech=0.06, total=0.7)
    after = samples(sight)
    assert after["hotline_answer_seconds_bucket", ("le", "0.6"), ("part", "total")] == 0
    assert after["hotline_answer_seconds_bucket", ("le", "0.9"), ("part", "total")] == 1
    parts = {dict(key[1:])["part"] for key in after if key[0] == "hotline_answer_seconds_sum"}
    assert parts == {"wait", "recogniser", "dialogue", "speech", "total"}


def test_two_services_in_one_process_do_not_share_counts():
    one, other = Sight(), Sight()
    one.no_input()
    assert samples(other)["hotline_no_input_total",] == 0
