"""Machines: the HL7 v2 listener and what it tells the clinic."""
