"""HL7 v2: observation reports of monitors into readings, their acknowledgements, and vitals written out.

Values in, values out: no socket, no clock, no table. The value gate here is of the wire only.
"""

from chairside.interop.hl7v2.answer import acknowledge
from chairside.interop.hl7v2.association import Location, PatientId
from chairside.interop.hl7v2.codes import BadCodeTable, Codes, Signal, read_codes, vital_codes
from chairside.interop.hl7v2.gate import Marks, TextValue, Verdict, gated_value, text_value, unit_value
from chairside.interop.hl7v2.keys import MessageKey, message_key
from chairside.interop.hl7v2.read import OruMessage, RawReading, read_message
from chairside.interop.hl7v2.recording import CUFF_SIGNALS, BadRecording, MonitorRow, read_monitor_csv
from chairside.interop.hl7v2.refusal import AckCode, Header, Hl7Refused
from chairside.interop.hl7v2.syntax import MAX_MESSAGE_BYTES, read_header
from chairside.interop.hl7v2.times import BadTime
from chairside.interop.hl7v2.write import VitalsMessage, write_vitals

__all__ = [
    "CUFF_SIGNALS",
    "MAX_MESSAGE_BYTES",
    "AckCode",
    "BadCodeTable",
    "BadRecording",
    "BadTime",
    "Codes",
    "Header",
    "Hl7Refused",
    "Location",
    "Marks",
    "MessageKey",
    "MonitorRow",
    "OruMessage",
    "PatientId",
    "RawReading",
    "Signal",
    "TextValue",
    "Verdict",
    "VitalsMessage",
    "acknowledge",
    "gated_value",
    "message_key",
    "read_codes",
    "read_header",
    "read_message",
    "read_monitor_csv",
    "text_value",
    "unit_value",
    "vital_codes",
    "write_vitals",
]
