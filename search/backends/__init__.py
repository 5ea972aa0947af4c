"""The two databases: each turns a `Clause` into its own words. Same answers by construction,
since both store and compare the tokens of `search.analysis`."""
