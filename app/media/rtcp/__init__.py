"""RTCP: reports, names, farewells, and the feedback a forwarder lives by."""

from app.media.rtcp.messages import (
    Bye,
    Fir,
    Message,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    Sdes,
    SenderReport,
)
from app.media.rtcp.reading import parse
from app.media.rtcp.transport_cc import TransportFeedback
from app.media.rtcp.writing import (
    bye,
    compound,
    fir,
    nack,
    pli,
    receiver_report,
    remb,
    sdes,
    sender_report,
    transport_feedback,
)

__all__ = [
    "Bye",
    "Fir",
    "Message",
    "Nack",
    "Pli",
    "ReceiverReport",
    "Remb",
    "ReportBlock",
    "Sdes",
    "SenderReport",
    "TransportFeedback",
    "bye",
    "compound",
    "fir",
    "nack",
    "parse",
    "pli",
    "receiver_report",
    "remb",
    "sdes",
    "sender_report",
    "transport_feedback",
]
