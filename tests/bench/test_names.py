"""What can be asked of the benches stands in their document."""

from pathlib import Path

from bench.faults.__main__ import FAULTS, SHORT
from bench.sending.measures import MEASURES
from bench.sending.measures import SHORT as SHORT_MEASURES

DOCUMENT = Path("docs/measurements.md").read_text("utf-8")


def test_the_document_names_every_measure_in_its_order():
    assert f"one: {' '.join(MEASURES)}\n" in DOCUMENT
    assert set(SHORT_MEASURES) < set(MEASURES)


def test_the_document_names_every_fault():
    assert f"one: {' '.join(FAULTS)}\n" in DOCUMENT
    assert set(SHORT) < set(FAULTS)
