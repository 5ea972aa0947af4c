"""The desk where an issue is composed: what is proposed, what it holds, what was set aside."""
