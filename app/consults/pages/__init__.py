"""The pages of consults: of a visit, of its recordings, and of those who come to it as guests."""
