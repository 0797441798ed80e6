"""The pages of messages: a patient's, the staff's, and what other pages show of them."""
