"""The pages of visits: the list, planning, ending, and what other pages show of them."""
