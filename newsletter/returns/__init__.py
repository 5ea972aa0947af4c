"""What comes back: bounces, complaints, unsubscriptions by mail."""
