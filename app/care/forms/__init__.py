"""Forms of care: who looks after whom, and who may act for whom."""
