"""Recordings of a consultation: forwarded packets in, one encrypted WebM file out."""
