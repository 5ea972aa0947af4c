"""The sending engine: freeze, claim, send, record, rescue."""
