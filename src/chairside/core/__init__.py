"""Judgement: pure functions from facts and a time to a decision, with its reasons."""
